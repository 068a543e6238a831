"""Free times: what can be promised, in order."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from accounts.actors import Actor
from accounts.models import Membership
from common.wall_clock import is_shown_twice, local_day
from scheduling.models import Room, VisitType
from scheduling.queries import agendas
from scheduling.queries.agendas import Agenda
from scheduling.spans import Span, is_free, starts_within

STEP = timedelta(minutes=15)


class FreeTime(NamedTuple):
    """A time that nobody holds, with its clinician and a free room (None for a visit that needs none)."""

    starts_at: datetime
    ends_at: datetime
    clinician: Membership
    room: Room | None
    is_ambiguous: bool = False  # the clock shows this time twice on its day

    @property
    def key(self) -> str:
        """How a form names this time."""
        return f"{self.starts_at.isoformat()}/{self.clinician.pk}"

    @property
    def html_id(self) -> str:
        return f"t-{self.starts_at.timestamp():.0f}-{self.clinician.pk}"


def free_times(
    *,
    by: Actor,
    clinicians: Sequence[Membership],
    visit_type: VisitType,
    first_day: date,
    days: int,
    now: datetime,
    patient_id: UUID | None = None,
    leave_out: UUID | None = None,
) -> list[FreeTime]:
    """Every free time of the days, earliest first, in four queries. Nothing before ``now`` is offered."""
    agenda = agendas.load(
        by=by, clinicians=clinicians, first_day=first_day, days=days, patient_id=patient_id, leave_out=leave_out
    )
    patient_busy = agenda.patient_busy.get(patient_id, []) if patient_id else []
    starts: dict[datetime, _Start] = {}
    found = [
        free
        for clinician in clinicians
        for free in _of_clinician(agenda, clinician, visit_type, starts)
        if free.starts_at >= now and (not patient_busy or is_free(patient_busy, (free.starts_at, free.ends_at)))
    ]
    found.sort(key=lambda free: (free.starts_at, free.clinician.user.full_name))
    return found


@dataclass(frozen=True)
class _Start:
    """What is the same for everybody who might begin at this moment."""

    held: Span
    room: Room | None
    is_ambiguous: bool


def _of_clinician(
    agenda: Agenda, clinician: Membership, visit_type: VisitType, starts: dict[datetime, _Start]
) -> Iterator[FreeTime]:
    """``starts`` remembers each moment once it was looked at."""
    length = timedelta(minutes=visit_type.duration_minutes)
    busy = agenda.clinician_busy.get(clinician.pk, [])
    for span in agenda.opened(clinician.pk):
        for moment in starts_within(span, length=length, step=STEP):
            start = starts.get(moment) or starts.setdefault(moment, _start(agenda, moment, visit_type))
            has_place = start.room or not visit_type.needs_room or not agenda.rooms
            if has_place and is_free(busy, start.held):
                yield FreeTime(
                    starts_at=moment,
                    ends_at=moment + length,
                    clinician=clinician,
                    room=start.room,
                    is_ambiguous=start.is_ambiguous,
                )


def _start(agenda: Agenda, moment: datetime, visit_type: VisitType) -> _Start:
    held = with_turnover(moment, visit_type)
    room = agenda.free_room(held) if visit_type.needs_room else None
    return _Start(held, room, is_shown_twice(moment, agenda.zone))


def with_turnover(starts_at: datetime, visit_type: VisitType) -> Span:
    """From the visit's start to the moment its clinician and room are ready again."""
    minutes = visit_type.duration_minutes + visit_type.turnover_minutes
    return starts_at, starts_at + timedelta(minutes=minutes)


def next_free_times(
    *,
    by: Actor,
    clinicians: Sequence[Membership],
    visit_type: VisitType,
    after: datetime,
    now: datetime,
    patient_id: UUID | None = None,
    leave_out: UUID | None = None,
    limit: int = 3,
) -> list[FreeTime]:
    """The first few free times from ``after`` on, within two weeks."""
    found = free_times(
        by=by,
        clinicians=clinicians,
        visit_type=visit_type,
        first_day=local_day(after, by.zone),
        days=14,
        now=max(after, now),
        patient_id=patient_id,
        leave_out=leave_out,
    )
    return found[:limit]
