"""The audit trail as people read it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from uuid import UUID

from django.apps import apps
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.models import User
from audit.models import AuditEvent

PAGE_SIZE = 50


@dataclass(frozen=True)
class Line:
    """One event with its actor's name instead of a number."""

    event: AuditEvent
    actor_name: str

    @property
    def record_name(self) -> str:
        """The kind of record in plain words, e.g. “injection point”."""
        return _record_names().get(self.event.table_name, self.event.table_name)

    @property
    def field_names(self) -> list[str]:
        """The changed columns without their values."""
        return sorted(self.event.changes or {}) if self.event.kind == AuditEvent.Kind.UPDATE else []


@dataclass(frozen=True)
class Page:
    """``older`` is the moment to ask for the next page with, None on the last one."""

    lines: list[Line]
    older: datetime | None


def audit_page(actor: Actor, *, before: datetime | None, kind: str = "", patient_id: UUID | None = None) -> Page:
    """The newest events of the actor's clinic before a moment: two queries, whatever the size of the trail."""
    events = AuditEvent.objects.in_clinic(actor.clinic_id).newest_first()
    if before:
        events = events.filter(at__lt=before)
    if kind:
        events = events.filter(kind=kind)
    if patient_id:
        events = events.about_patient(patient_id)
    rows = list(events[: PAGE_SIZE + 1])
    shown = rows[:PAGE_SIZE]
    return Page(lines=with_names(shown), older=shown[-1].at if len(rows) > PAGE_SIZE else None)


def with_names(events: Iterable[AuditEvent]) -> list[Line]:
    """Put names to ``user:<uuid>``; the machine's and patients' words are spelt out."""
    listed = list(events)
    ids = {event.actor.removeprefix("user:") for event in listed if event.actor.startswith("user:")}
    names = {str(pk): name for pk, name in User.objects.filter(pk__in=ids).values_list("pk", "full_name")}
    return [Line(event=event, actor_name=_actor_name(event.actor, names)) for event in listed]


@cache
def _record_names() -> dict[str, str]:
    return {model._meta.db_table: str(model._meta.verbose_name) for model in apps.get_models()}


def _actor_name(actor: str, names: dict[str, str]) -> str:
    kind, _colon, rest = actor.partition(":")
    if kind == "user":
        return names.get(rest, _("a former member"))
    if kind == "patient":
        return _("the patient")
    return _("the system (%(what)s)") % {"what": rest or kind}
