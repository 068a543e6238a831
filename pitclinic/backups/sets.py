"""Where backups lie: one folder a set, the archive of the changes beside them, everything sealed.

``sets/20261130T021500Z-full/``  ``base`` (the cluster as a tar), ``changes`` (PostgreSQL's own list of it, for the next
increment), ``files`` (uploads as a tar), ``keys``, and ``manifest``, which is written last.
``wal/``  the log of changes since, segment by segment.
"""

import json
import os
import shutil
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path

from pitclinic.backups import sealing
from pitclinic.backups.sealing import Sealer, Unsealer

FULL, INCREMENTAL = "full", "incremental"
# Table → clinic ("" for rows of no clinic) → how many rows.
Counts = dict[str, dict[str, int]]
# Clinic → the last clinic number it has given.
Numbers = dict[str, int]
_HOLE = bytes(4096)


class BackupError(Exception):
    """A backup could not be taken, proved or restored; the message is for the person at the terminal."""


@dataclass(frozen=True)
class Manifest:
    """What a set holds, and how the record stood at one moment after it, ``counted_at``, to prove a restore by.

    ``is_exact``: nothing was written at that moment, so that the counts are those at ``counted_lsn`` to the row.
    ``heads`` are the last links of the audit chains, ``number:hash`` by clinic.
    """

    name: str
    kind: str
    parent: str
    begun_at: str
    counted_at: str
    counted_lsn: str
    is_exact: bool
    start_segment: str
    segment_bytes: int
    postgres_version: int
    app_version: str
    migrations: list[str]
    counts: Counts
    heads: dict[str, str]
    files: dict[str, dict[str, str | int]] = field(default_factory=dict)
    numbers: Numbers = field(default_factory=dict)

    @property
    def counted(self) -> datetime:
        return datetime.fromisoformat(self.counted_at)


def segment_number(name: str, segment_bytes: int) -> int:
    """Where a segment of the log stands in all of it, whatever its timeline."""
    return int(name[8:16], 16) * ((1 << 32) // segment_bytes) + int(name[16:24], 16)


def number_at(lsn: str, segment_bytes: int) -> int:
    """The number of the segment that holds a place in the log."""
    high, low = (int(half, 16) for half in lsn.split("/"))
    return ((high << 32) + low) // segment_bytes


class Store:
    """The place of the backups, and the key they are sealed with."""

    def __init__(self, root: Path, *, key: str) -> None:
        self.root, self.key = root, key
        self.sets_folder, self.wal_folder = root / "sets", root / "wal"

    def prepare(self, *, is_alone: bool) -> None:
        """Make the folders; ``is_alone``: what an earlier run left unfinished is thrown away."""
        for folder in (self.sets_folder, self.wal_folder):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for left in () if not is_alone else (*self.sets_folder.glob("*.part"), *self.wal_folder.glob("*.part")):
            shutil.rmtree(left) if left.is_dir() else left.unlink()

    # --- sets ---

    def names(self) -> list[str]:
        """The complete sets, the oldest first."""
        if not self.sets_folder.is_dir():
            return []
        return sorted(path.name for path in self.sets_folder.iterdir() if (path / "manifest").is_file())

    def manifest(self, name: str) -> Manifest:
        text = b"".join(sealing.opened(self.sets_folder / name / "manifest", key=self.key, name=f"{name}/manifest"))
        return Manifest(**json.loads(text))

    def newest(self, *, until: datetime | None = None) -> Manifest:
        """The last set, or the last whose moment of counting is not after ``until``. Raises ``BackupError``."""
        for name in reversed(self.names()):
            manifest = self.manifest(name)
            if until is None or manifest.counted <= until:
                return manifest
        raise BackupError(f"No backup in {self.root} is old enough." if until else f"No backup in {self.root}.")

    def first_after(self, moment: datetime) -> Manifest | None:
        """The first set that was counted later."""
        return next((one for one in map(self.manifest, self.names()) if one.counted > moment), None)

    def chain(self, manifest: Manifest) -> list[Manifest]:
        """The full backup a set builds on, the increments between, and the set itself."""
        found = [manifest]
        while found[0].parent:
            if found[0].parent not in self.names():
                raise BackupError(f"{manifest.name} builds on {found[0].parent}, which is not there.")
            found.insert(0, self.manifest(found[0].parent))
        return found

    def draft(self, name: str) -> Path:
        folder = self.sets_folder / f"{name}.part"
        folder.mkdir(mode=0o700)
        return folder

    def finish(self, manifest: Manifest) -> None:
        """Write the manifest; with it the set is complete."""
        draft = self.sets_folder / f"{manifest.name}.part"
        with self.sealed(draft / "manifest", of=manifest.name) as out:
            out.write(json.dumps(asdict(manifest), indent=1).encode())
        draft.rename(self.sets_folder / manifest.name)

    def sealed(self, path: Path, *, of: str) -> AbstractContextManager[Sealer]:
        return sealing.sealed(path, key=self.key, name=f"{of}/{path.name}")

    def unsealed(self, manifest: Manifest, file: str) -> Unsealer:
        return Unsealer(self.sets_folder / manifest.name / file, key=self.key, name=f"{manifest.name}/{file}")

    # --- the log of changes ---

    def segments(self) -> list[str]:
        """Every archived file of the log, in order; one that was cut off bears ``.partial``."""
        if not self.wal_folder.is_dir():
            return []
        return sorted(path.name for path in self.wal_folder.iterdir() if not path.name.endswith(".part"))

    def segment(self, name: str) -> Iterator[bytes]:
        return sealing.opened(self.wal_folder / name, key=self.key, name=f"wal/{name}")

    def unseal_segment(self, name: str, folder: Path) -> None:
        """With holes where nothing was written: most segments are nearly empty. A whole one replaces its beginning."""
        path = folder / name.removesuffix(".partial")
        if name.endswith(".partial") and path.exists():
            return
        with path.open("wb") as file:
            for piece in self.segment(name):
                for start in range(0, len(piece), len(_HOLE)):
                    block = piece[start : start + len(_HOLE)]
                    if block == _HOLE:
                        file.seek(len(_HOLE), os.SEEK_CUR)
                    else:
                        file.write(block)
            file.truncate()

    def seal_segment(self, path: Path) -> None:
        with self.sealed(self.wal_folder / path.name, of="wal") as out, path.open("rb") as file:
            shutil.copyfileobj(file, out, 1 << 20)
        if not path.name.endswith(".partial"):
            (self.wal_folder / f"{path.name}.partial").unlink(missing_ok=True)
