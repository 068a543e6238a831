"""The trail keeps every change, by whatever way it was made, and shows when somebody tampers with it."""

from typing import Any

import psycopg
import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction

from accounts.models import Clinic
from audit.models import AuditEvent, AuditSeal
from audit.services import audit_events
from common.tenancy import tenant
from patients.models import Patient
from tests.factories.accounts import ClinicFactory
from tests.factories.patients import PatientFactory


def test_a_change_is_recorded_with_actor_request_reason_and_both_values(in_clinic: Clinic) -> None:
    patient = PatientFactory(clinic=in_clinic, given_names="Ann")
    with tenant(in_clinic.pk, actor="user:42", request_id="r1", reason="typing error"):
        Patient.objects.filter(pk=patient.pk).update(given_names="Anna")

    event = AuditEvent.objects.get(kind="update", row_id=patient.pk)

    assert (event.actor, event.request_id, event.reason) == ("user:42", "r1", "typing error")
    assert event.changes == {"given_names": ["Ann", "Anna"]}
    assert event.patient_id == patient.pk


def test_bulk_and_raw_changes_are_recorded_row_by_row(in_clinic: Clinic) -> None:
    Patient.objects.bulk_create(PatientFactory.build_batch(25, clinic=in_clinic))
    with connection.cursor() as cursor:
        cursor.execute("UPDATE patients_patient SET preferred_name = 'P'")

    assert AuditEvent.objects.filter(kind="insert", table_name="patients_patient").count() == 25
    assert AuditEvent.objects.filter(kind="update", table_name="patients_patient").count() == 25


def test_a_row_cannot_move_to_another_id(in_clinic: Clinic) -> None:
    PatientFactory(clinic=in_clinic)

    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE patients_patient SET id = uuidv7()")


@pytest.mark.parametrize(
    "attack",
    [
        "UPDATE audit_auditevent SET actor = 'nobody'",
        "DELETE FROM audit_auditevent",
        "TRUNCATE audit_auditevent",
        "ALTER TABLE audit_auditevent DISABLE TRIGGER ALL",
        "ALTER TABLE patients_patient DISABLE TRIGGER ALL",
        "DROP TRIGGER audit_update ON patients_patient",
        "SET session_replication_role = replica",
        "UPDATE audit_auditseal SET number = 7",
        "SELECT set_config('pgtrigger.ignore', '{audit}', true); DELETE FROM audit_auditevent",
        "INSERT INTO audit_auditevent (clinic_id, at, xid, kind, table_name, actor, request_id, reason)"
        " VALUES (uuidv7(), now(), 1, 'view', 'x', 'x', '', '')",
    ],
)
def test_the_application_cannot_touch_the_trail(in_clinic: Clinic, attack: str) -> None:
    PatientFactory(clinic=in_clinic)

    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(attack)


FIRST = "(SELECT id FROM audit_auditevent ORDER BY xid, id LIMIT 1)"


def _own_params() -> dict[str, Any]:
    params = connection.get_connection_params()
    return {key: value for key, value in params.items() if key not in {"cursor_factory", "context"}}


def _superuser() -> psycopg.Connection:
    superuser = psycopg.connect(**_own_params(), autocommit=True)
    superuser.execute("SET session_replication_role = replica")
    return superuser


def _seal(clinic: Clinic) -> None:
    with _superuser() as superuser:
        superuser.execute("SELECT set_config('app.clinic_id', %s, false)", [str(clinic.pk)])
        superuser.execute("SELECT audit_seal(%s)", [clinic.pk])


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "tampering",
    [
        f"UPDATE audit_auditevent SET actor = 'somebody else' WHERE id = {FIRST}",
        f"DELETE FROM audit_auditevent WHERE id = {FIRST}",
        "INSERT INTO audit_auditevent (clinic_id, at, xid, kind, table_name, actor, request_id, reason)"
        " SELECT clinic_id, at, xid - 1, kind, table_name, actor, '', '' FROM audit_auditevent LIMIT 1",
        "DELETE FROM audit_auditseal WHERE number = 1",
        "UPDATE audit_auditseal SET events_hash = sha256('x') WHERE number = 2",
    ],
)
def test_tampering_by_a_superuser_is_found(tampering: str) -> None:
    clinic = ClinicFactory()
    for _run in range(2):
        with tenant(clinic.pk, actor="test"):
            PatientFactory.create_batch(3, clinic=clinic)
        _seal(clinic)
    with tenant(clinic.pk):
        assert audit_events.problems(clinic.pk) == []

    with _superuser() as superuser:
        superuser.execute(tampering)

    with tenant(clinic.pk):
        assert audit_events.problems(clinic.pk) != []


@pytest.mark.django_db(transaction=True)
def test_a_cut_tail_is_found_against_a_head_written_down_earlier(capsys: pytest.CaptureFixture[str]) -> None:
    clinic = ClinicFactory(name="Cut")
    for _run in range(2):
        with tenant(clinic.pk, actor="test"):
            PatientFactory(clinic=clinic)
        _seal(clinic)
    call_command("audit_verify")
    head = capsys.readouterr().out.split("Cut: ")[1].strip()
    with _superuser() as superuser:
        superuser.execute("DELETE FROM audit_auditevent WHERE xid = (SELECT max(xid) FROM audit_auditevent)")
        superuser.execute("DELETE FROM audit_auditseal WHERE number = 2")

    call_command("audit_verify")
    with pytest.raises(CommandError, match="the end of the trail was cut"):
        call_command("audit_verify", head=[head])


@pytest.mark.django_db(transaction=True)
def test_an_event_of_a_transaction_that_ends_late_is_sealed_later_and_lost_never() -> None:
    clinic = ClinicFactory()
    with psycopg.connect(**_own_params()) as slow:
        slow.execute("SELECT set_config('app.clinic_id', %s, true)", [str(clinic.pk)])
        slow.execute(
            "INSERT INTO patients_patient (clinic_id, given_names, family_name, preferred_name, birth_date, sex,"
            " language, zone, emergency_contact_name, emergency_contact_phone, emergency_contact_relation,"
            " guardian_name, guardian_phone, is_deceased, left_reason, is_said_inactive, sort_key, named_by,"
            " version)"
            " VALUES (%s, 'Slow', 'Writer', '', '1970-01-01', 'unknown', 'en', 'UTC', '', '', '', '', '', false, '',"
            " false, '', '', 1)",
            [clinic.pk],
        )
        with tenant(clinic.pk, actor="test"):
            PatientFactory(clinic=clinic)
        _seal(clinic)
        slow.commit()
    _seal(clinic)

    with tenant(clinic.pk):
        assert audit_events.problems(clinic.pk) == []
        sealed = sum(AuditSeal.objects.values_list("event_count", flat=True))
        assert sealed == AuditEvent.objects.count() == 2
