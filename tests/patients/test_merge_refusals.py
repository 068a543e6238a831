"""A merge that cannot be is refused in words, and nothing moves."""

from accounts.actors import Actor
from accounts.models import Clinic
from common.tenancy import tenant
from patients.models import (
    Patient,
)
from patients.services import merges
from tests.factories.patients import PatientFactory
from tests.factories.scheduling import AppointmentFactory
from tests.patients.merging import NOW, merge, register, take_back, told_apart


def test_visits_of_both_at_one_time_are_told_with_their_time_and_nothing_moves(
    in_clinic: Clinic, by: Actor, survivor: Patient, merged: Patient
) -> None:
    for patient in (survivor, merged):
        AppointmentFactory(clinic=in_clinic, patient=patient, starts_at=NOW)

    words = told_apart(lambda: merge(by, survivor, merged))

    assert "visits at the same time: 20 Mar 2026" in words
    merged.refresh_from_db()
    assert merged.merged_into_id is None


def test_records_that_changed_since_they_were_looked_at_are_looked_at_again(by: Actor) -> None:
    survivor, merged = register(by, "Brown"), register(by, "Braun")

    assert "changed one of the records" in told_apart(lambda: merge(by, survivor, merged, versions=(1, 2)))


def test_a_merge_says_why(by: Actor, survivor: Patient, merged: Patient) -> None:
    words = told_apart(lambda: merges.merge(by=by, now=NOW, survivor_id=survivor.pk, merged_id=merged.pk, reason=" "))

    assert words == "Enter a reason."


def test_a_record_is_merged_once_and_into_another(by: Actor, survivor: Patient, merged: Patient) -> None:
    assert "two different" in told_apart(lambda: merge(by, survivor, survivor))
    made = merge(by, survivor, merged)
    assert "merged already" in told_apart(lambda: merge(by, survivor, merged))
    take_back(by, made)
    assert "taken apart again, meanwhile" in told_apart(lambda: take_back(by, made))


def test_another_clinics_record_is_not_here(by: Actor, survivor: Patient, other_clinic: Clinic) -> None:
    with tenant(other_clinic.pk, actor="test"):
        foreign = PatientFactory(clinic=other_clinic)

    assert "not here" in told_apart(lambda: merge(by, survivor, foreign))
