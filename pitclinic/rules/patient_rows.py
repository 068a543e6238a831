"""Which columns name a patient, read from the models: what a merge moves, and what holds a row to its patient."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db import models

from accounts.models import ClinicOwned
from patients.models import Patient
from pitclinic.rules.tables import clinic_models


@dataclass(frozen=True)
class PatientColumn:
    """``table.column`` names the patient the row belongs to."""

    table: str
    column: str


@dataclass(frozen=True)
class Hanging:
    """A row of ``child`` hangs on one of ``parent`` by ``column``; both belong to a patient."""

    child: PatientColumn
    column: str
    parent: PatientColumn


def patient_columns() -> list[PatientColumn]:
    """In the order data flows (the apps' own): whoever treats a patient locks the visit before the session, too."""
    return [
        PatientColumn(model._meta.db_table, field.column)
        for model in clinic_models()
        if not model.clinic_rules.stays_when_merged
        for field in _relations_to(model, Patient)
    ]


def hanging() -> list[Hanging]:
    columns = {column.table: column for column in patient_columns()}
    return [
        Hanging(columns[model._meta.db_table], field.column, columns[parent._meta.db_table])
        for model in clinic_models()
        if model._meta.db_table in columns
        for parent in clinic_models()
        if parent._meta.db_table in columns
        for field in _relations_to(model, parent)
    ]


def statements(existing: set[str]) -> Iterator[str]:
    """Two functions that say the lists above, for patients/sql/merges.sql, and the guards of every such table."""
    columns = [column for column in patient_columns() if column.table in existing]
    values = ", ".join(f"({place}, '{one.table}', '{one.column}')" for place, one in enumerate(columns))
    yield (
        "CREATE OR REPLACE FUNCTION patients_owned_columns() RETURNS TABLE (place int, table_name text,"  # noqa: S608 - names of our own tables
        f" column_name text) LANGUAGE sql IMMUTABLE AS $$ VALUES {values} $$"
    )
    rows = [row for row in hanging() if row.child.table in existing and row.parent.table in existing]
    values = ", ".join(
        f"('{row.child.table}', '{row.child.column}', '{row.column}', '{row.parent.table}', '{row.parent.column}')"
        for row in rows
    )
    yield (
        "CREATE OR REPLACE FUNCTION patients_hanging_rows() RETURNS TABLE (child text, child_patient text,"  # noqa: S608 - as above
        f" child_column text, parent text, parent_patient text) LANGUAGE sql IMMUTABLE AS $$ VALUES {values} $$"
    )
    yield _GUARDS
    for one in columns:
        yield from _triggers(one)


def _relations_to(model: type[ClinicOwned], target: type[models.Model]) -> "Iterator[models.ForeignKey[Any, Any]]":
    for field in model._meta.concrete_fields:
        if isinstance(field, models.ForeignKey) and field.related_model is target:
            yield field


def _triggers(one: PatientColumn) -> Iterator[str]:
    yield (
        f"CREATE OR REPLACE TRIGGER takes_new_{one.column} AFTER INSERT ON {one.table} REFERENCING"
        f" NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION patients_guard_new_rows('{one.column}')"
    )
    yield (
        f"CREATE OR REPLACE TRIGGER stays_with_{one.column} BEFORE UPDATE OF {one.column} ON {one.table} FOR EACH ROW"
        f" WHEN (OLD.{one.column} IS DISTINCT FROM NEW.{one.column})"
        f" EXECUTE FUNCTION patients_guard_patient('{one.column}')"
    )


# Here, not in the file: the triggers above need them to be there.
_GUARDS = """
-- May this row of this table change its patient so, in this transaction? Only the door writes what is read here.
CREATE OR REPLACE FUNCTION patients_may_move(p_table text, p_row uuid, p_from uuid, p_to uuid) RETURNS boolean
LANGUAGE plpgsql STABLE SET search_path = public, pg_temp AS $$
BEGIN
  RETURN EXISTS (SELECT FROM patients_movedrow m WHERE m.table_name = p_table AND m.row_id = p_row
    AND m.from_patient_id = p_from AND m.to_patient_id = p_to AND m.xid = pg_current_xact_id()::text::bigint);
END $$;

-- The same for a whole row as a trigger has it: nothing but its patient changes.
CREATE OR REPLACE FUNCTION patients_only_moves(p_table text, was jsonb, becomes jsonb) RETURNS boolean
LANGUAGE plpgsql STABLE SET search_path = public, pg_temp AS $$
BEGIN
  RETURN was->>'patient_id' <> becomes->>'patient_id' AND was - 'patient_id' = becomes - 'patient_id'
    AND patients_may_move(p_table, (becomes->>'id')::uuid, (was->>'patient_id')::uuid, (becomes->>'patient_id')::uuid);
END $$;

-- TG_ARGV[0]: the column. By now the foreign key has waited for whoever is merging the patient.
CREATE OR REPLACE FUNCTION patients_guard_new_rows() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
  merged record;
BEGIN
  EXECUTE format('SELECT p.merged_into_id AS survivor FROM patients_patient p WHERE p.merged_into_id IS NOT NULL
    AND p.id = ANY (ARRAY(SELECT DISTINCT r.%I FROM new_rows r)) LIMIT 1', TG_ARGV[0]) INTO merged;
  IF merged.survivor IS NOT NULL THEN
    RAISE EXCEPTION 'a record that was merged into another takes nothing new (%)', TG_TABLE_NAME
      USING ERRCODE = 'check_violation', CONSTRAINT = 'patients_merged_away', DETAIL = merged.survivor::text;
  END IF;
  RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION patients_guard_patient() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
  was uuid := (to_jsonb(OLD)->>TG_ARGV[0])::uuid;
  becomes uuid := (to_jsonb(NEW)->>TG_ARGV[0])::uuid;
BEGIN
  IF was IS NOT NULL AND becomes IS NOT NULL AND NOT patients_may_move(TG_TABLE_NAME, OLD.id, was, becomes) THEN
    RAISE EXCEPTION 'a row stays with its patient (%)', TG_TABLE_NAME
      USING ERRCODE = 'check_violation', CONSTRAINT = 'patients_row_stays';
  END IF;
  IF was IS NULL AND EXISTS (SELECT FROM patients_patient p WHERE p.id = becomes AND p.merged_into_id IS NOT NULL) THEN
    RAISE EXCEPTION 'a record that was merged into another takes nothing new (%)', TG_TABLE_NAME
      USING ERRCODE = 'check_violation', CONSTRAINT = 'patients_merged_away';
  END IF;
  RETURN NEW;
END $$;
"""
