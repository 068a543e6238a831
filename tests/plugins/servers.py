"""One PostgreSQL and one Valkey for a run of the tests, started before Django reads its settings.

Set PITCLINIC_TEST_DATABASE_URL (a superuser's) and PITCLINIC_TEST_BROKER_URL to use servers of your own.
Loaded with `-p`, so run `python -m pytest`. Each process of pytest-xdist has servers of its own: what one test holds
open (a transaction, a connection, a queue) is nothing to a test in another process.
"""

import fcntl
import os
from collections.abc import Generator
from pathlib import Path
from typing import IO

import pytest

from pitclinic import servers

ROOT = Path(__file__).resolve().parents[2]
DATABASE, BROKER = "PITCLINIC_TEST_DATABASE_URL", "PITCLINIC_TEST_BROKER_URL"
STARTED_HERE = "PITCLINIC_TEST_SERVERS_STARTED_HERE"


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> Generator[None, None, None]:
    if os.environ.get(STARTED_HERE) and os.environ.get("PYTEST_XDIST_WORKER"):
        for name in os.environ.pop(STARTED_HERE).split():
            del os.environ[name]
    missing = [name for name in (DATABASE, BROKER) if not os.environ.get(name)]
    if missing:
        os.environ[STARTED_HERE] = " ".join(missing)
        folder, lock = claim_folder(ROOT / ".run" / "test")
        early_config.add_cleanup(lock.close)
        if not os.environ.get(DATABASE):
            os.environ[DATABASE] = start_database(folder, early_config)
        if not os.environ.get(BROKER):
            valkey = servers.start_valkey(folder=folder / "valkey")
            early_config.add_cleanup(valkey.stop)
            os.environ[BROKER] = valkey.broker_url
    return (yield)


def start_database(folder: Path, config: pytest.Config) -> str:
    """The address of a superuser; new databases are copies of template1, so they come prepared."""
    postgres = servers.start_postgres(data=folder / "postgres", durable=False)
    config.add_cleanup(postgres.stop)
    servers.prepare_cluster(postgres.dsn())
    servers.prepare_database(postgres.dsn(database="template1"))
    return postgres.dsn()


def claim_folder(base: Path) -> tuple[Path, IO[str]]:
    """A folder no other run of the tests is using; the lock goes with the process, however it ends."""
    for number in range(1, 20):
        folder = base / str(number)
        folder.mkdir(parents=True, exist_ok=True)
        lock = (folder / "lock").open("w")
        try:
            fcntl.lockf(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            lock.close()
        else:
            return folder, lock
    raise pytest.UsageError(f"Every folder under {base} is in use by another run of the tests.")
