"""The heads of the trails in a file that leaves this machine: one line a day, never rewritten."""

import fcntl
import os
import re
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

_HEAD = re.compile(r"\b\d+:[0-9a-f]{64}\b")


def heads_in(text: str) -> set[str]:
    """Every head (``number:hash``) in a text."""
    return set(_HEAD.findall(text))


def problem_of(name: str) -> str:
    """Why nothing can be appended to the file of this name; empty when it can, or where none is asked for."""
    if not name:
        return ""
    file = Path(name)
    if not file.is_absolute():
        return "PITCLINIC_AUDIT_HEAD_FILE needs a whole path, from the root on."
    if not file.parent.is_dir():
        return "The folder of PITCLINIC_AUDIT_HEAD_FILE does not exist."
    if not os.access(file.parent, os.W_OK) or (file.exists() and not (file.is_file() and os.access(file, os.W_OK))):
        return "PITCLINIC_AUDIT_HEAD_FILE cannot be written to."
    return ""


def append(name: str, heads: Iterable[tuple[str, str]], *, now: datetime) -> None:
    """Add the line of the day, ``clinic=number:hash`` for each clinic, unless it is there. Raises ``OSError``.

    One write of a file opened to append, so that a line is there whole or not at all.
    """
    day = f"{now:%Y-%m-%d}"
    line = " ".join([day, *(f"{clinic}={head}" for clinic, head in heads)])
    descriptor = os.open(name, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)
    with os.fdopen(descriptor, "r+b", buffering=0) as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        before = Path(name).read_bytes()
        if any(one.startswith(day.encode()) for one in before.splitlines()):
            return
        whole = b"" if before.endswith(b"\n") or not before else b"\n"
        file.write(whole + line.encode() + b"\n")
        os.fsync(file.fileno())
