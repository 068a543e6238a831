"""May this message leave now? Everything is derived again at the moment of sending; nothing planned is trusted."""

from datetime import datetime

from reminders.choices import SkipReason
from reminders.models import Message
from reminders.policies.contact_codes import decide_about_code
from reminders.policies.decisions import Decision, MessageRefusedError
from reminders.policies.offers import decide_about_offer
from reminders.policies.sessions import decide_about_session
from reminders.policies.visits import decide_about_visit

__all__ = ["Decision", "MessageRefusedError", "decide"]


def decide(message: Message, *, now: datetime) -> Decision:
    """Answer for a message whose row is locked by the caller, and its session's. Nobody writes to who died or left."""
    departure = message.patient.departure
    if departure is not None:
        return Decision(skip=SkipReason(departure.value))
    if message.is_offer:
        return decide_about_offer(message, now=now)
    if message.is_code:
        return decide_about_code(message, now=now)
    if message.is_about_visit:
        return decide_about_visit(message, now=now)
    return decide_about_session(message, now=now)
