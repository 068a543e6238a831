"""The archived log of changes behind a set, on the line of time that a restore goes along; the proof that it is whole.

Each restore begins a new line; its ``.history`` says where it left the one before.
"""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

from pitclinic.backups.clusters import run
from pitclinic.backups.sets import BackupError, Manifest, Store, number_at, segment_number

# Timeline, its first segment and its last, None for the newest.
Line = tuple[int, int, int | None]
_LEFT = re.compile(r"^\s*(\d+)\s+([0-9A-F]+/[0-9A-F]+)", re.MULTILINE)


def segments_from(store: Store, manifest: Manifest, *, past_gaps: bool = True) -> Iterator[str]:
    """The histories, then the log from the start of a set on.

    Raises ``BackupError`` where a part is missing; with ``past_gaps`` False it ends there, for a moment before it.
    """
    there = store.segments()
    yield from (name for name in there if "history" in name)
    size, lines = manifest.segment_bytes, _lines(store, manifest)
    number = segment_number(manifest.start_segment, size)
    ends_with = max((segment_number(name, size) for name in there if name[:8] == f"{lines[0][0]:08X}"
                     and "history" not in name), default=0)  # fmt: skip
    at_least = max(ends_with, lines[0][1] - 1)
    known = set(there)
    while (name := _name_of(number, lines, size, known)) is not None:
        yield name
        number += 1
        if name.endswith(".partial"):
            break
    if number <= at_least and past_gaps:
        raise BackupError(f"The log of changes has a gap before {_name(lines[0][0], number, size)}.")


def check_whole(store: Store, manifest: Manifest, *, work: Path) -> int:
    """Open the log behind a set and read its records one after another; return how many segments there are.

    ``work`` is a folder to unpack in. Raises ``BackupError`` where one is missing or cannot be read on.
    """
    size, before, count = manifest.segment_bytes, "", 0
    work.mkdir(mode=0o700, parents=True, exist_ok=True)
    last = segment_number(manifest.start_segment, size) - 1
    for name in segments_from(store, manifest):
        if "history" in name:
            for _piece in store.segment(name):
                pass
            continue
        store.unseal_segment(name, work)
        first = before if before[:8] == name[:8] else name
        if not name.endswith(".partial"):  # which ends somewhere
            try:
                run(["pg_waldump", "--quiet", f"--path={work}", first, name])
            except BackupError as fault:
                raise BackupError(f"The log of changes cannot be read on in {name}: {fault}") from fault
        if before:
            (work / before).unlink()
        before, count, last = name.removesuffix(".partial"), count + 1, segment_number(name, size)
    if last < number_at(manifest.counted_lsn, size):
        raise BackupError(f"The log of changes ends before the moment at which {manifest.name} was counted.")
    shutil.rmtree(work)
    return count


def _lines(store: Store, manifest: Manifest) -> list[Line]:
    """The newest line of time that the set lies on, the newest part first."""
    own, start = int(manifest.start_segment[:8], 16), segment_number(manifest.start_segment, manifest.segment_bytes)
    for name in sorted((name for name in store.segments() if name.endswith(".history")), reverse=True):
        text = b"".join(store.segment(name)).decode(errors="replace")
        left = [(int(line), number_at(lsn, manifest.segment_bytes)) for line, lsn in _LEFT.findall(text)]
        if any(line == own and number >= start for line, number in left):
            turns = [number for _line, number in left]
            lines = [*(line for line, _number in left), int(name[:8], 16)]
            return list(zip(lines, [0, *turns], [*turns, None], strict=True))[::-1]
    return [(own, 0, None)]


def _name_of(number: int, lines: list[Line], size: int, known: set[str]) -> str | None:
    """The segment as a restore takes it: of the newest line that has it, whole before cut off."""
    names = [_name(line, number, size) for line, first, last in lines
             if first <= number and (last is None or number <= last)]  # fmt: skip
    return next((name for name in (*names, *(f"{name}.partial" for name in names)) if name in known), None)


def _name(line: int, number: int, size: int) -> str:
    in_one = (1 << 32) // size
    return f"{line:08X}{number // in_one:08X}{number % in_one:08X}"
