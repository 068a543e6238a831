"""The walls stand: every table is isolated, no view bypasses, no role the clinic runs as could climb over."""

import psycopg
import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from accounts.models import Clinic
from common.tenancy import set_context, tenant
from patients.models import Allergy, Patient
from pitclinic.rules.verify import role_problems, wall_problems
from tests.factories.accounts import ClinicFactory
from tests.factories.patients import PatientFactory


def test_the_walls_stand(db: None) -> None:
    assert wall_problems() == []
    assert role_problems() == []


def _as_owner(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET ROLE pit_owner")
        cursor.execute(statement)
        cursor.execute("SET ROLE pit_app")


@pytest.mark.parametrize(
    ("damage", "complaint"),
    [
        ("ALTER TABLE patients_patient NO FORCE ROW LEVEL SECURITY", "patients_patient is not isolated"),
        ("DROP POLICY own_clinic ON patients_allergy", "patients_allergy is not isolated"),
        ("CREATE POLICY wide ON patients_allergy USING (true)", "patients_allergy is not isolated"),
        ("CREATE TABLE stray (id int, clinic_id uuid)", "stray is not isolated"),
        ("CREATE TABLE stray (id int)", "stray falls under no rule"),
        ("CREATE VIEW everyone AS SELECT * FROM patients_patient", "everyone bypasses"),
        (
            "CREATE FUNCTION loose() RETURNS int LANGUAGE sql SECURITY DEFINER AS 'SELECT 1'",
            "loose runs as its owner without a fixed search_path",
        ),
        (
            "ALTER TABLE patients_allergy DROP CONSTRAINT patients_allergy_patient_id_in_clinic",
            "patients_allergy has no foreign key inside the clinic on patient_id",
        ),
    ],
)
def test_a_missing_wall_is_noticed(db: None, damage: str, complaint: str) -> None:
    _as_owner(damage)

    assert any(complaint in problem for problem in wall_problems())


@pytest.mark.parametrize(
    ("role", "complaint"), [("postgres", "superuser"), ("pit_backup", "bypasses"), ("pit_owner", "owns tables")]
)
def test_a_dangerous_role_is_noticed(db: None, role: str, complaint: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"SET ROLE {role}")
        found = role_problems()
        cursor.execute("SET ROLE pit_app")

    assert any(complaint in problem for problem in found)


def test_code_that_forgets_the_clinic_sees_nothing_and_writes_nothing(clinic: Clinic) -> None:
    with tenant(clinic.pk, actor="test"):
        PatientFactory(clinic=clinic)

    assert Patient.objects.count() == 0
    with pytest.raises(DatabaseError), transaction.atomic():
        PatientFactory(clinic=clinic)


def test_the_context_is_refused_outside_a_transaction() -> None:
    with pytest.raises(RuntimeError):
        set_context(clinic_id=None)


def test_nested_contexts_are_put_back(clinic: Clinic, other_clinic: Clinic) -> None:
    with tenant(clinic.pk, actor="test"):
        PatientFactory.create_batch(2, clinic=clinic)
        with tenant(other_clinic.pk):
            assert Patient.objects.count() == 0
        assert Patient.objects.count() == 2


def test_no_row_can_point_into_another_clinic(clinic: Clinic, other_clinic: Clinic) -> None:
    with tenant(other_clinic.pk, actor="test"):
        foreign = PatientFactory(clinic=other_clinic)

    with tenant(clinic.pk, actor="test"), pytest.raises(IntegrityError), transaction.atomic():
        Allergy.objects.create(clinic=clinic, patient=foreign, substance="corn", recorded_at="2026-01-01T00:00Z")


def test_a_row_cannot_be_moved_into_another_clinic(in_clinic: Clinic, other_clinic: Clinic) -> None:
    PatientFactory(clinic=in_clinic)

    with pytest.raises(DatabaseError), transaction.atomic():
        Patient.objects.update(clinic=other_clinic)


@pytest.mark.django_db(transaction=True)
def test_each_login_role_is_held_by_the_walls_when_it_really_signs_in() -> None:
    """Not SET ROLE: a connection of its own for each role."""
    clinic = ClinicFactory()
    with tenant(clinic.pk, actor="test"):
        PatientFactory(clinic=clinic)
    params = connection.get_connection_params()
    keep = {key: value for key, value in params.items() if key not in {"cursor_factory", "context"}}
    seen = {}
    for role in ("pit_app", "pit_worker"):
        with psycopg.connect(**{**keep, "user": role}) as own:
            without = own.execute("SELECT count(*) FROM patients_patient").fetchone()[0]
            own.execute("SELECT set_config('app.clinic_id', %s, true)", [str(clinic.pk)])
            seen[role] = (without, own.execute("SELECT count(*) FROM patients_patient").fetchone()[0])
            with pytest.raises(psycopg.Error):
                own.execute("TRUNCATE patients_patient")

    assert seen == {"pit_app": (0, 1), "pit_worker": (0, 1)}
