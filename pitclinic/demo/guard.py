"""What may stop a demo from starting: another one, the remains of a killed one, a busy port."""

import contextlib
import fcntl
import json
import os
import socket
from collections.abc import Generator
from pathlib import Path

import psutil

from pitclinic import servers

HOST = "127.0.0.1"
# Every process of a demo carries it, so that a later start finds what a killed run left behind.
MARK = "PITCLINIC_DEMO"


def say(words: str) -> None:
    print(f"==> {words}", flush=True)


class DemoError(Exception):
    """The demo cannot start; the message is one line for the person at the terminal."""


@contextlib.contextmanager
def only_one(run_dir: Path, *, address: str) -> Generator[None]:
    """Hold the run folder by a lock that ends with this process, however it ends, and is not inherited."""
    note = run_dir / "demo.json"
    with (run_dir / "demo.lock").open("a") as lock:
        try:
            fcntl.lockf(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise DemoError(f"A demo is already running here{_whereabouts(note)}. Stop it there first.") from error
        if note.exists():
            say("An earlier run did not end properly: tidying up after it")
        end_leftovers(run_dir)
        note.write_text(json.dumps({"pid": os.getpid(), "address": address}))
        try:
            yield
        finally:
            note.unlink(missing_ok=True)


def _whereabouts(note: Path) -> str:
    try:
        known = json.loads(note.read_text())
        return f" (process {known['pid']}, {known['address']})"
    except (OSError, ValueError, KeyError):
        return ""


def end_leftovers(run_dir: Path) -> None:
    """Stop the processes of this run folder that outlived the demo which started them."""
    servers.end([process for process in psutil.process_iter() if _mark_of(process) == str(run_dir)])


def _mark_of(process: psutil.Process) -> str | None:
    with contextlib.suppress(psutil.Error, OSError):
        if process.pid != os.getpid():
            return str(process.environ().get(MARK))
    return None


def check_port(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OverflowError as error:
            raise DemoError(f"{port} is not a port; choose one between 1024 and 65535.") from error
        except PermissionError as error:
            raise DemoError(f"Port {port} needs more rights; choose another: make demo PORT=8001") from error
        except OSError as error:
            other = port + 1 if port < 65535 else 8001
            raise DemoError(f"Port {port} is in use; choose another: make demo PORT={other}") from error
