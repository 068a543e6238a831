"""A migrated database with the catalogue loaded, made once for each state of the code that makes it, then copied."""

import hashlib
from pathlib import Path
from typing import Any

import psycopg
from django.core.management import call_command
from django.db import connection
from psycopg import sql

ROOT = Path(__file__).resolve().parents[2]
# Everything the contents of a fresh database come from.
MADE_FROM = (
    "*/migrations/*.py", "*/models/*.py", "*/choices.py", "*/sql/*.sql", "accounts/*.py", "catalogue/data/*",
    "catalogue/services/*.py", "pitclinic/rules/*.py", "pitclinic/settings/*.py", "requirements/test.txt",
)  # fmt: skip
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
        if not server.execute("SELECT FROM pg_database WHERE datname = %s AND datistemplate", [golden]).fetchone():
            _make(server, golden)
        drop(server, name)
        server.execute(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(golden)))


def _make(server: psycopg.Connection, golden: str) -> None:
    """Forget golden databases of other code, migrate a new one, and mark it ready (a template) at the very end."""
    for (old,) in server.execute("SELECT datname FROM pg_database WHERE datname LIKE 'test_golden_%'").fetchall():
        server.execute(sql.SQL("ALTER DATABASE {} IS_TEMPLATE false").format(sql.Identifier(old)))
        drop(server, old)
    server.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(golden)))
    use(golden)
    call_command("migrate", verbosity=0, interactive=False)
    call_command("load_catalogue", verbosity=0)
    connection.close()
    server.execute(sql.SQL("ALTER DATABASE {} IS_TEMPLATE true").format(sql.Identifier(golden)))


def use(name: str) -> None:
    connection.close()
    connection.settings_dict["NAME"] = name


def drop(server: psycopg.Connection, name: str) -> None:
    server.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
