"""Where a patient may be written to, asked again for each message."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from django.db.models import OuterRef, Subquery

from patients.choices import Purpose, Unreachable
from patients.models import ContactConsent, ContactPoint


def mailbox_of(*, clinic_id: UUID, patient_id: UUID, purpose: Purpose) -> str | Unreachable:
    """The preferred mailbox that is the patient's alone and may be used for this, or why there is none."""
    return mailboxes_of(clinic_id=clinic_id, patient_ids=[patient_id], purpose=purpose)[patient_id]


def mailboxes_of(*, clinic_id: UUID, patient_ids: Collection[UUID], purpose: Purpose) -> dict[UUID, str | Unreachable]:
    """The same for many patients, in one query."""
    latest = ContactConsent.objects.filter(contact_point=OuterRef("pk"), purpose=purpose).order_by("-decided_at")
    mailboxes = (
        ContactPoint.objects.filter(clinic_id=clinic_id, patient_id__in=patient_ids)
        .emails()
        .in_use()
        .annotate(is_allowed=Subquery(latest.values("is_granted")[:1]))
        .order_by("-is_preferred", "created_at", "id")
    )
    found: dict[UUID, list[Any]] = {patient_id: [] for patient_id in patient_ids}
    for mailbox in mailboxes:
        found[mailbox.patient_id].append(mailbox)
    return {patient_id: _best(rows) for patient_id, rows in found.items()}


def _best(mailboxes: list[Any]) -> str | Unreachable:
    if not mailboxes:
        return Unreachable.NO_ADDRESS
    private = [mailbox for mailbox in mailboxes if not mailbox.is_shared]
    if not private:
        return Unreachable.SHARED_ADDRESS
    allowed = (str(mailbox.value) for mailbox in private if mailbox.is_allowed)
    return next(allowed, Unreachable.NO_CONSENT)
