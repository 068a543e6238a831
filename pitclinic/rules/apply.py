"""Put the walls up. Runs after every migration, as the owner; running it again changes nothing."""

import hashlib
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.db import connections, transaction

from pitclinic.rules import patient_rows
from pitclinic.rules.tables import ClinicTable, Relation, clinic_tables, open_tables

_APPLICATION = "pit_app, pit_worker"
# Table → the file with what only SQL can hold of it, in the order they are applied.
_OWN_GUARDS = (
    ("patients_contactcode", "patients/sql/contact_codes.sql"),
    ("patients_noknownallergy", "patients/sql/allergies.sql"),
    ("patients_importedpart", "patients/sql/imports.sql"),
    ("patients_lastclinicnumber", "patients/sql/clinic_numbers.sql"),
    ("accounts_backupreport", "accounts/sql/backup_reports.sql"),
    ("accounts_clinic", "accounts/sql/clinic_changes.sql"),
    ("accounts_membership", "accounts/sql/last_admin.sql"),
    ("accounts_membership", "accounts/sql/last_co_signer.sql"),
    ("accounts_membership", "accounts/sql/person_events.sql"),
    ("scheduling_claim", "scheduling/sql/claims.sql"),
    ("scheduling_noshow", "scheduling/sql/statuses.sql"),
    ("scheduling_slotoffer", "scheduling/sql/departures.sql"),
    ("pit_sessions_recipe", "sessions/sql/mixtures.sql"),
    ("pit_sessions_signeddocument", "sessions/sql/signed_documents.sql"),
    ("pit_sessions_signeddocument", "sessions/sql/signed_records.sql"),
    ("pit_sessions_injectionsession", "sessions/sql/nerve_map.sql"),
    ("pit_sessions_ruleset", "sessions/sql/safety_gate.sql"),
    ("pit_sessions_ruleproposal", "sessions/sql/rule_sets.sql"),
    ("pit_sessions_containeruse", "sessions/sql/stock.sql"),
    ("pit_sessions_stockmovement", "sessions/sql/stock_movements.sql"),
    ("pit_sessions_cosignaturereturn", "sessions/sql/co_signatures.sql"),
    ("pit_sessions_paper", "sessions/sql/papers.sql"),
    ("pit_sessions_picture", "sessions/sql/pictures.sql"),
    ("pit_sessions_measure", "sessions/sql/measures.sql"),
)


def apply_rules(using: str = "default") -> None:
    """Row-level security, privileges, composite foreign keys and audit triggers for every table of the models."""
    connection = connections[using]
    with transaction.atomic(using=using), connection.cursor() as cursor:
        existing = set(connection.introspection.table_names(cursor))
        cursor.execute("SELECT conname FROM pg_constraint WHERE connamespace = 'public'::regnamespace")
        constraints = {name for (name,) in cursor.fetchall()}
        for statement in _statements(existing, constraints):
            cursor.execute(statement)  # our own text, no input


def _statements(existing: set[str], constraints: set[str]) -> Iterator[str]:
    yield f"GRANT USAGE ON SCHEMA public TO {_APPLICATION}, pit_backup"
    yield f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {_APPLICATION}"
    yield "GRANT SELECT ON ALL TABLES IN SCHEMA public TO pit_backup"
    for name, privileges in open_tables().items():
        if name in existing:
            yield from _privileges(name, privileges)
    if "catalogue_catalogueversion" in existing:
        yield _file("catalogue/sql/version.sql")
    if "audit_auditevent" in existing:
        yield _file("audit/sql/audit.sql")
    tables = [table for table in clinic_tables() if table.name in existing]
    yield from _targets(tables, constraints)
    for table in tables:
        yield from _privileges(table.name, table.privileges)
        yield from _isolation(table)
        yield from _foreign_keys(table, constraints)
        yield from _audit(table)
    yield from _merges(existing)
    for name, file in _OWN_GUARDS:
        if name in existing:
            yield _file(file)


def _merges(existing: set[str]) -> Iterator[str]:
    if "patients_movedrow" in existing:
        yield from patient_rows.statements(existing)
        yield _file("patients/sql/merges.sql")


def _file(name: str) -> str:
    return (Path(settings.BASE_DIR) / name).read_text(encoding="utf-8")


def _privileges(name: str, privileges: str) -> Iterator[str]:
    yield f"REVOKE ALL ON {name} FROM PUBLIC, {_APPLICATION}"
    yield f"GRANT {privileges} ON {name} TO {_APPLICATION}"


def _isolation(table: ClinicTable) -> Iterator[str]:
    yield f"ALTER TABLE {table.name} ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY"
    yield f"DROP POLICY IF EXISTS own_clinic ON {table.name}"
    yield f"CREATE POLICY own_clinic ON {table.name} USING ({table.using}) WITH CHECK ({table.check})"


def short_name(name: str) -> str:
    """The name cut to PostgreSQL's 63 bytes, kept distinct by a hash."""
    if len(name) <= 63:
        return name
    return f"{name[:54]}_{hashlib.sha256(name.encode()).hexdigest()[:8]}"


def relation_name(table: str, relation: Relation) -> str:
    return short_name(f"{table}_{relation.column}_in_clinic")


def _targets(tables: list[ClinicTable], constraints: set[str]) -> Iterator[str]:
    for target in sorted({relation.target for table in tables for relation in table.relations}):
        name = short_name(f"{target}_clinic_and_id")
        if name not in constraints:
            yield f"ALTER TABLE {target} ADD CONSTRAINT {name} UNIQUE (clinic_id, id)"


def _foreign_keys(table: ClinicTable, constraints: set[str]) -> Iterator[str]:
    for relation in table.relations:
        name = relation_name(table.name, relation)
        if name not in constraints:
            yield (
                f"ALTER TABLE {table.name} ADD CONSTRAINT {name} FOREIGN KEY (clinic_id, {relation.column})"
                f" REFERENCES {relation.target} (clinic_id, id) DEFERRABLE INITIALLY IMMEDIATE"
            )


def _audit(table: ClinicTable) -> Iterator[str]:
    if table.audit_patient is None:
        return
    expression = table.audit_patient.replace("'", "''")
    derived = "{" + ",".join(table.derived) + "}"
    transitions = {
        "INSERT": "REFERENCING NEW TABLE AS new_rows",
        "UPDATE": "REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows",
        "DELETE": "REFERENCING OLD TABLE AS old_rows",
    }
    for operation, transition in transitions.items():
        yield (
            f"CREATE OR REPLACE TRIGGER audit_{operation.lower()} AFTER {operation} ON {table.name} {transition}"
            f" FOR EACH STATEMENT EXECUTE FUNCTION audit_changes('{expression}', '{derived}')"
        )
