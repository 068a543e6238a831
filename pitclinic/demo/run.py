"""One run of the demo: the servers, the set-up, then web, worker, pager and beat until one of them ends."""

import contextlib
import os
import shlex
import shutil
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path

import honcho.manager
import psycopg
from honcho.manager import Manager

from pitclinic import servers
from pitclinic.demo.guard import HOST, MARK, DemoError, end_leftovers, say
from pitclinic.demo.steps import ROOT, secret_key, steps_to_do

DATABASE = "pitclinic"
SECONDS_TO_STOP = 3
ASKED_TO_STOP = {130, 143}
SECONDS_TO_ANSWER = 60


class PromptManager(Manager):
    """Honcho counts its patience from the first process that leaves; here it counts from the signal."""

    def terminate(self) -> None:
        patience = threading.Timer(SECONDS_TO_STOP, self.kill)
        patience.daemon = True
        patience.start()
        super().terminate()


class Demo:
    """One run: the servers, the environment of each process, and the order in which they come and go."""

    def __init__(self, *, run_dir: Path, port: int, patients: int) -> None:
        self.run_dir, self.port, self.patients = run_dir, port, patients
        self.address = f"http://{HOST}:{port}"
        self.started = time.monotonic()
        self.is_ready = False

    def run(self) -> int:
        with contextlib.ExitStack() as stack:
            stack.callback(end_leftovers, self.run_dir)
            self.start_servers(stack)
            self.set_up()
            return self.run_processes()

    def start_servers(self, stack: contextlib.ExitStack) -> None:
        say("PostgreSQL and Valkey")
        self.postgres: servers.Postgres = servers.start_postgres(data=self.run_dir / "postgres")
        stack.callback(self.postgres.stop)
        self.valkey: servers.Valkey = servers.start_valkey(folder=self.run_dir / "valkey")
        stack.callback(self.valkey.stop)
        servers.prepare_cluster(self.postgres.dsn())
        if servers.create_database(self.postgres.dsn(), name=DATABASE):
            shutil.rmtree(self.run_dir / "done", ignore_errors=True)
        servers.prepare_database(self.postgres.dsn(database=DATABASE))

    def find_servers(self) -> None:
        """Those of a demo that runs already."""
        self.postgres = servers.running_postgres(data=self.run_dir / "postgres")
        self.valkey = servers.running_valkey(folder=self.run_dir / "valkey")

    def environment(self, *, role: str) -> dict[str, str]:
        """What a process is told: the settings of the demo and the database as `role`."""
        return {
            **os.environ,
            MARK: str(self.run_dir),
            "DJANGO_SETTINGS_MODULE": "pitclinic.settings.demo",
            "PITCLINIC_SECRET_KEY": secret_key(self.run_dir),
            "PITCLINIC_DATABASE_URL": self.postgres.dsn(user=role, database=DATABASE),
            "PITCLINIC_BROKER_URL": self.valkey.broker_url,
            "PITCLINIC_PUBLIC_ORIGIN": self.address,
            "PITCLINIC_ALLOWED_HOSTS": f"{HOST},localhost",
            "PITCLINIC_RUN_DIR": str(self.run_dir),
            "PITCLINIC_BIND": f"{HOST}:{self.port}",
            "PITCLINIC_WEB_GRACE_SECONDS": "2",
            "PYTHONUNBUFFERED": "1",
            "PYTHONWARNINGS": "ignore:You're running the worker with superuser privileges",
        }

    def set_up(self) -> None:
        steps = steps_to_do(self.run_dir)
        if not steps:
            return
        process = subprocess.Popen(
            [sys.executable, "-m", "pitclinic.demo.setup", "--patients", str(self.patients), *steps],
            cwd=ROOT,
            env=self.environment(role="pit_migrator"),
            start_new_session=True,
        )
        try:
            if process.wait():
                raise DemoError("The set-up failed; its message is above.")
        finally:
            if process.poll() is None:
                process.kill()

    def run_processes(self) -> int:
        say("Web, worker, pager and beat")
        honcho.manager.KILL_WAIT = SECONDS_TO_STOP
        manager = PromptManager()
        (self.run_dir / "beat").mkdir(exist_ok=True)
        celery = "-m celery --quiet --app pitclinic"
        how = "--without-gossip --without-mingle --loglevel WARNING"
        worker = f"{celery} worker --queues celery,alarms --concurrency 2 {how}"
        pager = f"{celery} worker --queues alarms --pool solo --hostname pager@%h {how}"
        beat = f"{celery} beat --pidfile= --schedule {shlex.quote(str(self.run_dir / 'beat' / 'schedule'))}"
        for name, command, role in (
            ("web", "-m gunicorn --config python:pitclinic.gunicorn", "pit_app"),
            ("worker", worker, "pit_worker"),
            ("pager", pager, "pit_worker"),
            ("beat", f"{beat} --loglevel WARNING", "pit_worker"),
        ):
            line = f"exec {shlex.quote(sys.executable)} {command}"
            manager.add_process(name, line, env=self.environment(role=role), cwd=str(ROOT))
        threading.Thread(target=self.announce, daemon=True).start()
        # A signal that comes before honcho knows every process makes it fail with a KeyError.
        with contextlib.suppress(KeyError):
            manager.loop()
        code = int(manager.returncode or 0)
        return 0 if code in ASKED_TO_STOP else code or 1

    def announce(self) -> None:
        """Wait for the first answer, then say where to go."""
        deadline = time.monotonic() + SECONDS_TO_ANSWER
        while not self.answers():
            if time.monotonic() > deadline:
                say(f"No answer at {self.address} after {SECONDS_TO_ANSWER} s; see the lines of `web` above")
                return
            time.sleep(0.1)
        self.is_ready = True
        seconds = time.monotonic() - self.started
        print("\n".join(self.welcome(seconds=seconds)), flush=True)

    def answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.address}/healthz", timeout=SECONDS_TO_ANSWER) as answer:  # noqa: S310
                return bool(answer.status == 200)
        except (urllib.error.URLError, OSError):
            return False

    def welcome(self, *, seconds: float) -> list[str]:
        return [
            "",
            f"    PIT Clinic is ready after {seconds:.1f} s:  {self.address}",
            "",
            f"    One click signs you in as any of these people at {self.address}/demo/",
            "",
            *(f"    {line}" for line in self.sign_ins()),
            "",
            "    The data is made up and stays in .run/ until `make demo-reset`. Ctrl-C stops everything.",
            "",
        ]

    def sign_ins(self) -> list[str]:
        """One person of each role in each clinic, one line each."""
        question = """
            SELECT DISTINCT ON (clinic.name, membership.role)
                   replace(membership.role, '_', ' '), person.email, clinic.name
            FROM accounts_membership AS membership
            JOIN accounts_user AS person ON person.id = membership.user_id
            JOIN accounts_clinic AS clinic ON clinic.id = membership.clinic_id
            WHERE membership.is_active
            ORDER BY clinic.name, membership.role, length(person.email), person.email
        """
        with psycopg.connect(self.postgres.dsn(database=DATABASE)) as connection:
            rows = [("Role", "Person", "Clinic"), *connection.execute(question).fetchall()]
        widths = [max(len(str(row[column])) for row in rows) for column in range(3)]
        return ["  ".join(str(cell).ljust(width) for cell, width in zip(row, widths, strict=True)) for row in rows]
