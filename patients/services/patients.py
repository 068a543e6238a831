"""Register a patient and change what is known about them."""

from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import F

from accounts.actors import Actor
from patients.choices import Flag, NumberKind
from patients.models import PairVerdict, Patient, RiskFlag
from patients.policies import check_details
from patients.records import ContactDetails, NumberDetails, PatientDetails
from patients.services import alike_pairs, clinical_profile, contact_points, identifiers, name_tokens, pair_verdicts


class ChangedMeanwhileError(Exception):
    """Somebody else saved the patient after this form was opened; ``current`` is what stands now."""

    def __init__(self, current: Patient) -> None:
        super().__init__(current.pk)
        self.current = current


@transaction.atomic
def register(
    *,
    by: Actor,
    now: datetime,
    details: PatientDetails,
    contacts: Iterable[ContactDetails] = (),
    numbers: Iterable[NumberDetails] = (),
    needs_interpreter: bool = False,
    told_apart_from: Iterable[UUID] = (),
) -> Patient:
    """Save a new patient with the next number. Raises ``ValidationError`` by field; asks about no duplicate.

    ``told_apart_from``: patients who were shown as possible duplicates, and are somebody else.
    """
    check_details(details, today=now.astimezone(by.zone).date())
    patient = Patient.objects.create(clinic=by.clinic, **asdict(details), **_place(by, details))
    name_tokens.add(clinic_id=by.clinic_id, names={patient.pk: details.names})
    has_clinic_number = False
    for number in numbers:
        identifiers.add(by=by, patient=patient, number=number)
        has_clinic_number |= number.system == NumberKind.CLINIC
    if not has_clinic_number:
        identifiers.give_clinic_numbers(by=by, patient_ids=[patient.pk])
    for contact in contacts:
        contact_points.add(by=by, now=now, patient=patient, contact=contact)
    if needs_interpreter:
        clinical_profile.raise_flag(by=by, now=now, patient=patient, flag=Flag.INTERPRETER)
    for other_id in told_apart_from:
        verdict = PairVerdict.Verdict.DIFFERENT
        pair_verdicts.say(by=by, now=now, one=patient.pk, other=other_id, verdict=verdict)
    return patient


@transaction.atomic
def update(
    *,
    by: Actor,
    now: datetime,
    patient: Patient,
    version: int,
    details: PatientDetails,
    needs_interpreter: bool | None = None,
) -> None:
    """Save changed details if nobody saved since ``version``; None leaves the need of an interpreter as it is.

    Raises ``ChangedMeanwhileError`` with the current row, or ``ValidationError`` by field.
    """
    check_details(details, today=now.astimezone(by.zone).date())
    rows = Patient.objects.visible_to(by).filter(pk=patient.pk, version=version)
    if not rows.update(version=F("version") + 1, **asdict(details), **_place(by, details)):
        raise ChangedMeanwhileError(Patient.objects.visible_to(by).get(pk=patient.pk))
    alike_pairs.compare_again(by=by, patient_ids=[patient.pk])
    if needs_interpreter is not None:
        _set_interpreter(by=by, now=now, patient=patient, is_needed=needs_interpreter)
    before = (patient.given_names, patient.family_name, patient.preferred_name)
    if before != details.names:
        name_tokens.replace(clinic_id=by.clinic_id, patient_id=patient.pk, names=details.names)


def _place(by: Actor, details: PatientDetails) -> name_tokens.Columns:
    return name_tokens.columns(by.clinic, given_names=details.given_names, family_name=details.family_name)


def _set_interpreter(*, by: Actor, now: datetime, patient: Patient, is_needed: bool) -> None:
    """The front desk may raise and lower this one flag: the language is a matter of the register."""
    standing = RiskFlag.objects.visible_to(by).current().filter(patient=patient, flag=Flag.INTERPRETER)
    if not is_needed:
        standing.update(ended_at=now)
    elif not standing.exists():
        clinical_profile.raise_flag(by=by, now=now, patient=patient, flag=Flag.INTERPRETER)
