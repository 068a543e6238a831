"""The clinic numbers that were given in the time a restore loses: somebody holds a card with one of them.

Each stands in the log of changes (patients/sql/clinic_numbers.sql). What the sets knew and what the log tells since the
newest of them is read on every line of time, also past a gap; what never reached the archive is covered by ``GAP``.
"""

import re
from collections.abc import Callable
from pathlib import Path

from pitclinic.backups.clusters import said_by
from pitclinic.backups.sealing import SealError
from pitclinic.backups.sets import Numbers, Store, segment_number

# [DEF] left out after the last number that is known: more than a desk gives in the minutes that were not archived.
GAP = 1_000
_TOLD = re.compile(r'prefix "pitclinic\.number"; payload \(\d+ bytes\): ([0-9A-Fa-f ]+)')


def last_known(store: Store, *, work: Path, say: Callable[[str], None]) -> Numbers:
    """Clinic → the highest number that a set, or the log after the newest, tells of. ``work`` is there to unpack in."""
    known: Numbers = {}
    for set_name in store.names():
        _raise(known, store.manifest(set_name).numbers)
    newest = store.newest()
    before: str | None = None  # lies in ``work``: a record may reach from it into the next segment
    for name in (name for name in store.segments() if "history" not in name):
        if name[8:24] < newest.start_segment[8:24]:
            continue
        try:
            store.unseal_segment(name, work)
        except SealError as damage:
            say(f"Clinic numbers given after that moment may be in a part that does not open: {damage}")
            continue
        follows = before is not None and _is_next(before, name, newest.segment_bytes)
        first = before[:24] if before is not None and follows else name[:24]
        # It ends with an error where the log ends, which is where there is no more to read.
        _raise(known, told_by(said_by(["pg_waldump", f"--path={work}", "--rmgr=LogicalMessage", first, name[:24]])))
        if before is not None and before[:24] != name[:24]:
            (work / before[:24]).unlink()
        before = name
    return known


def told_by(dumped: str) -> Numbers:
    """The highest number of each clinic in what pg_waldump printed."""
    told: Numbers = {}
    for payload in _TOLD.findall(dumped):
        clinic, number = bytes.fromhex(payload).decode().split()
        _raise(told, {clinic: int(number)})
    return told


def _raise(known: Numbers, told: Numbers) -> None:
    for clinic, number in told.items():
        known[clinic] = max(number, known.get(clinic, 0))


def _is_next(before: str, name: str, size: int) -> bool:
    return before[:8] == name[:8] and segment_number(name, size) == segment_number(before, size) + 1
