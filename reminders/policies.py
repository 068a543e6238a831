"""May this message leave now? Everything is derived again at the moment of sending; nothing planned is trusted."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import OuterRef, Subquery

from patients.choices import Purpose
from patients.models import ContactConsent, ContactPoint
from reminders.choices import SkipReason
from reminders.models import Message
from reminders.timing import after_quiet_hours
from sessions.choices import Priority, RecordStatus
from sessions.models import SideEffect


class MessageRefusedError(Exception):
    """A person asked for something this message cannot do; the message is fit for the screen."""


@dataclass(frozen=True)
class Decision:
    """Exactly one is set: the address to write to, why not to write at all, or until when to wait."""

    address: str = ""
    skip: SkipReason | None = None
    wait_until: datetime | None = None


def decide(message: Message, *, now: datetime) -> Decision:
    """Answer for a message whose session row is locked by the caller."""
    if message.injection_session and message.injection_session.status != RecordStatus.SIGNED:
        return Decision(skip=SkipReason.SESSION_VOIDED)
    if now >= message.expires_at:
        return Decision(skip=SkipReason.EXPIRED)
    if has_urgent_alert(message):
        return Decision(skip=SkipReason.OPEN_ALERT)
    found = address_for(message)
    if isinstance(found, SkipReason):
        return Decision(skip=found)
    if not message.is_requested:
        allowed_at = after_quiet_hours(now, ZoneInfo(message.patient.zone))
        if allowed_at > now:
            return Decision(wait_until=allowed_at)
    return Decision(address=found)


def has_urgent_alert(message: Message) -> bool:
    """While somebody works on a P0 or P1 report, a person calls; the machine keeps quiet."""
    alerts = SideEffect.objects.filter(clinic_id=message.clinic_id, patient_id=message.patient_id).open()
    return alerts.filter(priority__in=(Priority.P0, Priority.P1)).exists()


def address_for(message: Message) -> str | SkipReason:
    """The preferred mailbox that is the patient's alone and may be used for care, or why there is none."""
    latest = ContactConsent.objects.filter(contact_point=OuterRef("pk"), purpose=Purpose.CARE).order_by("-decided_at")
    mailboxes = (
        ContactPoint.objects.filter(clinic_id=message.clinic_id, patient_id=message.patient_id)
        .emails()
        .in_use()
        .annotate(is_allowed=Subquery(latest.values("is_granted")[:1]))
        .order_by("-is_preferred", "created_at", "id")
    )
    found: list[Any] = list(mailboxes)
    if not found:
        return SkipReason.NO_ADDRESS
    private = [mailbox for mailbox in found if not mailbox.is_shared]
    if not private:
        return SkipReason.SHARED_ADDRESS
    allowed = (mailbox.value for mailbox in private if mailbox.is_allowed)
    return next(allowed, SkipReason.NO_CONSENT)
