"""Changed columns of the audit trail in words: the field's name, what stood there before and after."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from django.apps import apps
from django.db import models
from django.utils.dateparse import parse_datetime
from django.utils.formats import date_format
from django.utils.timezone import get_current_timezone_name, localtime
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.models import Clinic, ClinicOwned, Membership
from accounts.queries import Line, with_names
from audit.models import AuditEvent
from common.span_words import end_words

if TYPE_CHECKING:
    AnyField = models.Field[Any, Any]

# Bookkeeping that tells a reader nothing.
SILENT = frozenset({"version", "content_sha256", "digits_reversed", "created_at", "code_hash", "key_hash"})
MOST = 200
CHANGES = (AuditEvent.Kind.INSERT, AuditEvent.Kind.UPDATE, AuditEvent.Kind.DELETE)


@dataclass(frozen=True)
class Change:
    field: str
    before: str
    after: str


@dataclass(frozen=True)
class Entry:
    """One event with its changes in words."""

    line: Line
    changes: tuple[Change, ...]


def entries_of(actor: Actor, events: Iterable[AuditEvent], *, named: tuple[type[models.Model], ...]) -> list[Entry]:
    """The events in words; rows of the ``named`` models are called by their names.

    Queries: the people who acted, and one for each kind of thing that a changed field points at.
    """
    shown = list(events)
    names = _names_of_targets(actor, shown, named)
    return [Entry(line, tuple(_changes(line.event, names))) for line in with_names(shown)]


def clinic_history(actor: Actor) -> list[Entry]:
    """The newest changes of the actor's clinic's own details. Three queries at most."""
    events = AuditEvent.objects.in_clinic(actor.clinic_id).of_row(Clinic._meta.db_table, actor.clinic_id)
    return entries_of(actor, events.filter(kind__in=CHANGES).newest_first()[:MOST], named=())


def _changes(event: AuditEvent, names: Mapping[str, str]) -> Iterable[Change]:
    """The fields of an update before → after; of a deletion, what was there."""
    for column, value in (event.changes or {}).items():
        field = _field(event.table_name, column)
        if column in SILENT or field is None or event.kind not in CHANGES:
            continue
        was, became = value if event.kind == AuditEvent.Kind.UPDATE else (value, None)
        yield Change(str(field.verbose_name), _words(field, was, names), _words(field, became, names))


def _words(field: "AnyField", value: Any, names: Mapping[str, str]) -> str:
    """A stored value as a reader would say it."""
    if value is None or value in ("", []):
        return "–"
    if isinstance(value, list):
        return ", ".join(_words(getattr(field, "base_field", field), one, names) for one in value)
    if field.is_relation:
        return names.get(str(value), _("another one"))
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    for choice, label in field.flatchoices:
        if str(choice) == str(value):
            return str(label)
    return _moment(field, value) or str(value)


def _moment(field: "AnyField", value: Any) -> str:
    if isinstance(field, models.DateTimeField) and (at := parse_datetime(str(value))):
        if field.name == "ends_at":
            return end_words(at, ZoneInfo(get_current_timezone_name()))
        return date_format(localtime(at), "j M Y H:i")
    if isinstance(field, models.DateField):
        return date_format(date.fromisoformat(str(value)[:10]), "j M Y")
    return ""


def _names_of_targets(
    actor: Actor, events: Iterable[AuditEvent], named: tuple[type[models.Model], ...]
) -> dict[str, str]:
    """Names for the ids in changed relations."""
    wanted: dict[type[models.Model], set[str]] = {}
    for event in events:
        for column, value in (event.changes or {}).items():
            field = _field(event.table_name, column)
            target = field.related_model if field is not None and field.is_relation else None
            if isinstance(target, type) and issubclass(target, named):
                values = value if isinstance(value, list) else [value]
                wanted.setdefault(target, set()).update(str(one) for one in values if one)
    names: dict[str, str] = {}
    for target, ids in wanted.items():
        rows = target._default_manager.filter(pk__in=ids)
        if issubclass(target, ClinicOwned):
            rows = rows.filter(clinic_id=actor.clinic_id)
        if issubclass(target, Membership):
            names |= {str(pk): name for pk, name in rows.values_list("pk", "user__full_name")}
        else:
            names |= {str(row.pk): str(row) for row in rows}
    return names


@cache
def _models_by_table() -> dict[str, type[models.Model]]:
    return {model._meta.db_table: model for model in apps.get_models()}


def _field(table: str, column: str) -> "AnyField | None":
    """The model field of a column; None for a table or column that is gone, whose words nobody knows any more."""
    model = _models_by_table().get(table)
    if model is None:
        return None
    for field in model._meta.concrete_fields:
        if field.column == column:
            return field
    return None
