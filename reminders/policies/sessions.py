"""May a check-in after a session leave now? A P0 or P1 report keeps the machine quiet: a person calls."""

from datetime import datetime
from zoneinfo import ZoneInfo

from patients.choices import Purpose
from patients.quiet_hours import after_quiet_hours
from reminders.choices import SkipReason
from reminders.models import Message
from reminders.policies.decisions import Decision, address_for
from sessions.choices import Priority, RecordStatus
from sessions.models import SideEffect


def decide_about_session(message: Message, *, now: datetime) -> Decision:
    """Answer for a message whose session row is locked by the caller."""
    if message.injection_session and message.injection_session.status != RecordStatus.SIGNED:
        return Decision(skip=SkipReason.SESSION_VOIDED)
    if now >= message.expires_at:
        return Decision(skip=SkipReason.EXPIRED)
    if has_urgent_alert(message):
        return Decision(skip=SkipReason.OPEN_ALERT)
    found = address_for(message, Purpose.CARE, now=now)
    if isinstance(found, SkipReason):
        return Decision(skip=found)
    if not message.is_requested:
        allowed_at = after_quiet_hours(now, ZoneInfo(message.patient.zone))
        if allowed_at > now:
            return Decision(wait_until=allowed_at)
    return Decision(address=found)


def may_be_sent_again(message: Message, *, now: datetime) -> bool:
    """Whether a copy asked for by the patient would leave now."""
    is_signed = message.injection_session is not None and message.injection_session.status == RecordStatus.SIGNED
    has_address = not isinstance(address_for(message, Purpose.CARE, now=now), SkipReason)
    return is_signed and has_address and not has_urgent_alert(message)


def has_urgent_alert(message: Message) -> bool:
    """While somebody works on a P0 or P1 report, a person calls; the machine keeps quiet."""
    alerts = SideEffect.objects.filter(clinic_id=message.clinic_id, patient_id=message.patient_id).open()
    return alerts.filter(priority__in=(Priority.P0, Priority.P1)).exists()
