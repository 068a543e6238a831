"""The process that keeps the backups: the log of changes all the time, a set a day, a restore drill a week."""

import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path

import psycopg
from django.conf import settings
from django.db import DatabaseError, connection

from accounts.choices import BackupAct
from accounts.models import BackupReport, Clinic
from accounts.services import backup_reports
from pitclinic.backups import deployment, proving, taking
from pitclinic.backups.receiving import Receiver
from pitclinic.backups.restoring import Restoration, keys_of
from pitclinic.backups.sealing import SealError
from pitclinic.backups.sets import FULL, INCREMENTAL, BackupError, Manifest, Store

SET_EVERY = timedelta(hours=24)
DRILL_EVERY = timedelta(days=7)
AGAIN_AFTER = timedelta(minutes=15)
QUIET_AFTER = timedelta(seconds=15)
PAUSE_SECONDS = 2.0
FAULTS = (BackupError, SealError, psycopg.Error, DatabaseError, OSError)
Clock = Callable[[], datetime]
Say = Callable[[str], None]


def take(store: Store, *, kind: str, files: Path | None, receiver: Receiver | None, say: Say, clock: Clock) -> Manifest:
    """One set, and a line in the report. An increment that cannot be made becomes a full backup."""
    now = clock()
    if kind == INCREMENTAL and taking.is_full_due(store, now=now):
        kind = FULL
    taker = deployment.taker(store, files=files)
    try:
        manifest = _first_or_full(taker, kind, receiver, say, clock)
    except FAULTS as fault:
        report(BackupAct.BACKUP, clock(), problem=str(fault))
        raise
    report(BackupAct.BACKUP, clock())
    for name in taking.forget_old(store, now=now):
        say(f"{name} is older than five weeks and gone")
    return manifest


def _first_or_full(taker: taking.Taker, kind: str, receiver: Receiver | None, say: Say, clock: Clock) -> Manifest:
    try:
        return taker.take(kind, now=clock(), receiver=receiver)
    except BackupError as fault:
        if kind == FULL:
            raise
        say(f"No increment ({fault}); a full backup instead")
        return taker.take(FULL, now=clock(), receiver=receiver)


def drill(store: Store, *, account: str, say: Say, clock: Clock) -> None:
    """Restore the newest set into a folder that is thrown away, count, and say so in the report."""
    work = Path(settings.BACKUP_WORK_DIR)
    work.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=work) as folder:
        Path(folder).chmod(0o711)
        database = deployment.database()
        restoration = Restoration(store, Path(folder) / "data", None, account, database, say, is_drill=True)
        try:
            restoration.run(now=clock())
        except FAULTS as fault:
            report(BackupAct.DRILL, clock(), problem=str(fault))
            raise
    report(BackupAct.DRILL, clock())


def report(act: BackupAct, now: datetime, *, problem: str = "") -> None:
    """For the admins' page; a database that is away is told by itself."""
    try:
        if problem:
            backup_reports.failed(act, problem, now=now)
        else:
            backup_reports.succeeded(act, now=now)
    except DatabaseError:
        pass
    finally:
        connection.close()


def is_set_due(store: Store, newest: Manifest, *, now: datetime) -> bool:
    """A day after the newest, and at once where it holds other keys: with those nobody could read what comes now."""
    return now - newest.counted >= SET_EVERY or keys_of(store, newest) != deployment.keys()


def is_before_any_clinic(newest: Manifest) -> bool:
    """There was nothing in it to prove yet; an empty set of a server with clinics is a fault that the drill tells."""
    return not (proving.is_counted(newest) or Clinic.objects.filter(created_at__lt=newest.counted).exists())


class Service:
    """Runs until it is interrupted."""

    def __init__(self, store: Store, *, files: Path | None, account: str, say: Say, clock: Clock) -> None:
        self.store, self.files, self.account, self.say, self.clock = store, files, account, say, clock
        self.receiver = deployment.receiver(store)
        self._is_receiving = False
        self._quiet_until: datetime | None = None
        self._due_at: dict[BackupAct, datetime] = {}  # not before; when it is known

    def run(self) -> None:
        with closing(_Stopping(self.receiver)):
            while True:
                self.round()
                time.sleep(PAUSE_SECONDS)

    def round(self) -> None:
        if self._quiet_until is not None and self.clock() < self._quiet_until:
            return
        for act, do in (
            (BackupAct.ARCHIVE, self._archive),
            (BackupAct.BACKUP, self._set),
            (BackupAct.DRILL, self._drill),
        ):
            now = self.clock()
            if now < self._due_at.get(act, now):
                continue
            try:
                do()
            except FAULTS as fault:
                self.say(f"{act.label}: {fault}")
                if act == BackupAct.ARCHIVE:
                    report(act, now, problem=str(fault))
                    self._is_receiving = False
                    self._quiet_until = now + QUIET_AFTER
                    return
                self._due_at[act] = now + AGAIN_AFTER

    def _archive(self) -> None:
        if not self._is_receiving:
            self.receiver.stop()
            self.receiver.start()
            self._is_receiving = True
            if self.receiver.has_gap:
                self._due_at.pop(BackupAct.BACKUP, None)
        self.receiver.check_lives()
        if self.receiver.seal_finished():
            report(BackupAct.ARCHIVE, self.clock())

    def _set(self) -> None:
        names = self.store.names()
        newest = self.store.manifest(names[-1]) if names else None
        if newest is None or self.receiver.has_gap or is_set_due(self.store, newest, now=self.clock()):
            kind = FULL if self.receiver.has_gap else INCREMENTAL
            newest = take(
                self.store, kind=kind, files=self.files, receiver=self.receiver, say=self.say, clock=self.clock
            )
            self.receiver.has_gap = False
            self.say(f"{newest.name} is complete")
        self._due_at[BackupAct.BACKUP] = newest.counted + SET_EVERY

    def _drill(self) -> None:
        is_too_early = is_before_any_clinic(self.store.newest())
        done = BackupReport.objects.filter(act=BackupAct.DRILL).values_list("succeeded_at", flat=True).first()
        connection.close()
        if is_too_early:
            self._due_at[BackupAct.DRILL] = self.clock() + AGAIN_AFTER
            return
        if done is None or self.clock() - done >= DRILL_EVERY:
            drill(self.store, account=self.account, say=self.say, clock=self.clock)
            done = self.clock()
        self._due_at[BackupAct.DRILL] = done + DRILL_EVERY


class _Stopping:
    def __init__(self, receiver: Receiver) -> None:
        self.receiver = receiver

    def close(self) -> None:
        self.receiver.stop()
