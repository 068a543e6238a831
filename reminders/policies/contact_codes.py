"""May a code leave now? Only to the very mailbox or phone it is for, while it stands.

The patient is at the phone or the counter and asked for it: neither quiet hours nor a purpose hold it back.
"""

from datetime import datetime

from patients.contacts import text_address
from patients.queries.mailboxes import why_not_to
from reminders.choices import Channel, SkipReason
from reminders.models import Message
from reminders.policies.decisions import Decision


def decide_about_code(message: Message, *, now: datetime) -> Decision:
    code = message.contact_code
    if code is None or code.used_at or code.ended_at:
        return Decision(skip=SkipReason.NOTHING_NEW)
    if now >= code.expires_at:
        return Decision(skip=SkipReason.EXPIRED)
    if why_not := why_not_to(code.contact_point, now=now):
        return Decision(skip=SkipReason(why_not.value))
    value = code.contact_point.value
    return Decision(address=text_address(value) if message.channel == Channel.TEXT else value)
