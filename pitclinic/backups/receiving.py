"""The log of changes, streamed from the cluster as it is written and sealed into the archive segment by segment.

The cluster keeps what was not received yet (a replication slot), and what was received stays in ``spool`` until it is
sealed, so that nothing is lost when either side stops.
"""

import contextlib
import re
import signal
import subprocess
from pathlib import Path

from pitclinic.backups.clusters import Primary, run, tool
from pitclinic.backups.sets import BackupError, Store

SLOT = "pit_backup"
_FINISHED = re.compile(r"[0-9A-F]{24}|[0-9A-F]{8}\.history")


class Receiver:
    """pg_receivewal as a child, and what it left in the spool."""

    def __init__(self, store: Store, primary: Primary, *, spool: Path) -> None:
        self.store, self.primary, self.spool = store, primary, spool
        self._process: subprocess.Popen[bytes] | None = None
        self.has_gap = False  # changes were lost between the last set and now: a full backup begins anew

    def is_held_by_another(self) -> bool:
        """Whether another process receives the log already; then it seals it, too."""
        with self.primary.connect() as connection:
            row = connection.execute("SELECT active FROM pg_replication_slots WHERE slot_name = %s", [SLOT]).fetchone()
        return bool(row and row[0])

    def start(self) -> None:
        """Begin where the slot stands; what an earlier run left half written comes once more."""
        self.spool.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.seal_finished()
        self._seal_unfinished()
        environment = self.primary.environment()
        self._drop_lost_slot()
        common = ["pg_receivewal", "--directory", str(self.spool), "--slot", SLOT, "--no-password"]
        run([*common, "--create-slot", "--if-not-exists"], environment=environment)
        with (self.spool / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [tool(common[0]), *common[1:], "--no-loop", "--status-interval=5"],
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )

    def _drop_lost_slot(self) -> None:
        """A cluster that waited too long for the backup has thrown changes away, and the slot with them."""
        with self.primary.connect() as connection:
            row = connection.execute(
                "SELECT wal_status FROM pg_replication_slots WHERE slot_name = %s", [SLOT]
            ).fetchone()
            if row and row[0] == "lost":
                connection.execute("SELECT pg_drop_replication_slot(%s)", [SLOT])
        self.has_gap = self.has_gap or row is None or row[0] == "lost"

    def check_lives(self) -> None:
        if self._process is not None and self._process.poll() is not None:
            lines = (self.spool / "log").read_text(errors="replace").strip().splitlines()
            raise BackupError(f"pg_receivewal ended: {lines[-1] if lines else 'it said nothing'}")

    def seal_finished(self) -> int:
        """Move whole segments into the archive; return how many. Before the first start there are none."""
        if not self.spool.is_dir():
            return 0
        finished = sorted(path for path in self.spool.iterdir() if _FINISHED.fullmatch(path.name))
        for path in finished:
            self.store.seal_segment(path)
            path.unlink()
        return len(finished)

    def stop(self) -> None:
        """Leave with everything received so far in the archive."""
        if self._process is not None:
            with contextlib.suppress(ProcessLookupError):
                self._process.send_signal(signal.SIGINT)
            try:
                self._process.wait(20)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
            self._process = None
        self.seal_finished()
        self._seal_unfinished()

    def _seal_unfinished(self) -> None:
        for path in sorted(self.spool.glob("*.partial")):
            self.store.seal_segment(path)
            path.unlink()
