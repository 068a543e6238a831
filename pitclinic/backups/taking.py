"""Take a backup: the cluster, the uploads, the keys, and how the record stood, all sealed into one set."""

import hashlib
import io
import json
import shutil
import subprocess
import tarfile
import tempfile
import time
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import IO

from django.conf import settings

from pitclinic.backups import counting
from pitclinic.backups.clusters import Primary, tool
from pitclinic.backups.counting import Connection
from pitclinic.backups.receiving import Receiver
from pitclinic.backups.sealing import Sealer
from pitclinic.backups.sets import FULL, INCREMENTAL, BackupError, Manifest, Store, number_at

# A new full backup after a week, so that a chain stays short; what is older than five weeks goes.
FULL_EVERY = timedelta(days=7)
KEPT_FOR = timedelta(days=35)
WAL_COMES_WITHIN = 120.0


class _Tee(io.RawIOBase):
    """Reads a stream and seals all of it on the way."""

    def __init__(self, source: IO[bytes], sealer: Sealer) -> None:
        self._source, self._sealer = source, sealer

    def read(self, size: int = -1) -> bytes:
        data = self._source.read(size)
        self._sealer.write(data)
        return data


@dataclass(frozen=True)
class Taker:
    """What a backup is taken of: the cluster, the folder of the uploads, and the keys of the deployment."""

    store: Store
    primary: Primary
    uploads: Path
    keys: Mapping[str, str]

    def take(self, kind: str, *, now: datetime, receiver: Receiver | None) -> Manifest:
        """A whole set, complete once the log up to its moment of counting is archived.

        ``receiver`` is None where another process archives the log.
        """
        parent = self.store.newest() if kind == INCREMENTAL else None
        name = f"{now:%Y%m%dT%H%M%SZ}-{kind}"
        draft = self.store.draft(name)
        try:
            manifest, segment = self._fill(draft, name, kind, parent, now=now)
            _await(self.store, segment, receiver)
            self.store.finish(manifest)
        except BaseException:
            shutil.rmtree(draft, ignore_errors=True)
            raise
        return manifest

    def _fill(
        self, draft: Path, name: str, kind: str, parent: Manifest | None, *, now: datetime
    ) -> tuple[Manifest, str]:
        """Everything but the manifest, which is returned with the last segment of the log that it needs."""
        listed = self._base(draft, name, parent)
        with self.store.sealed(draft / "files", of=name) as out:
            self._uploads(out)
        with self.store.sealed(draft / "keys", of=name) as out:
            out.write(json.dumps(dict(self.keys), indent=1).encode())
        files = {file.name: _told(file) for file in sorted(draft.iterdir())}
        with self.primary.connect() as connection:
            standing = counting.standing(connection)
            segment = _end_segment(connection, name)
            segment_bytes = _number(
                connection, "SELECT setting::bigint FROM pg_settings WHERE name = 'wal_segment_size'"
            )
            manifest = Manifest(
                name=name,
                kind=kind,
                parent=parent.name if parent else "",
                begun_at=now.isoformat(),
                counted_at=standing.at,
                counted_lsn=standing.lsn,
                is_exact=standing.is_exact,
                start_segment=_start_segment(listed, segment_bytes),
                segment_bytes=segment_bytes,
                postgres_version=connection.info.server_version,
                app_version=app_version(),
                migrations=_migrations(connection),
                counts=standing.counts,
                heads=standing.heads,
                files=files,
                numbers=standing.numbers,
            )
        return manifest, segment

    def _base(self, draft: Path, name: str, parent: Manifest | None) -> bytes:
        """The cluster as one tar, straight from the stream into the sealed file: nothing of it lies in clear.

        Returns PostgreSQL's list of its files.
        """
        words = [tool("pg_basebackup"), "--pgdata=-", "--format=tar", "--wal-method=fetch", "--checkpoint=fast",
                 "--manifest-checksums=SHA256", "--no-password", f"--label={name}"]  # fmt: skip
        with tempfile.TemporaryDirectory() as folder, self.store.sealed(draft / "base", of=name) as out:
            if parent is not None:
                before = Path(folder) / "backup_manifest"
                before.write_bytes(self.store.unsealed(parent, "changes").readall())
                words.append(f"--incremental={before}")
            with tempfile.TemporaryFile() as said:
                with subprocess.Popen(
                    words, env=self.primary.environment(), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=said
                ) as process:
                    assert process.stdout is not None  # noqa: S101 - it is a pipe
                    listed = _read_list(process.stdout, out)
                if process.returncode:
                    said.seek(0)
                    raise BackupError(f"pg_basebackup: {said.read().decode(errors='replace').strip().splitlines()[-1]}")
        if listed is None:
            raise BackupError("pg_basebackup sent no list of its files.")
        with self.store.sealed(draft / "changes", of=name) as out:
            out.write(listed)
        return listed

    def _uploads(self, out: Sealer) -> None:
        with tarfile.open(fileobj=out, mode="w|") as tar:
            if self.uploads.is_dir():
                tar.add(self.uploads, arcname=".")


def is_full_due(store: Store, *, now: datetime) -> bool:
    fulls = [name for name in store.names() if name.endswith(FULL)]
    return not fulls or now - datetime.fromisoformat(store.manifest(fulls[-1]).begun_at) >= FULL_EVERY


def forget_old(store: Store, *, now: datetime) -> list[str]:
    """Throw away chains whose last set is older than five weeks, and the log before the oldest that stays."""
    chains: dict[str, list[Manifest]] = {}
    for manifest in map(store.manifest, store.names()):
        chains.setdefault(store.chain(manifest)[0].name, []).append(manifest)
    old = [chain for chain in list(chains.values())[:-1] if now - chain[-1].counted > KEPT_FOR]
    for manifest in (manifest for chain in old for manifest in reversed(chain)):
        folder = store.sets_folder / manifest.name
        for path in sorted(folder.iterdir(), key=lambda path: path.name != "manifest"):  # no half set looks whole
            path.unlink()
        folder.rmdir()
    kept = store.names()
    if old and kept:
        first = store.manifest(kept[0]).start_segment
        for segment in store.segments():
            if "history" not in segment and segment[8:24] < first[8:24]:
                (store.wal_folder / segment).unlink()
    return [manifest.name for chain in old for manifest in chain]


def app_version() -> str:
    project = tomllib.loads((Path(settings.BASE_DIR) / "pyproject.toml").read_text())["project"]
    return str(project["version"])


def _read_list(stream: IO[bytes], out: Sealer) -> bytes | None:
    """Seal the whole stream; return PostgreSQL's list of the files, which is the last of them."""
    listed = None
    tee = _Tee(stream, out)
    try:
        with tarfile.open(fileobj=tee, mode="r|") as tar:
            for member in tar:
                if member.name == "backup_manifest":
                    found = tar.extractfile(member)
                    listed = found.read() if found else None
    except tarfile.TarError:
        listed = None  # the tool has ended early, and says why itself
    while tee.read(1 << 20):
        pass
    return listed


def _start_segment(listed: bytes, segment_bytes: int) -> str:
    """The name of the first segment of the log that a restore needs."""
    begin = json.loads(listed)["WAL-Ranges"][0]
    number, in_one = number_at(begin["Start-LSN"], segment_bytes), (1 << 32) // segment_bytes
    return f"{begin['Timeline']:08X}{number // in_one:08X}{number % in_one:08X}"


def _told(path: Path) -> dict[str, str | int]:
    with path.open("rb") as file:
        return {"sha256": hashlib.file_digest(file, "sha256").hexdigest(), "size": path.stat().st_size}


def _end_segment(connection: Connection, name: str) -> str:
    """Write a mark into the log and end its segment: the log up to the counting can be archived. Returns its name."""
    row = connection.execute(
        "SELECT pg_walfile_name(pg_logical_emit_message(false, 'pitclinic', %s, true)), pg_switch_wal()", [name]
    ).fetchone()
    return str(row[0]) if row else ""


def _migrations(connection: Connection) -> list[str]:
    rows = connection.execute("SELECT app || '.' || name FROM django_migrations ORDER BY 1")
    return [name for (name,) in rows.fetchall()]


def _number(connection: Connection, query: str) -> int:
    row = connection.execute(query).fetchone()
    return int(row[0]) if row else 0


def _await(store: Store, segment: str, receiver: Receiver | None, pause: Callable[[float], None] = time.sleep) -> None:
    for _try in range(int(WAL_COMES_WITHIN / 0.1)):
        if receiver is not None:
            receiver.check_lives()
            receiver.seal_finished()
        if (store.wal_folder / segment).exists():
            return
        pause(0.1)
    raise BackupError(f"The log of changes ({segment}) did not arrive in the archive.")
