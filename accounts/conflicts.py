"""A save that came late: what a colleague saved since its page was drawn, and who that was."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import models
from django.forms import BaseForm

from accounts.actors import Actor
from accounts.changes import CHANGES
from accounts.queries import Line, with_names
from audit.models import AuditEvent
from common.seen_forms import Difference, SeenForm

# A colleague's save is among the newest changes of a row.
_MOST = 50


@dataclass(frozen=True)
class ConflictRow:
    """``who`` saved it last, and ``at``; none where no trail tells."""

    field: Difference
    who: str = ""
    at: datetime | None = None


@dataclass(frozen=True)
class Conflict:
    rows: list[ConflictRow]


def find_conflict(actor: Actor, form: SeenForm, row: models.Model | None) -> Conflict | None:
    """None: nothing that would be written over differs from what the page showed. Else the form is opened once more.

    Call it for a valid form, with the row held (``@staff(…, one_by_one=True)``). What was typed is kept in the form; to
    send it again is a conscious act, and writes what its sender changed over what stands.
    """
    differences = form.differences()
    if not differences:
        return None
    lines = _lines(actor, row) if row is not None and row.pk else []
    form.reopen()
    return Conflict([_row(difference, lines) for difference in differences])


def newest_change(actor: Actor, row: models.Model) -> Line | None:
    """Who changed the row last, and when."""
    return next(iter(_lines(actor, row)), None)


def _lines(actor: Actor, row: models.Model) -> list[Line]:
    events = AuditEvent.objects.in_clinic(actor.clinic_id).of_row(row._meta.db_table, UUID(str(row.pk)))
    return with_names(events.filter(kind__in=CHANGES).newest_first()[:_MOST])


def _row(difference: Difference, lines: Iterable[Line]) -> ConflictRow:
    columns = {difference.name, f"{difference.name}_id"}
    listed = list(lines)
    told = next((line for line in listed if columns & set(line.event.changes or {})), None)
    line = told or (listed[0] if listed else None)
    return ConflictRow(difference, line.actor_name, line.event.at) if line else ConflictRow(difference)


def status_of(form: BaseForm, conflict: Conflict | None = None) -> int:
    """The status of the page that shows the form: 409 for a save that came late, 422 for one that was refused."""
    if conflict is not None:
        return 409
    return 422 if form.is_bound else 200
