"""Which set is taken, what it builds on, when a log has a gap, what is thrown away."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import cast

import pytest

from accounts.models import Clinic
from pitclinic.backups import counting, deployment, log_line, proving, service, taking
from pitclinic.backups.clusters import Copy, Primary
from pitclinic.backups.receiving import Receiver
from pitclinic.backups.sets import BackupError, Manifest, Store
from tests.factories.accounts import ClinicFactory

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
SEGMENT = "0000000100000000000000"


@pytest.fixture
def store(tmp_path: Path) -> Store:
    store = Store(tmp_path, key="a-key-of-the-backups-0123456789-0123456789")
    store.prepare(is_alone=True)
    return store


def a_set(store: Store, at: datetime, *, parent: str = "", segment: str = "05", **fields) -> Manifest:
    kind = "incremental" if parent else "full"
    values = {
        "name": f"{at:%Y%m%dT%H%M%SZ}-{kind}", "kind": kind, "parent": parent, "begun_at": at.isoformat(),
        "counted_at": at.isoformat(), "counted_lsn": "0/5000000", "is_exact": True, "segment_bytes": 1 << 24,
        "start_segment": f"{SEGMENT}{segment}", "postgres_version": 180_006, "app_version": "0.1.0", "migrations": [],
        "counts": {"accounts_clinic": {"": 1}}, "heads": {},
    }  # fmt: skip
    manifest = Manifest(**{**values, **fields})
    store.draft(manifest.name)
    store.finish(manifest)
    return manifest


def log(store: Store, *names: str) -> None:
    for name in names:
        path = store.root / name
        path.write_bytes(b"log")
        store.seal_segment(path)


def test_the_newest_set_before_a_moment_is_taken_with_what_it_builds_on(store: Store) -> None:
    full = a_set(store, NOON)
    first = a_set(store, NOON + timedelta(days=1), parent=full.name)
    second = a_set(store, NOON + timedelta(days=2), parent=first.name)

    assert store.newest() == second
    assert store.newest(until=NOON + timedelta(days=1, hours=3)) == first
    assert [part.name for part in store.chain(second)] == [full.name, first.name, second.name]
    with pytest.raises(BackupError, match="old enough"):
        store.newest(until=NOON - timedelta(minutes=1))


def test_other_keys_make_a_new_set_due_at_once_and_the_same_ones_a_day_later(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    newest = a_set(store, NOON)
    with store.sealed(store.sets_folder / newest.name / "keys", of=newest.name) as out:
        out.write(json.dumps({"PITCLINIC_FACTOR_KEY": "before"}).encode())
    monkeypatch.setattr(deployment, "keys", lambda: {"PITCLINIC_FACTOR_KEY": "before"})

    assert not service.is_set_due(store, newest, now=NOON + timedelta(hours=1))
    assert service.is_set_due(store, newest, now=NOON + timedelta(hours=24))
    monkeypatch.setattr(deployment, "keys", lambda: {"PITCLINIC_FACTOR_KEY": "after"})
    assert service.is_set_due(store, newest, now=NOON + timedelta(hours=1))


@pytest.mark.django_db
def test_a_set_made_before_the_first_clinic_waits_for_its_drill_and_one_that_hides_the_clinics_does_not(
    store: Store,
) -> None:
    empty = a_set(store, NOON, counts={})
    assert service.is_before_any_clinic(empty)
    clinic = Clinic.objects.filter(pk=ClinicFactory().pk)
    for made_at, is_early in ((NOON + timedelta(hours=1), True), (NOON - timedelta(hours=1), False)):
        clinic.update(created_at=made_at)
        assert service.is_before_any_clinic(empty) == is_early


def test_what_never_received_anything_can_be_stopped(store: Store, tmp_path: Path) -> None:
    """As the service does before its first start, on the empty folder of a new machine."""
    receiver = Receiver(store, cast(Primary, None), spool=tmp_path / "work" / "spool")
    receiver.stop()
    assert store.segments() == []


def test_a_set_without_its_manifest_is_none(store: Store) -> None:
    full = a_set(store, NOON)
    store.draft("20260303T120000Z-full")

    assert store.names() == [full.name]
    store.prepare(is_alone=False)
    assert len(list(store.sets_folder.iterdir())) == 2  # another process may be at it
    store.prepare(is_alone=True)
    assert [path.name for path in store.sets_folder.iterdir()] == [full.name]


def test_a_newer_schema_another_postgresql_and_an_empty_record_are_refused(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(proving, "major_version", lambda: 18)
    known = a_set(store, NOON, migrations=["accounts.0001_initial"])
    proving.check_known(known)
    assert proving.is_older(known)
    with pytest.raises(BackupError, match="newer PIT Clinic"):
        proving.check_known(a_set(store, NOON + timedelta(hours=1), migrations=["accounts.0999_of_next_year"]))
    with pytest.raises(BackupError, match="PostgreSQL 19"):
        proving.check_known(a_set(store, NOON + timedelta(hours=2), postgres_version=190_001))
    with pytest.raises(BackupError, match="no clinic at all"):
        proving.check_counted(a_set(store, NOON + timedelta(hours=3), counts={"accounts_clinic": {}}))


def test_a_gap_in_the_log_is_found(store: Store) -> None:
    full = a_set(store, NOON)
    log(store, f"{SEGMENT}04", f"{SEGMENT}05", f"{SEGMENT}06", f"{SEGMENT}07.partial", "00000002.history")
    assert list(log_line.segments_from(store, full)) == [
        "00000002.history", f"{SEGMENT}05", f"{SEGMENT}06", f"{SEGMENT}07.partial",
    ]  # fmt: skip

    log(store, f"{SEGMENT}08")
    with pytest.raises(BackupError, match="gap before"):  # the one before it was never finished
        list(log_line.segments_from(store, full))
    log(store, f"{SEGMENT}07")
    assert list(log_line.segments_from(store, full))[-1] == f"{SEGMENT}08"
    (store.wal_folder / f"{SEGMENT}06").unlink()
    with pytest.raises(BackupError, match="gap before"):
        list(log_line.segments_from(store, full))
    assert list(log_line.segments_from(store, full, past_gaps=False))[-1] == f"{SEGMENT}05"  # to a moment before it


def test_the_log_is_followed_along_the_line_that_a_restore_takes(store: Store) -> None:
    full, later = a_set(store, NOON), SEGMENT.replace("1", "2", 1)
    log(store, f"{SEGMENT}05", f"{SEGMENT}06", f"{SEGMENT}07", f"{SEGMENT}08", f"{later}06", f"{later}07")
    (store.root / "00000002.history").write_text("1\t0/6000000\tbefore it went\n")
    store.seal_segment(store.root / "00000002.history")
    line = ["00000002.history", f"{SEGMENT}05", f"{later}06", f"{later}07"]
    assert list(log_line.segments_from(store, full)) == line

    log(store, f"{later}09")  # the old line's 08 is of a time that was given up
    with pytest.raises(BackupError, match=f"gap before {later}08"):
        list(log_line.segments_from(store, full))
    assert list(log_line.segments_from(store, full, past_gaps=False)) == line


def test_old_chains_go_with_the_log_before_the_rest_and_the_newest_stays_however_old(store: Store) -> None:
    old = a_set(store, NOON, segment="05")
    a_set(store, NOON + timedelta(days=1), parent=old.name, segment="06")
    young = a_set(store, NOON + timedelta(days=7), segment="07")
    log(store, f"{SEGMENT}05", f"{SEGMENT}06", f"{SEGMENT}07")

    assert taking.forget_old(store, now=NOON + timedelta(days=36)) == []
    assert len(taking.forget_old(store, now=NOON + timedelta(days=36, minutes=1))) == 2
    assert store.names() == [young.name]
    assert store.segments() == [f"{SEGMENT}07"]
    assert taking.forget_old(store, now=NOON + timedelta(days=400)) == []


def test_one_clinics_more_is_not_anothers_less() -> None:
    expected, found = {"rows": {"a": 2, "b": 2}, "gone": {"a": 1}}, {"rows": {"a": 4}}

    assert counting.missing(expected, found) == {"rows": 2, "gone": 1}
    assert counting.in_words({"rows": 2000}) == "2,000 of rows"


def test_the_first_segment_is_named_as_postgresql_does() -> None:
    listed = b'{"WAL-Ranges": [{"Timeline": 3, "Start-LSN": "1/FF000028", "End-LSN": "2/0"}]}'

    assert taking._start_segment(listed, 1 << 24) == "0000000300000001000000FF"
    assert taking._start_segment(listed, 1 << 26) == "00000003000000010000003F"


def test_why_a_copy_ended_is_told_in_words(tmp_path: Path) -> None:
    copy = Copy(tmp_path / "data", work=tmp_path, account="postgres", database="pitclinic")
    copy.log.write_text("x FATAL:  recovery ended before configured recovery target was reached\n")

    assert "ends before that moment" in str(copy.why_it_ended())
    copy.log.write_text("x FATAL:  data directory has wrong ownership\n")
    assert "wrong ownership" in str(copy.why_it_ended())
