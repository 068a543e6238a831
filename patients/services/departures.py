"""A patient has died, or has left the clinic: said once, and taken back by a person with a reason.

Nothing else is written here: messages, lists, links and the book ask the patient's row each time.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actors import Actor
from common.tenancy import set_context
from patients.choices import Departure
from patients.models import Patient
from patients.policies import check_departure_day

REASON_LENGTH = 200


@transaction.atomic
def mark_deceased(*, by: Actor, now: datetime, patient_id: UUID, deceased_date: date | None = None) -> Patient:
    """``deceased_date`` is None while nobody knows it, and can be said later. Raises ``ValidationError`` by field.

    Holds the patient, so that a visit that is being booked comes before or is refused.
    """
    patient = _held(by, patient_id)
    _check_day(patient, deceased_date, "deceased_date", by, now)
    patient.is_deceased, patient.deceased_date, patient.is_said_inactive = True, deceased_date, False
    patient.save(update_fields=["is_deceased", "deceased_date", "is_said_inactive"])
    return patient


@transaction.atomic
def mark_left(*, by: Actor, now: datetime, patient_id: UUID, left_date: date, reason: str = "") -> Patient:
    """Raises ``ValidationError`` by field."""
    patient = _held(by, patient_id)
    _check_day(patient, left_date, "left_date", by, now)
    patient.left_date, patient.left_reason = left_date, reason.strip()[:REASON_LENGTH]
    patient.is_said_inactive = False
    patient.save(update_fields=["left_date", "left_reason", "is_said_inactive"])
    return patient


@transaction.atomic
def bring_back(*, by: Actor, now: datetime, patient_id: UUID, reason: str) -> Patient:
    """Take back what was said last: of somebody who left and then died, the death. The trail keeps both and why."""
    if not reason.strip():
        raise ValidationError({"reason": _("Enter a reason.")})
    patient = _held(by, patient_id)
    if patient.departure is None:
        raise ValidationError(_("This patient is not marked as deceased or as having left."))
    if patient.departure is Departure.DECEASED:
        patient.is_deceased, patient.deceased_date = False, None
    else:
        patient.left_date, patient.left_reason = None, ""
    with _because(reason):
        patient.save(update_fields=["is_deceased", "deceased_date", "left_date", "left_reason"])
    return patient


@transaction.atomic
def keep(*, by: Actor, now: datetime, patient_id: UUID) -> Patient:
    """A file had the record as not active; somebody asked, and the patient is still one of the clinic's."""
    patient = _held(by, patient_id)
    patient.is_said_inactive = False
    patient.save(update_fields=["is_said_inactive"])
    return patient


def _held(by: Actor, patient_id: UUID) -> Patient:
    return Patient.objects.visible_to(by).standing().select_for_update(of=("self",)).get(pk=patient_id)


def _check_day(patient: Patient, day: date | None, field: str, by: Actor, now: datetime) -> None:
    today = now.astimezone(by.zone).date()
    check_departure_day(day, birth_date=patient.birth_date, today=today, field=field)


@contextmanager
def _because(reason: str) -> Iterator[None]:
    before = set_context(reason=reason.strip()[:REASON_LENGTH])
    yield
    set_context(**before)
