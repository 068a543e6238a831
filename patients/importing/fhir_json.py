"""A JSON bundle read entry by entry, never as a whole, and never deeper than a bundle goes."""

from collections.abc import Iterator
from typing import IO, Any

import ijson
from django.utils.translation import gettext as _

from patients.importing.files import check_beginning
from patients.importing.people import FileRefusedError

DEEPEST = 40
MOST_ENTRIES = 500_000
# The parser reads a whole buffer before it tells how deep that goes: brackets alone would cost it half a minute.
READ_AT_ONCE = 4_096


def entries(file: IO[bytes]) -> Iterator[dict[str, Any]]:
    """The entries of a FHIR bundle. Raises ``FileRefusedError`` when the file is anything else."""
    file.seek(0)
    check_beginning(file.read(16))
    file.seek(0)
    try:
        yield from _entries(file)
    except (ijson.JSONError, UnicodeError, OverflowError) as error:
        raise FileRefusedError(_("This is not complete JSON in UTF-8.")) from error


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
