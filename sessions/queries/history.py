"""The audit trail of one patient in words: who, when, which record, which field from what to what."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q

from accounts.actors import Actor
from accounts.changes import CHANGES, Entry, entries_of
from accounts.models import Membership
from audit.models import AuditEvent
from catalogue.models.entries import CatalogueEntry
from patients.queries.survivors import records_of

PAGE_SIZE = 50
VIEWS = (AuditEvent.Kind.VIEW, AuditEvent.Kind.EXPORT)
_NAMED = (Membership, CatalogueEntry)


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
    return Page(entries_of(actor, shown, named=_NAMED), shown[-1] if len(rows) > PAGE_SIZE else None)


def history_of_rows(actor: Actor, patient_id: UUID, rows: Q) -> list[Entry]:
    """The newest changes of some of the patient's rows (``rows`` chooses the audit events): one page of them."""
    events = AuditEvent.objects.in_clinic(actor.clinic_id).about_patient(patient_id).newest_first()
    return entries_of(actor, events.filter(rows, kind__in=CHANGES)[:PAGE_SIZE], named=_NAMED)
