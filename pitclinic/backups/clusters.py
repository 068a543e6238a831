"""PostgreSQL's own tools, run against the clinic's cluster or on a copy that nobody else reaches."""

import contextlib
import os
import pwd
import re
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

from pitclinic.backups.counting import Connection
from pitclinic.backups.sets import BackupError

SUPERUSER = "postgres"
# What a copy must not have less of than the cluster it was made from, or it shows nothing while it recovers.
_AT_LEAST = {
    "max_connections setting": "max_connections",
    "max_worker_processes setting": "max_worker_processes",
    "max_wal_senders setting": "max_wal_senders",
    "max_prepared_xacts setting": "max_prepared_transactions",
    "max_locks_per_xact setting": "max_locks_per_transaction",
}


def tool(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        raise BackupError(
            f"{name} is not on the path: the tools of PostgreSQL 18 are needed (docker-compose.yml, backup)."
        )
    return found


def major_version() -> int:
    said = subprocess.run([tool("pg_basebackup"), "--version"], check=True, capture_output=True, text=True).stdout
    found = re.search(r"(\d+)\.", said)
    return int(found[1]) if found else 0


def run(words: list[str], *, environment: dict[str, str] | None = None, user: str | None = None) -> str:
    """Run a tool; raises ``BackupError`` with the last line it said."""
    done = subprocess.run(
        [tool(words[0]), *words[1:]], env=environment, capture_output=True, text=True, check=False, **_as(user)
    )
    if done.returncode:
        raise BackupError(f"{words[0]}: {_last_line(done.stderr)}")
    return str(done.stdout)


def said_by(words: list[str]) -> str:
    """What a tool says, whether or not it ends well."""
    return subprocess.run([tool(words[0]), *words[1:]], capture_output=True, text=True, check=False).stdout


def _last_line(text: str) -> str:
    lines = [line for line in text.strip().splitlines() if line.strip()]
    return lines[-1] if lines else "it said nothing"


def _as(user: str | None) -> dict[str, Any]:
    return {"user": user, "group": pwd.getpwnam(user).pw_gid, "extra_groups": []} if user else {}


@dataclass(frozen=True)
class Primary:
    """The clinic's cluster as pit_backup reaches it."""

    params: dict[str, Any]

    def connect(self) -> Connection:
        return psycopg.connect(**self.params, autocommit=True, options="-c timezone=UTC")

    def environment(self) -> dict[str, str]:
        names = {"host": "PGHOST", "port": "PGPORT", "user": "PGUSER", "password": "PGPASSWORD", "dbname": "PGDATABASE"}
        own = {names[key]: str(value) for key, value in self.params.items() if key in names and value}
        return {**os.environ, **own, "PGAPPNAME": "pitclinic backup"}


class Copy:
    """A cluster brought back in ``data``, behind a socket of its own; as root PostgreSQL runs as ``account``."""

    def __init__(self, data: Path, *, work: Path, account: str, database: str) -> None:
        self.data, self.work, self.database = data, work, database
        self.account = account if os.geteuid() == 0 else None
        self.log = work / "server.log"

    def own(self, *folders: Path) -> None:
        """Give folders and all in them to the account PostgreSQL runs as."""
        if self.account:
            for folder in folders:
                for path in (folder, *folder.rglob("*")):
                    shutil.chown(path, self.account)
        self.data.chmod(0o700)

    def tool(self, *words: str) -> str:
        return run(list(words), user=self.account)

    @contextmanager
    def running(self, **options: str) -> Iterator[str]:
        """The server, until the block ends; gives the folder of its socket."""
        with tempfile.TemporaryDirectory(prefix="pit-") as sockets:
            hba = Path(sockets) / "pg_hba.conf"
            hba.write_text("local all all trust\n")
            for path in (Path(sockets), hba):
                path.chmod(0o755 if path.is_dir() else 0o644)
                if self.account:
                    shutil.chown(path, self.account)
            process = self._start(sockets, {"hba_file": str(hba), **self._settings(), **options})
            try:
                self._wait_until_it_answers(process, sockets)
                yield sockets
            finally:
                self._stop(process)

    def connect(self, sockets: str, *, user: str = SUPERUSER) -> Connection:
        return psycopg.connect(
            host=sockets, user=user, dbname=self.database, autocommit=True, options="-c timezone=UTC", connect_timeout=5
        )

    def _settings(self) -> dict[str, str]:
        said = self.tool("pg_controldata", "-D", str(self.data))
        known = dict(re.findall(r"^(.+?):\s+(\S+)$", said, re.MULTILINE))
        least = {setting: known[words] for words, setting in _AT_LEAST.items() if words in known}
        alone = {"listen_addresses": "", "archive_mode": "off", "ssl": "off", "shared_preload_libraries": "",
                 "fsync": "off", "timezone": "UTC", "log_timezone": "UTC", "logging_collector": "off"}  # fmt: skip
        return {**least, **alone}

    def _start(self, sockets: str, settings: dict[str, str]) -> "subprocess.Popen[bytes]":
        settings = {**settings, "unix_socket_directories": sockets}
        arguments = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        with self.log.open("ab") as log:
            return subprocess.Popen(
                [tool("postgres"), "-D", str(self.data), *arguments],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                **_as(self.account),
            )

    def _wait_until_it_answers(self, process: "subprocess.Popen[bytes]", sockets: str) -> None:
        while True:
            self.check_lives(process)
            with contextlib.suppress(psycopg.OperationalError), self.connect(sockets):
                return
            time.sleep(0.05)

    def check_lives(self, process: "subprocess.Popen[bytes]") -> None:
        if process.poll() is not None:
            raise self.why_it_ended()

    def why_it_ended(self) -> BackupError:
        """What the server said last of all."""
        fatal = [line for line in self.log.read_text(errors="replace").splitlines() if "FATAL" in line]
        last = fatal[-1] if fatal else f"see {self.log}"
        if "before configured recovery target" in last:
            return BackupError("The log of changes ends before that moment. Leave --until out for all there is.")
        return BackupError(f"PostgreSQL ended: {last}")

    @staticmethod
    def _stop(process: "subprocess.Popen[bytes]") -> None:
        if process.poll() is None:
            process.send_signal(signal.SIGINT)
        try:
            process.wait(60)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
