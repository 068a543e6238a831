"""A real demo in a folder of its own, driven from outside like a person at the terminal would."""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from pathlib import Path
from typing import Self

import psutil

from pitclinic import servers
from pitclinic.demo.guard import MARK

ROOT = Path(__file__).resolve().parents[2]
LONGEST_WAIT = 300


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class RunningDemo:
    """One `python -m pitclinic.demo`, ended for good after five minutes whatever happens."""

    def __init__(self, run_dir: Path, *, port: int | None = None, patients: int = 3) -> None:
        self.run_dir, self.port = run_dir, port or free_port()
        self.lines: list[str] = []
        self.started = time.monotonic()
        clean = {key: value for key, value in os.environ.items() if not key.startswith(("PITCLINIC_", "DJANGO_"))}
        options = ["--port", str(self.port), "--patients", str(patients)]
        self.process = subprocess.Popen(
            [sys.executable, "-m", "pitclinic.demo", *options],
            cwd=ROOT,
            env={**clean, "PITCLINIC_RUN_DIR": str(run_dir)},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        self._watchdog = threading.Timer(LONGEST_WAIT, self.end)
        self._watchdog.daemon = True
        self._watchdog.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        if self.process.poll() is None:
            self.stop()
        self._watchdog.cancel()
        assert self.process.stdout is not None
        self.process.stdout.close()

    @property
    def output(self) -> str:
        return "".join(self.lines)

    def read_until(self, words: str) -> None:
        """Read what it prints until the words appear; fail with everything it said when it ends before."""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.lines.append(line)
            if words in line:
                return
        raise AssertionError(f"never said “{words}”:\n{self.output}")

    def wait_until_ready(self) -> float:
        self.read_until("is ready after")
        return time.monotonic() - self.started

    def wait(self) -> int:
        """Read the rest and return the exit code."""
        assert self.process.stdout is not None
        self.lines += self.process.stdout.readlines()
        return self.process.wait()

    def end(self) -> None:
        """Kill it with all it started: as long as one of them lives, reading what they print does not end."""
        self.process.kill()
        end_processes_of(self.run_dir)

    def stop(self, sent: signal.Signals = signal.SIGTERM) -> tuple[int, float]:
        """Send a signal; return the exit code and how many seconds it took."""
        asked = time.monotonic()
        self.process.send_signal(sent)
        return self.wait(), time.monotonic() - asked

    def get(self, path: str) -> int:
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=20) as answer:
            return int(answer.status)


def end_processes_of(run_dir: Path) -> None:
    servers.end(processes_of(run_dir), farewell=signal.SIGKILL)


def processes_of(run_dir: Path) -> list[psutil.Process]:
    """Every living process that carries the mark of the folder or was started with a path in it."""
    found = []
    for process in psutil.process_iter():
        try:
            if process.status() == psutil.STATUS_ZOMBIE or process.pid == os.getpid():
                continue
            words = " ".join(process.cmdline())
            if str(run_dir) in words or process.environ().get(MARK) == str(run_dir):
                found.append(process)
        except psutil.Error:
            continue
    return found
