"""May a message with a free time leave now? Only while the offer stands: in the quiet hours none is made."""

from datetime import datetime

from patients.choices import Purpose
from reminders.choices import SkipReason
from reminders.models import Message
from reminders.policies.decisions import Decision, address_for
from scheduling.choices import OfferStatus


def decide_about_offer(message: Message, *, now: datetime) -> Decision:
    offer = message.slot_offer
    if offer is None or offer.status != OfferStatus.OFFERED:
        return Decision(skip=SkipReason.NOTHING_NEW)
    if now >= offer.expires_at:
        return Decision(skip=SkipReason.EXPIRED)
    found = address_for(message, Purpose.APPOINTMENT, now=now)
    return Decision(skip=found) if isinstance(found, SkipReason) else Decision(address=found)
