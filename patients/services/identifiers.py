"""The numbers a patient is known by. The clinic's own is given out in sequence, each once."""

from collections.abc import Sequence
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext as _

from accounts.actors import Actor
from patients.choices import NumberKind
from patients.merge_refusals import is_merged_away
from patients.models import Identifier, Patient
from patients.records import NumberDetails, clinic_number
from patients.services import alike_pairs

# One row per clinic; its lock is held until the transaction ends, so two registrations never get one number.
_TAKE = (
    "INSERT INTO patients_lastclinicnumber (clinic_id, number) VALUES (%s, %s)"
    " ON CONFLICT (clinic_id) DO UPDATE SET number = patients_lastclinicnumber.number + EXCLUDED.number"
    " RETURNING number"
)
_LEAVE_OUT = (
    "INSERT INTO patients_lastclinicnumber (clinic_id, number) VALUES (%(clinic)s, %(given)s + %(more)s)"
    " ON CONFLICT (clinic_id) DO UPDATE"
    " SET number = GREATEST(patients_lastclinicnumber.number, %(given)s) + %(more)s"
)


@transaction.atomic
def give_clinic_numbers(*, by: Actor, patient_ids: Sequence[UUID]) -> None:
    """Give each patient the clinic's next number, passing over numbers that came from a file."""
    waiting = list(patient_ids)
    while waiting:
        numbers = _take(by.clinic_id, len(waiting))
        own = Identifier.objects.visible_to(by).filter(system=NumberKind.CLINIC)
        taken = set(own.filter(value__in=numbers).values_list("value", flat=True))
        free = [number for number in numbers if number not in taken]
        Identifier.objects.bulk_create(
            Identifier(clinic=by.clinic, patient_id=patient_id, system=NumberKind.CLINIC, value=number)
            for patient_id, number in zip(waiting, free, strict=False)
        )
        waiting = waiting[len(free) :]


def _take(clinic_id: UUID, count: int) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(_TAKE, [clinic_id, count])
        last = cursor.fetchone()[0]
    return [clinic_number(number) for number in range(last - count + 1, last + 1)]


def leave_out_numbers(*, by: Actor, given: int, more: int) -> None:
    """Give no number up to ``given`` any more, nor the ``more`` after it: a record that a restore lost may bear it."""
    with connection.cursor() as cursor:
        cursor.execute(_LEAVE_OUT, {"clinic": by.clinic_id, "given": given, "more": more})


def add(*, by: Actor, patient: Patient, number: NumberDetails) -> Identifier:
    """Add a number. Raises ``ValidationError`` when another patient (or this one) already has it."""
    alike_pairs.compare_again(by=by, patient_ids=[patient.pk])
    try:
        with transaction.atomic():
            return Identifier.objects.create(
                clinic=by.clinic, patient=patient, system=number.system, value=number.value.strip()
            )
    except IntegrityError as error:
        if is_merged_away(error):
            raise
        raise ValidationError({"value": _("A patient of this clinic already has this number.")}) from error


@transaction.atomic
def remove(*, by: Actor, identifier: Identifier) -> None:
    """Take a number away; the clinic's own number stays for ever."""
    if identifier.system == NumberKind.CLINIC:
        raise ValidationError(_("The clinic's own number cannot be removed."))
    Identifier.objects.visible_to(by).filter(pk=identifier.pk).delete()
