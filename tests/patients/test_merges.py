"""Two records of one person become one, and two again."""

from typing import Any

from django.core.management import call_command
from django.db import connection

from accounts.actors import Actor
from accounts.models import Clinic
from patients.models import (
    Identifier,
    Patient,
    PatientOwned,
)
from patients.queries import find
from pitclinic.rules.patient_rows import patient_columns
from pitclinic.rules.tables import clinic_models
from sessions.queries.signatures import broken_signatures
from tests.patients.merging import NOW, everything, leaving_out_marks, merge, register, snapshot, take_back


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
        "ImportedRow.patient",
        "ImportedPart.patient",
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

    assert leaving_out_marks(snapshot(in_clinic)) == leaving_out_marks(before)


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


def test_a_merged_record_is_found_by_its_old_name_and_number_and_leads_to_the_survivor(
    in_clinic: Clinic, by: Actor
) -> None:
    survivor, merged = (register(by, name) for name in ("Brown", "Schwarzenberger"))
    number = Identifier.objects.get(patient=merged).value
    merge(by, survivor, merged)

    for text in ("schwarzenberger", number, "Brown"):
        assert [row.id for row in find(by, text, today=NOW.date())] == [survivor.pk]
    assert find(by, "schwarzenberger", today=NOW.date())[0].formerly == "Schwarzenberger, Ann"
    assert Identifier.objects.get(value=number).is_former
