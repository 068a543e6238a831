"""Whoever reads an answer byte by byte holds no thread, gets all of it in time, and is cut at a deadline."""

import contextlib
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from pitclinic import web_worker
from tests.demo.running_demo import free_port
from tests.shell.large_answers import LARGE

ROOT = Path(__file__).resolve().parents[2]
THREADS = 2
WORDS = ("--worker-class", "pitclinic.web_worker.ArrivalsWorker", "--workers", "1", "--threads", str(THREADS),
         "--keep-alive", "0", "--no-control-socket", "tests.shell.large_answers:application")  # fmt: skip


@pytest.fixture
def port() -> Iterator[int]:
    number = free_port()
    words = [sys.executable, "-m", "gunicorn", "--bind", f"127.0.0.1:{number}", *WORDS]
    with subprocess.Popen(words, cwd=ROOT, stderr=subprocess.DEVNULL) as server:
        try:
            for _try in range(200):
                with contextlib.suppress(OSError), asking(number, "/small"):
                    break
                threading.Event().wait(0.1)
            yield number
        finally:
            server.terminate()


def asking(port: int, path: str) -> socket.socket:
    line = socket.create_connection(("127.0.0.1", port), timeout=20)
    line.sendall(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode())
    return line


def all_of(line: socket.socket) -> bytes:
    said = b""
    with contextlib.suppress(ConnectionResetError):
        while data := line.recv(1 << 20):
            said += data
    return said.partition(b"\r\n\r\n")[2]


def test_slow_readers_keep_nobody_waiting(port: int) -> None:
    with contextlib.ExitStack() as stack:
        began = time.monotonic()
        slow = [stack.enter_context(asking(port, "/large")) for _reader in range(8 * THREADS)]
        for line in slow:
            assert line.recv(1) == b"H"
        with asking(port, "/small") as quick:
            assert all_of(quick) == b"small"
        answered = time.monotonic() - began
        leaving, *dawdling = slow
        leaving.close()
        with asking(port, "/large") as steady:
            assert all_of(steady) == LARGE
        while time.monotonic() - began < answered + web_worker.READER_SECONDS + 1:
            for line in dawdling:
                with contextlib.suppress(ConnectionResetError):
                    line.recv(1)
            threading.Event().wait(0.1)
        cut = [len(all_of(line)) for line in dawdling]
        with asking(port, "/small") as quick:
            assert all_of(quick) == b"small"

    assert answered < 20.0  # with threads that wait for each reader it is 8 times the patience, and more
    assert max(cut) < len(LARGE)
