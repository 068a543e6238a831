"""Two records of one person become one, and two again."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection

from accounts.actors import Actor
from accounts.models import Clinic
from patients.models import (
    AlikePair,
    ComparedPatient,
    MovedRow,
    NameToken,
    Patient,
    PatientMerge,
    PatientOwned,
)
from patients.services import merges
from pitclinic.rules.patient_rows import patient_columns
from pitclinic.rules.tables import clinic_models
from sessions.queries.signatures import broken_signatures
from tests.access import objects
from tests.factories.accounts import MembershipFactory
from tests.factories.patients import PatientFactory
from tests.factories.treatments import actor_of

NOW = datetime(2026, 3, 20, 9, 0, tzinfo=UTC)


@pytest.fixture
def by(in_clinic: Clinic) -> Actor:
    return actor_of(MembershipFactory(clinic=in_clinic, role="clinic_admin"))


@pytest.fixture
def survivor(in_clinic: Clinic) -> Patient:
    return PatientFactory(clinic=in_clinic, family_name="Stays")


@pytest.fixture
def merged(in_clinic: Clinic) -> Patient:
    return PatientFactory(clinic=in_clinic, family_name="Goes")


def merge(by: Actor, survivor: Patient, merged: Patient, **more: Any) -> PatientMerge:
    return merges.merge(
        by=by, now=NOW, survivor_id=survivor.pk, merged_id=merged.pk, reason="one person, two records", **more
    )


def take_back(by: Actor, made: PatientMerge) -> None:
    merges.reverse(by=by, now=NOW + timedelta(hours=1), merge=made, reason="they are brothers")


def snapshot(clinic: Clinic) -> dict[str, list[dict[str, Any]]]:
    """Every row of every table that is the clinic's, but for what a merge itself writes."""
    own = {PatientMerge, MovedRow, NameToken, AlikePair, ComparedPatient}
    found = {
        model._meta.label: list(model._default_manager.filter(clinic=clinic).order_by("pk").values())
        for model in clinic_models()
        if model not in own
    }
    tokens = NameToken.objects.order_by("patient_id", "token").values("patient_id", "token", "is_whole")
    return found | {"tokens": list(tokens)}


def everything(clinic: Clinic) -> tuple[Patient, Patient]:
    """Two patients with a row in every table the walk of the pages knows, one with much, the other with a little."""
    made = objects.make(clinic, "Both")
    return Patient.objects.get(pk=made["other_patient_id"]), Patient.objects.get(pk=made["patient_id"])


def test_everything_of_the_merged_record_moves(in_clinic: Clinic, by: Actor) -> None:
    survivor, merged = everything(in_clinic)
    merge(by, survivor, merged)

    left = [
        column.table
        for column in patient_columns()
        if _count(f"SELECT count(*) FROM {column.table} WHERE {column.column} = %s", merged.pk)
    ]

    assert left == []
    merged.refresh_from_db()
    assert merged.merged_into_id == survivor.pk


def _count(statement: str, *values: Any) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchone()[0]


def test_no_table_with_a_patient_is_forgotten() -> None:
    """A new table moves; one that stays must say so (ClinicRules.stays_when_merged)."""
    columns = {(column.table, column.column) for column in patient_columns()}
    staying = set()
    for model in clinic_models():
        for field in model._meta.concrete_fields:
            if field.related_model is Patient and (model._meta.db_table, field.column) not in columns:
                staying.add(f"{model.__name__}.{field.name}")
        if issubclass(model, PatientOwned) and not model.clinic_rules.stays_when_merged:
            assert (model._meta.db_table, "patient_id") in columns

    assert staying == {
        "Patient.merged_into",
        "NameToken.patient",
        "PairVerdict.one",
        "PairVerdict.other",
        "PatientMerge.survivor",
        "PatientMerge.merged",
        "MovedRow.from_patient",
        "MovedRow.to_patient",
        "AlikePair.one",
        "AlikePair.other",
        "ComparedPatient.patient",
    }


def test_every_table_of_a_patient_has_its_two_guards(db: None) -> None:
    for column in patient_columns():
        guards = _count(
            "SELECT count(*) FROM pg_trigger WHERE tgrelid = %s::regclass AND tgname IN (%s, %s)",
            column.table,
            f"takes_new_{column.column}",
            f"stays_with_{column.column}",
        )
        assert guards == 2, column.table


def test_taking_it_back_leaves_every_table_as_before(in_clinic: Clinic, by: Actor) -> None:
    survivor, merged = everything(in_clinic)
    before = snapshot(in_clinic)

    made = merge(by, survivor, merged)
    assert snapshot(in_clinic) != before
    take_back(by, made)

    after = snapshot(in_clinic)
    for session in after["pit_sessions.InjectionSession"]:
        session["signed_patient_id"] = None  # says whom the signature names, and stays
    assert after == before


def test_signatures_and_the_audit_trail_hold_after_a_merge_and_after_its_way_back(in_clinic: Clinic, by: Actor) -> None:
    survivor, merged = everything(in_clinic)

    made = merge(by, survivor, merged)
    assert broken_signatures(in_clinic.pk) == []
    call_command("verify_signatures")
    call_command("audit_verify")

    take_back(by, made)
    assert broken_signatures(in_clinic.pk) == []
    call_command("verify_signatures")
    call_command("audit_verify")
