"""Where a patient may be written to, asked again for each message."""

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import F, OuterRef, Subquery
from django.db.models.functions import JSONObject

from common.wall_clock import local_day
from patients.choices import Purpose, Unreachable
from patients.models import ContactConsent, ContactPoint, Patient
from patients.records import FULL_AGE


def mailbox_of(*, clinic_id: UUID, patient_id: UUID, purpose: Purpose, now: datetime) -> str | Unreachable:
    """The preferred mailbox that is the patient's alone, or a minor's guardian's, and may be used for this, or why
    there is none."""
    return mailboxes_of(clinic_id=clinic_id, patient_ids=[patient_id], purpose=purpose, now=now)[patient_id]


def mailboxes_of(
    *, clinic_id: UUID, patient_ids: Collection[UUID], purpose: Purpose, now: datetime
) -> dict[UUID, str | Unreachable]:
    """The same for many patients, in one query. Who died or left is written to no more.

    Whose mailbox it has to be is asked of the patient's birthday, on their own clock: a minor's letters go to the
    guardian and never to the child, and from the eighteenth birthday on to the patient and never to the guardian.
    """
    latest = ContactConsent.objects.filter(contact_point=OuterRef("pk"), purpose=purpose).order_by("-decided_at")
    mailboxes = (
        ContactPoint.objects.filter(clinic_id=clinic_id, patient_id=OuterRef("pk"))
        .emails()
        .in_use()
        .annotate(is_allowed=Subquery(latest.values("is_granted")[:1]))
        .order_by("-is_preferred", "created_at", "id")
        .values(
            row=JSONObject(
                value="value", is_shared="is_shared", is_guardians="is_guardians", is_allowed=F("is_allowed")
            )
        )
    )
    patients = Patient.objects.filter(clinic_id=clinic_id, pk__in=patient_ids)
    return {patient.pk: _best(patient, now) for patient in patients.annotate(mailboxes=ArraySubquery(mailboxes))}


def is_minor(patient: Patient, *, now: datetime) -> bool:
    """On the patient's own clock."""
    return patient.age_on(local_day(now, ZoneInfo(patient.zone))) < FULL_AGE


def why_not_to(point: ContactPoint, *, now: datetime) -> Unreachable | None:
    """Why nothing is sent to this phone or mailbox, as far as it depends on whose it is."""
    patient = point.patient
    if patient.departure:
        return Unreachable(patient.departure.value)
    if is_minor(patient, now=now):
        return None if point.is_guardians else Unreachable.NO_GUARDIAN
    return Unreachable.NO_ADDRESS if point.is_guardians else None


def _best(patient: Any, now: datetime) -> str | Unreachable:
    if patient.departure:
        return Unreachable(patient.departure.value)
    is_for_guardian = is_minor(patient, now=now)
    mailboxes = [mailbox for mailbox in patient.mailboxes if mailbox["is_guardians"] == is_for_guardian]
    if not mailboxes:
        return Unreachable.NO_GUARDIAN if is_for_guardian else Unreachable.NO_ADDRESS
    # A guardian's mailbox is read by the guardian of each child alike: that is what it is for.
    private = [mailbox for mailbox in mailboxes if is_for_guardian or not mailbox["is_shared"]]
    if not private:
        return Unreachable.SHARED_ADDRESS
    allowed = (str(mailbox["value"]) for mailbox in private if mailbox["is_allowed"])
    return next(allowed, Unreachable.NO_CONSENT)
