"""JSON of FHIR read piece by piece, never as a whole, and never deeper than a bundle goes: a bundle, lines, or one."""

import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO, Any

import ijson
from django.utils.translation import gettext as _

from patients.importing.files import check_beginning
from patients.importing.people import FileRefusedError

DEEPEST = 40
MOST_ENTRIES = 500_000
# The parser reads a whole buffer before it tells how deep that goes: brackets alone would cost it half a minute.
READ_AT_ONCE = 4_096
# One resource of a line, or of a whole file, in bytes.
LONGEST = 1_048_576
KINDS = frozenset(
    {"Patient", "Condition", "AllergyIntolerance", "MedicationRequest", "MedicationStatement", "Medication"}
)


@dataclass(frozen=True)
class Unread:
    """A line that is no resource; the others are read all the same."""

    reason: str


def entries(file: IO[bytes]) -> Iterator[tuple[int, dict[str, Any] | Unread]]:
    """The entries of a FHIR bundle, or one resource a line, or the one there is; each with its place, from 1.

    Raises ``FileRefusedError`` when the file is anything else.
    """
    file.seek(0)
    check_beginning(file.read(16))
    file.seek(0)
    head = file.read(LONGEST + 1)
    first = head.split(b"\n", 1)[0]
    file.seek(0)
    if len(head) <= LONGEST and (only := _resource(head)):
        yield 1, {"resource": only}
    elif len(first) <= LONGEST and _resource(first):
        yield from _lines(file)
    else:
        yield from enumerate(_bundle(file), start=1)


def _bundle(file: IO[bytes]) -> Iterator[dict[str, Any]]:
    try:
        yield from _entries(file)
    except (ijson.JSONError, UnicodeError, OverflowError) as error:
        raise FileRefusedError(_("This is not complete JSON in UTF-8.")) from error


def _resource(text: bytes) -> dict[str, Any] | None:
    """The text as one whole resource that is no bundle, or None."""
    try:
        value = _value(text)
    except (FileRefusedError, ijson.JSONError, UnicodeError, OverflowError):
        return None
    return value if isinstance(value, dict) and value.get("resourceType") in KINDS else None


def _value(text: bytes) -> object:
    builder, depth = ijson.ObjectBuilder(), 0
    for _prefix, event, value in ijson.parse(io.BytesIO(text), use_float=True, buf_size=READ_AT_ONCE):
        depth = _depth(depth, event)
        _check_text(value)
        builder.event(event, value)
    return getattr(builder, "value", None)


def _lines(file: IO[bytes]) -> Iterator[tuple[int, dict[str, Any] | Unread]]:
    row = count = 0
    while line := file.readline(LONGEST + 1):
        row += 1
        if len(line) > LONGEST:
            while line and not line.endswith(b"\n"):
                line = file.readline(LONGEST)
            yield row, Unread(_("The line is too long for one resource."))
        elif line.strip():
            count = _counted(count)
            yield row, _of_line(line)


def _of_line(line: bytes) -> dict[str, Any] | Unread:
    try:
        value = _value(line)
    except FileRefusedError as error:
        return Unread(str(error))
    except (ijson.JSONError, UnicodeError, OverflowError):
        return Unread(_("This line is not complete JSON in UTF-8."))
    if not isinstance(value, dict) or value.get("resourceType") == "Bundle":
        return Unread(_("This line is no single FHIR resource."))
    return {"resource": value}


def _entries(file: IO[bytes]) -> Iterator[dict[str, Any]]:
    kind, count, depth = "", 0, 0
    builder: Any = None
    for prefix, event, value in ijson.parse(file, use_float=True, buf_size=READ_AT_ONCE):
        depth = _depth(depth, event)
        _check_text(value)
        if prefix == "resourceType":
            kind = _checked_kind(value)
        if prefix == "entry.item" and event == "start_map":
            builder, count = ijson.ObjectBuilder(), _counted(count)
        if builder is not None:
            builder.event(event, value)
            if prefix == "entry.item" and event == "end_map":
                yield builder.value
                builder = None
    if kind != "Bundle":
        raise FileRefusedError(_("This is JSON, but no FHIR bundle."))


def _depth(depth: int, event: str) -> int:
    if event in ("start_map", "start_array"):
        depth += 1
        if depth > DEEPEST:
            raise FileRefusedError(_("The JSON is nested deeper than a bundle ever is."))
    elif event in ("end_map", "end_array"):
        depth -= 1
    return depth


def _check_text(value: object) -> None:
    """Refuse what no database takes. (Half a character has become a question mark by now.)"""
    if isinstance(value, str) and "\0" in value:
        raise FileRefusedError(_("The file holds a NUL character."))


def _checked_kind(value: object) -> str:
    if value != "Bundle":
        raise FileRefusedError(_("This is a FHIR resource, but no bundle."))
    return "Bundle"


def _counted(count: int) -> int:
    if count >= MOST_ENTRIES:
        raise FileRefusedError(_("More than %(n)s entries. Split the bundle.") % {"n": MOST_ENTRIES})
    return count + 1
