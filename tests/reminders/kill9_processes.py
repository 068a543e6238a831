"""Real worker processes that sweep and get killed, on the rows of the test's own database."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import connection

ROOT = Path(__file__).resolve().parents[2]


class Workers:
    """``job``: which sweep they do, of messages, of the waiting list or of pages."""

    def __init__(self, process: Any, job: str) -> None:
        self.process, self.job = process, job

    def sweep(self, now: datetime, *points: tuple[str, int] | None, kill_after: float | None = None) -> list[int]:
        """Run one worker for each point; return their exit codes, -9 for the killed."""
        order = json.dumps({"job": self.job, "now": now.isoformat(), "points": points, "kill_after": kill_after})
        self.process.stdin.write(order + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())


def environment(smtp_port: int = 1) -> dict[str, str]:
    """That of the worker's own role: neither owner nor superuser, held to row-level security."""
    database = connection.get_connection_params()
    return {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "tests.reminders.kill9_settings",
        "PITCLINIC_TEST_DATABASE_URL": (
            f"postgresql://pit_worker@/{database['dbname']}?host={database.get('host', '')}"
            f"&port={database.get('port', 5432)}"
        ),
        "KILL9_SMTP_PORT": str(smtp_port),
        "PYTHONPATH": str(ROOT),
    }


@contextmanager
def killed_workers(smtp_port: int = 1, *, job: str = "messages") -> Iterator[Workers]:
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.reminders.kill9_worker"],
        cwd=ROOT,
        env=environment(smtp_port),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        yield Workers(process, job)
    finally:
        process.communicate(timeout=20)
