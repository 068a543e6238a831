"""Bring a deployment back as it stood at a moment, prove it, and make it safe before it serves anybody."""

import contextlib
import json
import os
import shutil
import tarfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path

import psycopg
from django.core.management import call_command
from django.db import connection
from psycopg import sql

from accounts.models import Clinic
from audit.services import audit_events
from common.tenancy import tenant
from pitclinic.backups import after_restore, counting, given_numbers, log_line, proving
from pitclinic.backups.clusters import Copy, run
from pitclinic.backups.sealing import SealError
from pitclinic.backups.sets import BackupError, Counts, Manifest, Store, number_at, segment_number

Say = Callable[[str], None]


@dataclass(frozen=True)
class Restored:
    """How the record stands: up to which moment, its counts, and the rows that a later count had and it has not."""

    manifest: Manifest
    reached_at: datetime | None
    counts: Counts
    after: Manifest
    lost: dict[str, int]


@dataclass(frozen=True)
class Restoration:
    """``target`` is the data folder of the new cluster; beside it, in ``<target>.restoring``, all of it is prepared.

    ``is_drill``: nothing is kept, and the copy is not made safe, because nobody will be served from it.
    """

    store: Store
    target: Path
    until: datetime | None
    account: str
    database: str
    say: Say
    is_drill: bool = False
    replaces: bool = False

    def run(self, *, now: datetime, uploads: Path | None = None, passwords: dict[str, str] | None = None) -> Restored:
        manifest = self.store.newest(until=self.until)
        proving.check_known(manifest)
        proving.check_counted(manifest)
        self._check_target()
        work = self.target.with_name(f"{self.target.name}.restoring")
        shutil.rmtree(work, ignore_errors=True)
        work.mkdir(mode=0o711, parents=True)
        is_done = False
        try:
            copy = self._unpack(manifest, work)
            self._prove_counts(copy, manifest)
            restored = self._go_on(copy, manifest, now=now, passwords=passwords or {})
            if not self.is_drill:
                self._keep(copy, manifest, uploads, now=now)
            is_done = True
        except (SealError, tarfile.TarError) as damage:
            raise BackupError(str(damage)) from damage
        finally:
            if is_done or self.is_drill:  # else its server.log tells more
                shutil.rmtree(work, ignore_errors=True)
        return restored

    def _check_target(self) -> None:
        if not self.target.exists() or not any(self.target.iterdir()):
            return
        if not self.replaces:
            raise BackupError(f"{self.target} is not empty. Restore into a new data folder, or say --replace.")
        if (self.target / "postmaster.pid").exists():
            raise BackupError(f"PostgreSQL runs on {self.target}, or did not end well. Stop it first.")

    def _unpack(self, manifest: Manifest, work: Path) -> Copy:
        self.say(f"Opening {manifest.name}, counted {manifest.counted:%Y-%m-%d %H:%M:%S} UTC")
        copy = Copy(work / "data", work=work, account=self.account, database=self.database)
        parts = proving.unpack(self.store, manifest, into=work / "parts")
        if len(parts) > 1:
            run(["pg_combinebackup", "--no-sync", "--output", str(copy.data), *map(str, parts)])
        else:
            parts[0].rename(copy.data)
        run(["pg_verifybackup", "--quiet", "--no-parse-wal", str(copy.data)])
        shutil.rmtree(work / "parts", ignore_errors=True)
        log = work / "wal"
        log.mkdir(mode=0o700)
        for name in log_line.segments_from(self.store, manifest, past_gaps=False):
            if self._is_needed(name):
                self.store.unseal_segment(name, log)
        (copy.data / "recovery.signal").touch()
        copy.own(copy.data, log)
        return copy

    @cached_property
    def _next(self) -> Manifest | None:
        return self.store.first_after(self.until) if self.until else None

    def _is_needed(self, name: str) -> bool:
        """What lies behind the count of the next set lies behind the moment, too."""
        if self._next is None or "history" in name:
            return True
        size = self._next.segment_bytes
        return segment_number(name, size) <= number_at(self._next.counted_lsn, size) + 1

    def _fetching(self, copy: Copy) -> dict[str, str]:
        return {"restore_command": f'cp "{copy.work / "wal"}/%f" "%p"', "hot_standby": "on"}

    def _prove_counts(self, copy: Copy, manifest: Manifest) -> None:
        """Stop at the very place in the log where the set was counted, and count again."""
        self.say("Counting at the moment the backup was counted")
        stop = {"recovery_target_lsn": manifest.counted_lsn, "recovery_target_inclusive": "off",
                "recovery_target_action": "pause"}  # fmt: skip
        with copy.running(**self._fetching(copy), **stop) as sockets, copy.connect(sockets) as reader:
            _await(reader, "SELECT pg_get_wal_replay_pause_state() = 'paused'", copy)
            found, heads = counting.counts(reader), counting.heads(reader)
        lacking = counting.missing(manifest.counts, found)
        extra = counting.missing(found, manifest.counts)
        words = f"Missing: {counting.in_words(lacking) or 'none'}. Too many: {counting.in_words(extra) or 'none'}."
        if manifest.is_exact and (lacking or extra or heads != manifest.heads):
            raise BackupError(f"The restored record is not the one that was counted. {words}")
        self.say(f"{counting.total(found):,} rows and {len(heads)} audit chains, as they were counted")
        if not manifest.is_exact:
            self.say(f"It was counted while somebody wrote, so these may differ a little. {words}")

    def _go_on(self, copy: Copy, manifest: Manifest, *, now: datetime, passwords: dict[str, str]) -> Restored:
        self.say(f"Going on to {self.until.isoformat(sep=' ') if self.until else 'the end of the archive'}")
        stop = {"recovery_target_action": "promote"}
        if self.until:
            stop |= {"recovery_target_time": self.until.isoformat(sep=" ")}
        with copy.running(**self._fetching(copy), **stop) as sockets:
            with copy.connect(sockets) as own:
                _await(own, "SELECT NOT pg_is_in_recovery()", copy)
                row = own.execute("SELECT pg_last_xact_replay_timestamp()").fetchone()
                counts = counting.counts(own)
                _set_passwords(own, passwords)
            reached_at = row[0] if row else None
            with django_on(sockets, self.database, role="pit_app"):
                if not self.is_drill:
                    self._make_safe(manifest, now=now, reached_at=reached_at or manifest.counted)
                self._prove_trail()
        after = self.store.newest()
        return Restored(manifest, reached_at, counts, after, counting.missing(after.counts, counts))

    def _make_safe(self, manifest: Manifest, *, now: datetime, reached_at: datetime) -> None:
        if proving.is_older(manifest):
            _use("pit_migrator")
            call_command("migrate", interactive=False, verbosity=0)
            _use("pit_app")
        folder = self.target.with_name(f"{self.target.name}.restoring") / "numbers"
        folder.mkdir()
        given = given_numbers.last_known(self.store, work=folder, say=self.say)
        safe = after_restore.make_safe(now=now, restored_to=reached_at, given=given)
        self.say(
            f"{given_numbers.GAP:,} clinic numbers after the last one that was given are left out, clinic by clinic"
        )
        self.say(f"{safe.held} messages are held until an admin has looked through them; {safe.ended} sign-ins,"
                 f" {safe.closed} links, codes and invitations no longer open anything")  # fmt: skip

    def _prove_trail(self) -> None:
        for clinic in Clinic.objects.order_by("pk"):
            with tenant(clinic.pk, actor="command:restore"):
                broken = audit_events.problems(clinic.pk)
            if broken:
                raise BackupError(f"The audit trail of {clinic.pk} is broken at link {broken[0][0]}: {broken[0][1]}.")

    def _keep(self, copy: Copy, manifest: Manifest, uploads: Path | None, *, now: datetime) -> None:
        """The histories of the new line go into the archive, so that a later restore does not take its number."""
        with contextlib.suppress(OSError):  # the archive may be there to be read only
            for path in (copy.data / "pg_wal").glob("*.history"):
                if path.name not in self.store.segments():
                    self.store.seal_segment(path)
                    whose = self.store.wal_folder.stat()
                    os.chown(self.store.wal_folder / path.name, whose.st_uid, whose.st_gid)
        os.sync()  # nothing was, on the way
        if self.target.exists() and any(self.target.iterdir()):
            self.target.rename(self.target.with_name(f"{self.target.name}.before-{now:%Y%m%dT%H%M%SZ}"))
        elif self.target.exists():
            self.target.rmdir()
        copy.data.rename(self.target)
        if uploads is not None:
            uploads.mkdir(parents=True, exist_ok=True)
            with self.store.unsealed(manifest, "files") as sealed, tarfile.open(fileobj=sealed, mode="r|") as tar:
                tar.extractall(uploads, filter="tar")


def keys_of(store: Store, manifest: Manifest) -> dict[str, str]:
    """The keys of the deployment as the set has them."""
    with store.unsealed(manifest, "keys") as sealed:
        return dict(json.loads(sealed.readall()))


def _await(reader: counting.Connection, question: str, copy: Copy) -> None:
    """Until PostgreSQL says yes; recovery may take its time, and a server that gave up ends the connection."""
    while True:
        try:
            row = reader.execute(question).fetchone()
        except psycopg.OperationalError:
            raise copy.why_it_ended() from None
        if row and row[0]:
            return
        time.sleep(0.05)


def _set_passwords(own: counting.Connection, passwords: dict[str, str]) -> None:
    """The passwords of this machine's .env, which need not be those of the machine before."""
    for role, word in passwords.items():
        own.execute(sql.SQL("ALTER ROLE {} PASSWORD {}").format(sql.Identifier(role), sql.Literal(word)))


@contextlib.contextmanager
def django_on(sockets: str, database: str, *, role: str) -> Iterator[None]:
    """Let the application's own code work on the copy instead of the clinic's database."""
    before = dict(connection.settings_dict)
    connection.close()
    connection.settings_dict.update(
        HOST=sockets, PORT="", NAME=database, USER=role, PASSWORD="", OPTIONS={}, CONN_HEALTH_CHECKS=False
    )
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict.update(before)


def _use(role: str) -> None:
    connection.close()
    connection.settings_dict["USER"] = role
