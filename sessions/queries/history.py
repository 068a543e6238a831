"""The audit trail of one patient in words: who, when, which record, which field from what to what."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.apps import apps
from django.db import models
from django.db.models import Q
from django.utils.dateparse import parse_datetime
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.models import Membership
from accounts.queries import Line, with_names
from audit.models import AuditEvent
from catalogue.models.entries import CatalogueEntry
from patients.queries.survivors import records_of

if TYPE_CHECKING:
    AnyField = models.Field[Any, Any]

PAGE_SIZE = 50
# Bookkeeping that tells a reader nothing.
SILENT = frozenset({"version", "content_sha256", "digits_reversed", "created_at"})
CHANGES = (AuditEvent.Kind.INSERT, AuditEvent.Kind.UPDATE, AuditEvent.Kind.DELETE)
VIEWS = (AuditEvent.Kind.VIEW, AuditEvent.Kind.EXPORT)


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


@dataclass(frozen=True)
class Page:
    """``older`` is the event the next page begins after, None on the last one."""

    entries: list[Entry]
    older: AuditEvent | None


def history_page(
    actor: Actor, patient_id: UUID, *, show: str = "", before: datetime | None = None, before_id: UUID | None = None
) -> Page:
    """The newest events about the patient, or those older than the event (``before``, ``before_id``).

    A record merged into this one brings its own history. Queries: the records, the events, the people who acted, and
    one for each kind of thing that a changed field points at.
    """
    records = records_of(actor, patient_id)
    events = AuditEvent.objects.in_clinic(actor.clinic_id).about_patients(records).newest_first()
    if show:
        events = events.filter(kind__in=CHANGES if show == "changes" else VIEWS)
    if before:
        older = Q(at__lt=before) | Q(at=before, id__lt=before_id) if before_id else Q(at__lt=before)
        events = events.filter(at__lte=before).filter(older)
    rows = list(events[: PAGE_SIZE + 1])
    shown = rows[:PAGE_SIZE]
    names = _names_of_targets(actor, shown)
    entries = [Entry(line, tuple(_changes(line.event, names))) for line in with_names(shown)]
    return Page(entries, shown[-1] if len(rows) > PAGE_SIZE else None)


def history_of_rows(actor: Actor, patient_id: UUID, rows: Q) -> list[Entry]:
    """The newest changes of some of the patient's rows (``rows`` chooses the audit events): one page of them."""
    events = AuditEvent.objects.in_clinic(actor.clinic_id).about_patient(patient_id).newest_first()
    shown = list(events.filter(rows, kind__in=CHANGES)[:PAGE_SIZE])
    names = _names_of_targets(actor, shown)
    return [Entry(line, tuple(_changes(line.event, names))) for line in with_names(shown)]


def _changes(event: AuditEvent, names: Mapping[str, str]) -> Iterable[Change]:
    """The fields of an update before → after; of a deletion, what was there."""
    for column, value in (event.changes or {}).items():
        field = _field(event.table_name, column)
        if column in SILENT or field is None or event.kind not in CHANGES:
            continue
        was, became = value if event.kind == AuditEvent.Kind.UPDATE else (value, None)
        yield Change(_field_name(field), _words(field, was, names), _words(field, became, names))


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
        return date_format(localtime(at), "j M Y H:i")
    if isinstance(field, models.DateField):
        return date_format(date.fromisoformat(str(value)[:10]), "j M Y")
    return ""


def _names_of_targets(actor: Actor, events: Iterable[AuditEvent]) -> dict[str, str]:
    """Names for the ids in changed relations: members of the clinic and rows of the catalogue."""
    wanted: dict[type[models.Model], set[str]] = {}
    for event in events:
        for column, value in (event.changes or {}).items():
            field = _field(event.table_name, column)
            target = field.related_model if field is not None and field.is_relation else None
            if isinstance(target, type) and issubclass(target, (Membership, CatalogueEntry)):
                values = value if isinstance(value, list) else [value]
                wanted.setdefault(target, set()).update(str(one) for one in values if one)
    names: dict[str, str] = {}
    for target, ids in wanted.items():
        if issubclass(target, Membership):
            members = Membership.objects.visible_to(actor).filter(pk__in=ids)
            names |= {str(pk): name for pk, name in members.values_list("pk", "user__full_name")}
        else:
            names |= {str(row.pk): str(row) for row in target._default_manager.filter(pk__in=ids)}
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


def _field_name(field: "AnyField") -> str:
    return str(field.verbose_name)
