"""Rows change their patient through one door only, and what went through it stays written."""

import pytest
from django.db import IntegrityError, connection, transaction

from accounts.actors import Actor
from accounts.models import Clinic
from patients.models import (
    Patient,
    PatientMerge,
    RiskFlag,
)
from scheduling.models import Appointment
from sessions.queries.signatures import broken_signatures
from tests.factories.scheduling import AppointmentFactory
from tests.factories.sessions import signed_session
from tests.patients.merging import NOW, merge


def test_a_signature_that_was_moved_by_no_merge_is_broken(in_clinic: Clinic, by: Actor, survivor: Patient) -> None:
    """The hash names the patient of the signature; somebody who writes past the guards could hide behind that."""
    session = signed_session(clinic=in_clinic, signed_at=NOW)
    with connection.cursor() as cursor:
        cursor.execute("RESET ROLE")
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(
            "UPDATE pit_sessions_injectionsession SET signed_patient_id = patient_id, patient_id = %s WHERE id = %s",
            [survivor.pk, session.pk],
        )
        cursor.execute("SET session_replication_role = origin")
        cursor.execute("SET ROLE pit_app")

    assert broken_signatures(in_clinic.pk) == [session.pk]


def test_a_row_changes_its_patient_through_no_other_door(in_clinic: Clinic, survivor: Patient, merged: Patient) -> None:
    visit = AppointmentFactory(clinic=in_clinic, patient=merged)

    with pytest.raises(IntegrityError, match="stays with its patient"), transaction.atomic():
        Appointment.objects.filter(pk=visit.pk).update(patient=survivor)


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO patients_movedrow (clinic_id, merge_id, table_name, column_name, row_id, from_patient_id,"
        " to_patient_id, is_reversal, xid) SELECT clinic_id, id, 'x', 'x', id, survivor_id, merged_id, false, 0"
        " FROM patients_patientmerge",
        "UPDATE patients_movedrow SET xid = 0",
        "DELETE FROM patients_movedrow",
    ],
)
def test_nobody_but_the_door_writes_what_was_moved(
    in_clinic: Clinic, by: Actor, survivor: Patient, merged: Patient, statement: str
) -> None:
    merge(by, survivor, merged)

    with pytest.raises(Exception, match="permission denied"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_nobody_but_the_door_says_that_a_record_was_merged(survivor: Patient, merged: Patient) -> None:
    with pytest.raises(IntegrityError, match="by the database alone"), transaction.atomic():
        Patient.objects.filter(pk=merged.pk).update(merged_into=survivor)


def test_a_merge_is_never_rewritten(by: Actor, survivor: Patient, merged: Patient) -> None:
    made = merge(by, survivor, merged)

    with pytest.raises(IntegrityError, match="cannot change"), transaction.atomic():
        PatientMerge.objects.filter(pk=made.pk).update(reason="another")


def test_a_merged_record_takes_nothing_new_and_stays_as_it_was(
    in_clinic: Clinic, by: Actor, survivor: Patient, merged: Patient
) -> None:
    merge(by, survivor, merged)

    for act in (
        lambda: AppointmentFactory(clinic=in_clinic, patient=merged),
        lambda: RiskFlag.objects.create(clinic=in_clinic, patient=merged, flag="diabetes", recorded_at=NOW),
        lambda: Patient.objects.filter(pk=merged.pk).update(family_name="Other"),
    ):
        with pytest.raises(IntegrityError, match="merged into another"), transaction.atomic():
            act()
