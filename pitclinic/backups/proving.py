"""Prove that a set can be restored: every file opens, every one is as written, no change is missing."""

import hashlib
import re
import shutil
import tarfile
from pathlib import Path

from django.db.migrations.loader import MigrationLoader

from pitclinic.backups import counting, log_line
from pitclinic.backups.clusters import major_version, run
from pitclinic.backups.sealing import SealError
from pitclinic.backups.sets import BackupError, Counts, Manifest, Store

_COPY = re.compile(r"COPY (?:public\.)?\"?(\w+)\"? \((.*)\) FROM stdin;")


def check_known(manifest: Manifest) -> None:
    """Raises ``BackupError`` for a set of a newer PIT Clinic or another PostgreSQL than this one."""
    known = {f"{app}.{name}" for app, name in MigrationLoader(None).disk_migrations}
    newer = sorted(set(manifest.migrations) - known)
    if newer:
        raise BackupError(
            f"{manifest.name} was made by a newer PIT Clinic ({manifest.app_version}): this one does not know"
            f" {newer[0]}. Use at least that version."
        )
    if manifest.postgres_version // 10_000 != major_version():
        raise BackupError(
            f"{manifest.name} is of PostgreSQL {manifest.postgres_version // 10_000}, and the tools here are of"
            f" {major_version()}."
        )


def is_older(manifest: Manifest) -> bool:
    """Whether what the set holds has to be migrated before this PIT Clinic can use it."""
    own = {f"{app}.{name}" for app, name in MigrationLoader(None).disk_migrations}
    return bool(own - set(manifest.migrations))


def is_counted(manifest: Manifest) -> bool:
    """Whether the set holds a clinic."""
    return bool(sum(manifest.counts.get("accounts_clinic", {}).values()))


def check_counted(manifest: Manifest) -> None:
    """Raises ``BackupError`` for a set whose record was empty when it was counted, as if walls had hidden it."""
    if not is_counted(manifest):
        raise BackupError(f"{manifest.name} holds no clinic at all. Was it made with the role pit_backup?")


def unpack(store: Store, manifest: Manifest, *, into: Path) -> list[Path]:
    """Open every file of the set and of those it builds on; leave the clusters as folders and return them, in order."""
    folders = []
    for part in store.chain(manifest):
        _check_files(store, part)
        folder = into / part.name
        folder.mkdir(mode=0o700, parents=True)
        with store.unsealed(part, "base") as sealed, tarfile.open(fileobj=sealed, mode="r|") as tar:
            tar.extractall(folder, filter="data")
        folders.append(folder)
    return folders


def _check_files(store: Store, part: Manifest) -> None:
    for name, told in part.files.items():
        path = store.sets_folder / part.name / name
        if not path.is_file():
            raise BackupError(f"{part.name}/{name} is missing.")
        with path.open("rb") as file:
            if hashlib.file_digest(file, "sha256").hexdigest() != told["sha256"]:
                raise BackupError(f"{part.name}/{name} is damaged: its contents are not what was written.")
        if name != "base":  # which is read by whoever unpacks it
            with store.unsealed(part, name) as sealed:
                while sealed.read(1 << 20):
                    pass


def prove(store: Store, manifest: Manifest, *, work: Path) -> int:
    """All of the above; returns how many segments of the log follow the set. Raises ``BackupError``."""
    try:
        check_known(manifest)
        check_counted(manifest)
        segments = log_line.check_whole(store, manifest, work=work / "log")
        for folder in unpack(store, manifest, into=work):
            run(["pg_verifybackup", "--quiet", "--no-parse-wal", str(folder)])
            shutil.rmtree(folder)
    except (SealError, tarfile.TarError) as damage:
        raise BackupError(str(damage)) from damage
    return segments


# --- a dump, for who makes one beside the backups ---


def count_dump(path: Path) -> Counts:
    """The rows in a dump of pg_dump, by table and clinic."""
    found: Counts = {}
    table, clinic_at = "", -1
    for line in run(["pg_restore", "--data-only", "--file=-", str(path)]).splitlines():
        begin = _COPY.fullmatch(line)
        if begin:
            columns = [column.strip().strip('"') for column in begin[2].split(",")]
            table, clinic_at = begin[1], columns.index("clinic_id") if "clinic_id" in columns else -1
            found[table] = {}
        elif line == "\\.":
            table = ""
        elif table:
            clinic = line.split("\t")[clinic_at] if clinic_at >= 0 else ""
            found[table][clinic] = found[table].get(clinic, 0) + 1
    return found


def check_dump(path: Path, expected: Counts) -> None:
    """Raises ``BackupError`` where rows were there and the dump has none of them: walls, or the wrong database."""
    found = count_dump(path)
    emptied = {
        table: {clinic: number for clinic, number in clinics.items() if not found.get(table, {}).get(clinic)}
        for table, clinics in expected.items()
    }
    less = counting.missing(emptied, {})
    if less:
        raise BackupError(
            f"{path.name} lacks {counting.in_words(less)}. Row-level security hides rows from the role that made it:"
            " dump as pit_backup."
        )
