"""Which record a person has now, where their records were merged."""

from collections.abc import Iterable
from uuid import UUID

from accounts.actors import Actor
from patients.models import Patient


def survivors_of(actor: Actor, patients: Iterable[Patient]) -> dict[UUID, Patient]:
    """Each patient's id → the record that stands for it now, itself in most cases; no query where none was merged."""
    given = list(patients)
    known = {patient.pk: patient for patient in given}
    while missing := {one.merged_into_id for one in known.values() if one.merged_into_id} - known.keys():
        known |= Patient.objects.visible_to(actor).in_bulk(list(missing))
    return {patient.pk: _last(patient, known) for patient in given}


def _last(patient: Patient, known: dict[UUID, Patient]) -> Patient:
    while patient.merged_into_id is not None:
        patient = known[patient.merged_into_id]
    return patient


def records_of(actor: Actor, patient_id: UUID) -> list[UUID]:
    """The record and all that were merged into it, directly or by way of another: whose history it has."""
    found = [patient_id]
    for one in found:
        into = Patient.objects.visible_to(actor).filter(merged_into_id=one)
        found += into.order_by("pk").values_list("pk", flat=True)
    return found
