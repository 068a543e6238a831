"""Changed columns of the audit trail in words: the field's name, what stood there before and after."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING, Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.apps import apps
from django.db import models
from django.utils.dateparse import parse_datetime
from django.utils.formats import date_format
from django.utils.timezone import get_current_timezone_name, localtime
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.beginnings import Values, values_at_first
from accounts.models import Clinic, ClinicOwned, Membership
from accounts.queries import Line, with_names
from audit.models import AuditEvent
from common.span_words import end_words

if TYPE_CHECKING:
    AnyField = models.Field[Any, Any]

# Bookkeeping that tells a reader nothing.
SILENT = frozenset(
    {
        "id",
        "version",
        "content_sha256",
        "content_version",
        "digits_reversed",
        "created_at",
        "nonce",
        "sort_key",
        "file_key",
        "dedupe_key",
        "saved_page",
        "saved_number",
        "lease_owner",
        "lease_until",
        "attempts",
        "last_error",
    }
)
_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_UNIT = re.compile(r"^(.+) \(([^)\d]+)\)$")
_CODE = re.compile(r"^[a-z0-9]+(_[a-z0-9]+)+$")  # a code's own underscores, not those that somebody wrote
MOST = 200
MOST_PARTS = 12  # of a new structure that are told one by one
# Whose name is made of another row's.
_READ_WITH = {"pit_sessions.Container": ("lot",)}
# What the entry itself tells of a new row.
_KNOWN_OF_NEW = frozenset({"clinic", "patient"})
CHANGES = (AuditEvent.Kind.INSERT, AuditEvent.Kind.UPDATE, AuditEvent.Kind.DELETE)


@dataclass(frozen=True)
class Change:
    """``before`` is empty where the row began with ``after``."""

    field: str
    before: str
    after: str


@dataclass(frozen=True)
class Entry:
    """One event with its changes in words."""

    line: Line
    changes: tuple[Change, ...]


def entries_of(
    actor: Actor,
    events: Iterable[AuditEvent],
    *,
    named: tuple[type[models.Model], ...],
    begins_at: Sequence[UUID] | None = None,
) -> list[Entry]:
    """The events in words; rows of the ``named`` models are called by their names.

    With ``begins_at`` a row that was made tells what it began with: the records that stand for its patient now, if
    others than the events name. Queries: the people who acted, and one for each kind of thing that a changed field
    points at; what a row began with takes three.
    """
    shown = list(events)
    first = {} if begins_at is None else values_at_first(actor, shown, models_by_table(), begins_at)
    names = _names_of_targets(actor, shown, first, named)
    return [
        Entry(line, (*_changes(line.event, names), *_begun(line.event, first.get(line.event.pk, {}), names)))
        for line in with_names(shown)
    ]


def clinic_history(actor: Actor) -> list[Entry]:
    """The newest changes of the actor's clinic's own details. Three queries at most."""
    events = AuditEvent.objects.in_clinic(actor.clinic_id).of_row(Clinic._meta.db_table, actor.clinic_id)
    return entries_of(actor, events.filter(kind__in=CHANGES).newest_first()[:MOST], named=())


def _changes(event: AuditEvent, names: Mapping[str, str]) -> Iterable[Change]:
    """The fields of an update before → after; of a deletion, what was there."""
    for column, value in (event.changes or {}).items():
        field = _field(event.table_name, column)
        if field is None or event.kind not in CHANGES or _is_silent(field):
            continue
        was, became = value if event.kind == AuditEvent.Kind.UPDATE else (value, None)
        name, unit = _name_and_unit(field)
        if isinstance(field, models.JSONField):
            yield from parts_changed(name, was, became)
            continue
        before, after = (_words(field, one, names, unit) for one in (was, became))
        yield Change(name, before, after)


def _begun(event: AuditEvent, values: Values, names: Mapping[str, str]) -> Iterable[Change]:
    """What a row began with, without what was left empty, whose it is, and what is worked out from the rest."""
    model = models_by_table().get(event.table_name)
    derived = model.clinic_rules.derived if model is not None and issubclass(model, ClinicOwned) else ()
    for column, value in values.items():
        field = _field(event.table_name, column)
        if field is None or column in derived or field.name in _KNOWN_OF_NEW or _is_silent(field):
            continue
        if value not in (None, "", [], {}, False):
            name, unit = _name_and_unit(field)
            if isinstance(field, models.JSONField):
                yield from parts_changed(name, None, value)
                continue
            yield Change(name, "", _words(field, value, names, unit))


def parts_changed(name: str, was: Any, became: Any) -> Iterator[Change]:
    """Of a stored structure only what differs, each part by its own path: "Settings, levels, no lot: warning"."""
    before, after = parts_of(was), parts_of(became)
    if was is None and len(after) > MOST_PARTS:
        yield Change(name, "", _("%(n)d values") % {"n": len(after)})
        return
    for path in {**before, **after}:
        if before.get(path) != after.get(path):
            said = ", ".join((name, *path))
            yield Change(said, before.get(path, "" if was is None else "–"), after.get(path, "–"))


def parts_of(value: Any, path: tuple[str, ...] = ()) -> dict[tuple[str, ...], str]:
    """Path → what stands there, in words: no brackets, no quotes, no underscores."""
    if isinstance(value, dict):
        return {k: v for key, one in value.items() for k, v in parts_of(one, (*path, _said(key))).items()}
    if isinstance(value, list):
        if all(not isinstance(one, dict | list) for one in value):
            said = [_said(one) for one in value if one not in (None, "")]
            return {path: ", ".join(said)} if said else {}
        return {k: v for n, one in enumerate(value, 1) for k, v in parts_of(one, (*path, str(n))).items()}
    return {path: _said(value)} if value not in (None, "") else {}


def _said(value: Any) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return _CODE.sub(lambda code: code[0].replace("_", " "), str(value))


def _is_by_id(field: "AnyField") -> bool:
    """A relation that is stored as an id; one by a code speaks for itself."""
    return isinstance(field, models.ForeignKey) and field.target_field.primary_key


def _is_silent(field: "AnyField") -> bool:
    """Bookkeeping, what a secret is recognised by, an id that names no row by itself, and bytes."""
    if isinstance(field, models.UUIDField):
        return True
    return field.name in SILENT or field.name.endswith("_hash") or isinstance(field, models.BinaryField)


def _name_and_unit(field: "AnyField") -> tuple[str, str]:
    """“volume (mL)” is a volume in mL."""
    name = str(field.verbose_name)
    found = _UNIT.match(name) if isinstance(field, models.DecimalField | models.IntegerField) else None
    return (found[1], found[2]) if found else (name, "")


def _words(field: "AnyField", value: Any, names: Mapping[str, str], unit: str = "") -> str:
    """A stored value as a reader would say it."""
    if value is None or value in ("", []):
        return "–"
    if isinstance(value, list):
        return _words_of_several(getattr(field, "base_field", field), value, names)
    if unit and not field.flatchoices:
        return f"{Decimal(str(value)).normalize():f} {unit}"
    if _is_by_id(field):
        return names.get(str(value), _("another one"))
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    for choice, label in field.flatchoices:
        if str(choice) == str(value):
            return str(label)
    return _moment(field, value) or str(value)


def _words_of_several(field: "AnyField", values: list[Any], names: Mapping[str, str]) -> str:
    """Ids that no relation gives a name are counted."""
    if isinstance(field, models.UUIDField):
        return str(len(values))
    return ", ".join(_words(field, one, names) for one in values)


def _moment(field: "AnyField", value: Any) -> str:
    if isinstance(field, models.DateTimeField) and (at := parse_datetime(str(value))):
        if field.name == "ends_at":
            return end_words(at, ZoneInfo(get_current_timezone_name()))
        return date_format(localtime(at), "j M Y H:i")
    if isinstance(field, models.DateField):
        return date_format(date.fromisoformat(str(value)[:10]), "j M Y")
    if isinstance(field, models.TimeField):
        return str(value)[:5]
    return ""


def _names_of_targets(
    actor: Actor, events: Iterable[AuditEvent], first: Mapping[UUID, Values], named: tuple[type[models.Model], ...]
) -> dict[str, str]:
    """Names for the ids in changed relations, and in those of new rows."""
    wanted: dict[type[models.Model], set[str]] = {}
    for event in events:
        for column, value in (event.changes or first.get(event.pk, {})).items():
            field = _field(event.table_name, column)
            target = field.related_model if field is not None and _is_by_id(field) else None
            if isinstance(target, type) and issubclass(target, named) and event.kind in CHANGES:
                values = value if isinstance(value, list) else [value]
                wanted.setdefault(target, set()).update(str(one) for one in values if one)
    return names_of(actor, wanted)


def names_of(actor: Actor, wanted: Mapping[type[models.Model], Collection[str]]) -> dict[str, str]:
    """What the rows with these ids are called, those of the actor's clinic: one query for each kind."""
    names: dict[str, str] = {}
    for target, ids in wanted.items():
        rows = target._default_manager.filter(pk__in=ids).select_related(*_READ_WITH.get(target._meta.label, ()))
        if issubclass(target, ClinicOwned):
            rows = rows.filter(clinic_id=actor.clinic_id)
        if issubclass(target, Membership):
            names |= {str(pk): name for pk, name in rows.values_list("pk", "user__full_name")}
        else:
            names |= {str(row.pk): _name_of(row) for row in rows}
    return names


def _name_of(row: models.Model) -> str:
    """What a row is called; a time as the clinic's clock shows it, a code as its label, an answer as what it is of."""
    if moment := getattr(row, "starts_at", None):
        return date_format(localtime(moment), "j M Y H:i")
    name = str(row)
    for field in row._meta.concrete_fields:
        if field.flatchoices and field.value_from_object(row) == name:
            return str(dict(field.flatchoices)[name])
    return str(row._meta.verbose_name) if name in ("True", "False", "None") or _ID.fullmatch(name) else name


@cache
def models_by_table() -> dict[str, type[models.Model]]:
    return {model._meta.db_table: model for model in apps.get_models()}


def _field(table: str, column: str) -> "AnyField | None":
    """The model field of a column; None for a table or column that is gone, whose words nobody knows any more."""
    model = models_by_table().get(table)
    if model is None:
        return None
    for field in model._meta.concrete_fields:
        if field.column == column:
            return field
    return None
