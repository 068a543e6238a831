"""Which visits a change of the clinic's time zone touched: promised by the clock of another zone, and not moved since.

Read from the audit trail and the book: the clinic's details know nothing of visits.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import OuterRef, QuerySet, Subquery
from django.db.models.functions import Greatest

from accounts.actors import Actor
from accounts.models import Clinic
from accounts.queries import with_names
from audit.models import AuditEvent
from scheduling.models import Appointment, AppointmentMove
from scheduling.queries import touched_visits
from scheduling.queries.touched_visits import promised


@dataclass(frozen=True)
class ZoneChange:
    """``was``: the zone by whose clock the visits were promised."""

    id: UUID
    was: str
    became: str
    at: datetime
    by_name: str
    visits: tuple[Appointment, ...]


def zone_changes(by: Actor, *, now: datetime) -> list[ZoneChange]:
    """Those that visits still have to be moved for, the newest first. One query, and two more after a change."""
    events = list(_events(by))
    if not events:
        return []
    touched = _touched(by, events, now=now)
    return [
        ZoneChange(
            id=line.event.pk,
            was=_zones(line.event)[0],
            became=_zones(line.event)[1],
            at=line.event.at,
            by_name=line.actor_name,
            visits=tuple(found),
        )
        for line in with_names(reversed(events))
        if (found := touched.get(line.event.pk))
    ]


def count_to_move(by: Actor, *, now: datetime) -> int:
    """Visits to come that have to be moved for a change of the settings, the time zone's too.

    Two queries; two more where a change touched visits, and two where the zone was changed.
    """
    of_a_zone = {visit.pk for change in zone_changes(by, now=now) for visit in change.visits}
    return len(touched_visits.to_move(by, now=now) | of_a_zone)


def _events(by: Actor) -> QuerySet[AuditEvent]:
    rows = AuditEvent.objects.in_clinic(by.clinic_id).of_row(Clinic._meta.db_table, by.clinic_id)
    return rows.filter(kind=AuditEvent.Kind.UPDATE, changes__has_key="zone").order_by("at", "id")


def _zones(event: AuditEvent) -> tuple[str, str]:
    was, became = (event.changes or {})["zone"]
    return was, became


def _touched(by: Actor, events: Iterable[AuditEvent], *, now: datetime) -> dict[UUID, list[Appointment]]:
    moves = AppointmentMove.objects.filter(appointment=OuterRef("pk"), was_starts_at__isnull=False)
    last_move = Subquery(moves.order_by("-created_at").values("created_at")[:1])
    found: dict[UUID, list[Appointment]] = {}
    visits: Any = promised(by, now=now).annotate(promised_at=Greatest("created_at", last_move))
    for visit in visits:
        event = next((one for one in events if one.at > visit.promised_at), None)
        if event is not None and _is_shown_otherwise(visit, _zones(event)[0], by):
            found.setdefault(event.pk, []).append(visit)
    return found


def _is_shown_otherwise(visit: Appointment, zone: str, by: Actor) -> bool:
    clocks = (visit.starts_at.astimezone(one).replace(tzinfo=None) for one in (ZoneInfo(zone), by.zone))
    return len(set(clocks)) > 1
