"""May a code leave now? Only to the very mailbox it is for, while it stands.

The patient is at the phone or the counter and asked for it: neither quiet hours nor a purpose hold it back.
"""

from datetime import datetime

from reminders.choices import SkipReason
from reminders.models import Message
from reminders.policies.decisions import Decision


def decide_about_code(message: Message, *, now: datetime) -> Decision:
    code = message.contact_code
    if code is None or code.used_at or code.ended_at:
        return Decision(skip=SkipReason.NOTHING_NEW)
    if now >= code.expires_at:
        return Decision(skip=SkipReason.EXPIRED)
    return Decision(address=code.contact_point.value)
