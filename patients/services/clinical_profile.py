"""What a patient comes with. Nothing is deleted: what no longer holds is ended."""

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import cast
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.actors import Actor
from catalogue.icd10cm import Side as CodeSide
from catalogue.icd10cm_years import Standing, standing
from catalogue.queries import CodeOption, icd10cm_options
from patients.choices import Side
from patients.merge_refusals import is_merged_away
from patients.models import (
    Allergy,
    BodyWeight,
    NoKnownAllergy,
    Patient,
    PatientCondition,
    PatientConditionNerve,
    RiskFlag,
)
from patients.records import AllergyDetails, ConditionDetails

_CODED_SIDES = (Side.LEFT, Side.RIGHT, Side.BILATERAL)


@transaction.atomic
def add_condition(
    *,
    by: Actor,
    now: datetime,
    patient: Patient,
    details: ConditionDetails,
    condition_id: UUID | None = None,
    nerve_ids: Iterable[UUID] = (),
) -> PatientCondition:
    """Record a diagnosis; the catalogue completes its code from the side. Raises ``ValidationError`` by field."""
    if details.onset_date and details.onset_date > now.astimezone(by.zone).date():
        raise ValidationError({"onset_date": _("This day has not come yet.")})
    row = PatientCondition.objects.create(
        clinic=by.clinic,
        patient=patient,
        condition_id=condition_id,
        name=details.name,
        icd10cm_code=complete_code(
            details.icd10cm_code, condition_id=condition_id, side=details.side, day=now.astimezone(by.zone).date()
        ),
        side=details.side,
        onset_date=details.onset_date,
        source_id=details.source_id,
    )
    PatientConditionNerve.objects.bulk_create(
        PatientConditionNerve(clinic=by.clinic, patient_condition=row, nerve_id=nerve_id) for nerve_id in nerve_ids
    )
    return row


def complete_code(typed: str, *, condition_id: UUID | None, side: str, day: date) -> str:
    """The complete ICD-10-CM code; empty when only a coder can say. Raises ``ValidationError`` when a person must."""
    if typed:
        return _known_code(typed.strip().upper(), day)
    if condition_id is None:
        return ""
    coded_side = cast(CodeSide, side) if side in _CODED_SIDES else None
    complete = [option for option in icd10cm_options(condition_id, coded_side) if option.code]
    if not complete and coded_side is None and _has_codes(icd10cm_options(condition_id, "right")):
        raise ValidationError({"side": _("Choose a side: the code needs it.")})
    if len(complete) > 1:
        offered = ", ".join(f"{option.code} {option.notes}".strip() for option in complete)
        raise ValidationError({"icd10cm_code": _("Choose one of these codes: %(codes)s") % {"codes": offered}})
    return complete[0].code if complete else ""


def _known_code(code: str, day: date) -> str:
    """The code where a year's list has it; a code of another year is kept, for the visit's day decides (V08)."""
    known = standing(code, day)
    if known == Standing.HEADING:
        words = _(
            "%(code)s is the heading of more exact codes. Enter one of those, like %(code)s… with more characters."
        )
        raise ValidationError({"icd10cm_code": words % {"code": code}})
    if known == Standing.UNKNOWN:
        words = _("“%(code)s” is not an ICD-10-CM code. Enter a complete one, like G57.12, or leave it empty.")
        raise ValidationError({"icd10cm_code": words % {"code": code}})
    return code


def _has_codes(options: Iterable[CodeOption]) -> bool:
    return any(option.code for option in options)


def end_condition(*, by: Actor, condition: PatientCondition, day: date) -> None:
    """The condition is over since ``day``. Raises ``ValidationError`` when that is before it began."""
    if condition.onset_date and day < condition.onset_date:
        raise ValidationError({"day": _("It began later than that.")})
    rows = PatientCondition.objects.visible_to(by).filter(pk=condition.pk, resolved_date__isnull=True)
    rows.update(resolved_date=day)


def add_allergy(*, by: Actor, now: datetime, patient: Patient, details: AllergyDetails) -> Allergy:
    """Record an allergy. Raises ``ValidationError`` when it stands there already."""
    try:
        with transaction.atomic():
            return Allergy.objects.create(
                clinic=by.clinic,
                patient=patient,
                substance=details.substance,
                substance_text=details.substance_text,
                reaction=details.reaction,
                source_id=details.source_id,
                recorded_at=now,
            )
    except IntegrityError as error:
        if is_merged_away(error):
            raise
        raise ValidationError({"substance": _("This allergy is recorded already.")}) from error


def say_none_known(*, by: Actor, now: datetime, patient: Patient) -> None:
    """Somebody asked: no allergy is known. Said again, the day is the last one.

    Raises ``ValidationError`` beside an allergy.
    """
    try:
        with transaction.atomic():
            said = NoKnownAllergy.objects.visible_to(by).current().filter(patient=patient)
            said.update(ended_at=now)
            NoKnownAllergy.objects.create(clinic=by.clinic, patient=patient, recorded_at=now)
    except IntegrityError as error:
        if is_merged_away(error):
            raise
        raise ValidationError(_("An allergy of this patient is recorded. End it first, if it is none.")) from error


def end_allergy(*, by: Actor, now: datetime, allergy: Allergy) -> None:
    Allergy.objects.visible_to(by).current().filter(pk=allergy.pk).update(ended_at=now)


def raise_flag(*, by: Actor, now: datetime, patient: Patient, flag: str, detail: str = "") -> RiskFlag:
    """Record a risk flag; one that a file has left to confirm is confirmed. Raises ``ValidationError`` when it is up
    already."""
    if asked := _to_confirm(by, patient, flag):
        if detail:
            RiskFlag.objects.visible_to(by).filter(pk=asked.pk).update(detail=detail)
        confirm_flag(by=by, now=now, flag=asked)
        return asked
    try:
        with transaction.atomic():
            return RiskFlag.objects.create(clinic=by.clinic, patient=patient, flag=flag, detail=detail, recorded_at=now)
    except IntegrityError as error:
        if is_merged_away(error):
            raise
        raise ValidationError({"flag": _("This flag is up already.")}) from error


def _to_confirm(by: Actor, patient: Patient, flag: str) -> RiskFlag | None:
    return RiskFlag.objects.visible_to(by).current().filter(patient=patient, flag=flag, is_to_confirm=True).first()


def confirm_flag(*, by: Actor, now: datetime, flag: RiskFlag) -> None:
    """The patient has been asked and says so, too: known from now on."""
    rows = RiskFlag.objects.visible_to(by).current().filter(pk=flag.pk, is_to_confirm=True)
    rows.update(is_to_confirm=False, recorded_at=now)


def lower_flag(*, by: Actor, now: datetime, flag: RiskFlag) -> None:
    RiskFlag.objects.visible_to(by).current().filter(pk=flag.pk).update(ended_at=now)


def record_weight(*, by: Actor, now: datetime, patient: Patient, weight_kg: Decimal, measured_date: date) -> BodyWeight:
    """Record a weight in kilograms. Raises ``ValidationError`` for a day to come."""
    if measured_date > now.astimezone(by.zone).date():
        raise ValidationError({"measured_date": _("This day has not come yet.")})
    return BodyWeight.objects.create(
        clinic=by.clinic, patient=patient, weight_kg=weight_kg, measured_date=measured_date
    )
