"""FHIR R4 as JSON, read resource by resource and never as a whole: a bundle, one resource, or a resource a line."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO, Any

import ijson
from django.utils.translation import gettext as _

from patients.importing.files import check_beginning
from patients.importing.people import FileRefusedError

DEEPEST = 40
MOST_ENTRIES = 500_000
LONGEST_LINE = 8 * 1_048_576
# Beside its entries a bundle says little; one resource says not much more.
MOST_BESIDE = 100_000
# The parser works through all that it was given before anybody can stop it.
_BITE = 4_096


@dataclass(frozen=True)
class Unread:
    """An entry that is no resource, and why."""

    reason: str


Entry = dict[str, Any] | Unread


def entries(file: IO[bytes]) -> Iterator[Entry]:
    """The entries as a bundle has them. Raises ``FileRefusedError`` when the file is no FHIR."""
    file.seek(0)
    check_beginning(file.read(16))
    try:
        yield from _lines(file) if _has_a_resource_a_line(file) else _whole(file)
    except (ijson.JSONError, UnicodeError, OverflowError) as error:
        raise FileRefusedError(_("This is not complete JSON in UTF-8.")) from error


def _has_a_resource_a_line(file: IO[bytes]) -> bool:
    """Whether the first line is a whole resource, and no bundle."""
    file.seek(0)
    first = _parsed(file.readline(LONGEST_LINE))
    return isinstance(first, dict) and isinstance(first.get("resourceType"), str) and first["resourceType"] != "Bundle"


def _lines(file: IO[bytes]) -> Iterator[Entry]:
    file.seek(0)
    count = 0
    while line := file.readline(LONGEST_LINE):
        if not line.strip():
            continue
        count = _counted(count)
        found = _parsed(line)
        yield found if isinstance(found, Unread) else _checked({"resource": found})


def _parsed(line: bytes) -> Any:
    try:
        return json.loads(line.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        return Unread(_("This line is not complete JSON in UTF-8."))


def _checked(entry: dict[str, Any]) -> Entry:
    """Refuses what no database takes, and what is nested as no resource is."""
    rest: list[tuple[int, Any]] = [(1, entry)]
    while rest:
        depth, one = rest.pop()
        if depth > DEEPEST:
            return Unread(_("The JSON is nested deeper than a bundle ever is."))
        if isinstance(one, str) and "\0" in one:
            return Unread(_("This holds a NUL character."))
        if isinstance(one, dict):
            rest += [(depth + 1, value) for value in (*one, *one.values())]
        elif isinstance(one, list):
            rest += [(depth + 1, value) for value in one]
    return entry


def _whole(file: IO[bytes]) -> Iterator[Entry]:
    """A bundle's entries as they come; of anything else what stands at the top, which may be one resource."""
    file.seek(0)
    count, depth, beside = 0, 0, 0
    builder: Any = None
    top = ijson.ObjectBuilder()
    for prefix, event, value in ijson.parse(file, use_float=True, buf_size=_BITE):
        depth = _depth(depth, event)
        if prefix == "entry.item" and event == "start_map":
            builder, count = ijson.ObjectBuilder(), _counted(count)
        if builder is not None:
            builder.event(event, value)
            if prefix == "entry.item" and event == "end_map":
                yield _checked(builder.value)
                builder = None
        elif prefix != "entry.item":
            beside += 1
            if beside > MOST_BESIDE:
                raise FileRefusedError(_("This is JSON, but no FHIR bundle."))
            top.event(event, value)
    yield from _one_resource(top.value, has_entries=count > 0)


def _one_resource(top: Any, *, has_entries: bool) -> Iterator[Entry]:
    kind = top.get("resourceType") if isinstance(top, dict) else None
    if kind == "Bundle":
        return
    if not isinstance(kind, str) or has_entries:
        raise FileRefusedError(_("This is JSON, but no FHIR bundle."))
    yield _checked({"resource": top})


def _depth(depth: int, event: str) -> int:
    if event in ("start_map", "start_array"):
        depth += 1
        if depth > DEEPEST:
            raise FileRefusedError(_("The JSON is nested deeper than a bundle ever is."))
    elif event in ("end_map", "end_array"):
        depth -= 1
    return depth


def _counted(count: int) -> int:
    if count >= MOST_ENTRIES:
        raise FileRefusedError(_("More than %(n)s entries. Split the bundle.") % {"n": MOST_ENTRIES})
    return count + 1
