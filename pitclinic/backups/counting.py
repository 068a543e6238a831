"""How many rows there are, by table and clinic, counted by somebody whom no wall hides a row from.

A backup that row-level security emptied succeeds with 0 rows; nothing but counting finds it.
"""

from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg import sql

from pitclinic.backups.sets import BackupError, Counts, Numbers

TRIES = 300
PAUSE = "SELECT pg_sleep(0.02)"
Connection = psycopg.Connection[Any]


@dataclass(frozen=True)
class Standing:
    """How the record stood at ``lsn``, to the row where it ``is_exact``: where nobody was writing just then."""

    at: str
    lsn: str
    is_exact: bool
    counts: Counts
    heads: dict[str, str]
    numbers: Numbers


def standing(connection: Connection) -> Standing:
    """Count in one snapshot, at a moment when nobody is writing if there is one. Outside a transaction.

    Nobody is, when no transaction that writes is open, and from before that until after the snapshot nothing came into
    the log: then what the snapshot sees is what a recovery up to that place in the log sees.
    """
    check_sees_everything(connection)
    for attempt in range(1, TRIES + 1):
        (before,) = _one(connection, "SELECT pg_current_wal_insert_lsn()::text")
        (is_quiet,) = _one(connection, "SELECT NOT EXISTS (SELECT FROM pg_locks WHERE locktype = 'transactionid')")
        with connection.transaction():
            connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            at, lsn = _one(connection, "SELECT clock_timestamp(), pg_current_wal_insert_lsn()::text")
            is_exact = bool(is_quiet and lsn == before)
            if is_exact or attempt == TRIES:
                found = counts(connection), heads(connection), numbers(connection)
                return Standing(at.isoformat(), str(lsn), is_exact, *found)
        connection.execute(PAUSE)
    raise AssertionError("the last attempt returns")


def check_sees_everything(connection: Connection) -> None:
    """Raises ``BackupError`` for a role that row-level security hides rows from."""
    role, sees = _one(connection, "SELECT rolname, rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user")
    if not sees:
        raise BackupError(
            f"The role {role} is held by row-level security and would back up 0 rows."
            " Use pit_backup, which sees all of them."
        )
    connection.execute("SET row_security = off")  # a query that a policy would cut short fails instead


def counts(connection: Connection) -> Counts:
    tables = connection.execute(
        "SELECT c.relname, EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'clinic_id'"
        " AND NOT a.attisdropped) FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace"
        " AND c.relkind IN ('r', 'p') AND c.relpersistence = 'p' ORDER BY 1"
    ).fetchall()
    found: Counts = {}
    for table, has_clinic in tables:
        whose = sql.SQL("coalesce(clinic_id::text, '')") if has_clinic else sql.SQL("''")
        query = sql.SQL("SELECT {}, count(*) FROM {} GROUP BY 1").format(whose, sql.Identifier("public", table))
        found[table] = {clinic: number for clinic, number in connection.execute(query).fetchall() if number}
    return found


def heads(connection: Connection) -> dict[str, str]:
    rows = connection.execute(
        "SELECT DISTINCT ON (clinic_id) clinic_id::text, number || ':' || encode(hash, 'hex')"
        " FROM audit_auditseal ORDER BY clinic_id, number DESC"
    )
    return dict(rows.fetchall())


def numbers(connection: Connection) -> Numbers:
    return dict(connection.execute("SELECT clinic_id::text, number FROM patients_lastclinicnumber").fetchall())


def missing(expected: Counts, found: Counts) -> dict[str, int]:
    """Table → how many rows are there less than expected, clinic by clinic: one's more is not another's less."""
    less = {
        table: sum(max(0, number - found.get(table, {}).get(clinic, 0)) for clinic, number in clinics.items())
        for table, clinics in expected.items()
    }
    return {table: number for table, number in less.items() if number}


def total(counted: Counts) -> int:
    return sum(sum(clinics.values()) for clinics in counted.values())


def in_words(less: dict[str, int]) -> str:
    return ", ".join(f"{number:,} of {table}" for table, number in sorted(less.items()))


def _one(connection: Connection, query: Any) -> Any:
    row = connection.execute(query).fetchone()
    assert row is not None  # noqa: S101 - each of these returns one row
    return row
