"""Which process holds which socket, as the kernel tells it."""

import contextlib
from collections.abc import Iterable
from pathlib import Path

import psutil


def sockets_of(process: int) -> set[str]:
    """``socket:[inode]`` of each that the process holds open."""
    held = set()
    for entry in Path(f"/proc/{process}/fd").iterdir():
        with contextlib.suppress(FileNotFoundError):
            held.add(str(entry.readlink()))
    return {name for name in held if name.startswith("socket:")}


def listening() -> set[str]:
    return {f"socket:[{row[9]}]" for row in _tcp() if row[3] == "0A"}


def holders_of_connections(started: Iterable[int], *, to_port: int) -> dict[str, list[int]]:
    """Every connection to the port, with those of the processes and of all they started that hold it."""
    there = {f"socket:[{row[9]}]" for row in _tcp() if row[2].endswith(f":{to_port:04X}")}
    holders: dict[str, list[int]] = {}
    for pid in started:
        for process in (psutil.Process(pid), *psutil.Process(pid).children(recursive=True)):
            for name in sockets_of(process.pid) & there:
                holders.setdefault(name, []).append(process.pid)
    return holders


def _tcp() -> list[list[str]]:
    return [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
