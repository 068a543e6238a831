"""Free times: what can be promised, in order."""

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import NamedTuple
from uuid import UUID

from accounts.actors import Actor
from accounts.models import Membership
from common.wall_clock import day_bounds, is_shown_twice, local_day
from scheduling.models import Equipment, Room, VisitType
from scheduling.queries import agendas, staffing
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


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What else the caller asks for: a time of day on the clinic's wall clock, some weekdays, a piece of equipment."""

    not_before: time = time.min
    not_after: time | None = None  # the latest start
    weekdays: frozenset[int] = frozenset(range(7))
    equipment: Equipment | None = None

    def allows(self, moment: datetime) -> bool:
        """Whether a start at this moment of the local clock is wished for."""
        at = moment.time()
        in_time = self.not_before <= at and (self.not_after is None or at <= self.not_after)
        return in_time and moment.weekday() in self.weekdays


ANYTHING = Wish()


def free_times(
    *,
    by: Actor,
    clinicians: Sequence[Membership],
    visit_type: VisitType,
    first_day: date,
    days: int,
    now: datetime,
    minutes: int | None = None,
    patient_id: UUID | None = None,
    left_out: Collection[UUID] = (),
    wish: Wish = ANYTHING,
) -> list[FreeTime]:
    """Every free time of the days, earliest first. Nothing before ``now`` is offered.

    Six queries for the agenda, one for the patient's flags and one for the maximum of a day; one more each where the
    type asks for a credential or a chaperone, or somebody has a maximum. ``minutes`` is a length other than the type's.
    """
    agenda = agendas.load(
        by=by, clinicians=clinicians, first_day=first_day, days=days, now=now, patient_id=patient_id, left_out=left_out
    )
    search = _Search(
        agenda=agenda,
        visit_type=visit_type,
        length=timedelta(minutes=minutes or visit_type.duration_minutes),
        wish=wish,
        now=now,
        patient_busy=agenda.patient_busy.get(patient_id, []) if patient_id else [],
        equipment=wish.equipment or visit_type.equipment,
        chaperones=_chaperones(by, visit_type, patient_id),
        credentials=staffing.credentials(by=by, visit_type=visit_type),
        full_days=_full_days(by, clinicians, visit_type, first_day, days, left_out),
    )
    found = [free for clinician in clinicians for free in search.of(clinician)]
    found.sort(key=lambda free: (free.starts_at, free.clinician.user.full_name))
    return found


def _chaperones(by: Actor, visit_type: VisitType, patient_id: UUID | None) -> list[Membership] | None:
    """Those who could chaperone; None when nobody has to."""
    if not staffing.needs_chaperone(by=by, visit_type=visit_type, patient_id=patient_id):
        return None
    return staffing.chaperones(by)


def _full_days(
    by: Actor,
    clinicians: Sequence[Membership],
    visit_type: VisitType,
    first_day: date,
    days: int,
    left_out: Collection[UUID],
) -> frozenset[tuple[UUID, date]]:
    """The days on which a clinician has the most treatments already."""
    most = staffing.most_treatments(by, clinicians) if visit_type.is_treatment else {}
    if not most:
        return frozenset()
    start = day_bounds(first_day, by.zone)[0]
    end = day_bounds(first_day + timedelta(days=days - 1), by.zone)[1]
    booked: Counter[tuple[UUID, date]] = staffing.treatments_of_days(by, list(most), start, end, left_out=left_out)
    return frozenset(key for key, count in booked.items() if count >= most[key[0]])


@dataclass(frozen=True)
class _Start:
    """What is the same for everybody who might begin at this moment."""

    held: Span
    day: date
    is_possible: bool
    room: Room | None
    chaperones: list[Membership]
    is_ambiguous: bool


@dataclass(frozen=True, kw_only=True)
class _Search:
    """One search over one agenda; ``starts`` remembers each moment once it was looked at."""

    agenda: Agenda
    visit_type: VisitType
    length: timedelta
    wish: Wish
    now: datetime
    patient_busy: list[Span]
    equipment: Equipment | None
    chaperones: list[Membership] | None
    credentials: dict[UUID, tuple[date, date]] | None
    full_days: frozenset[tuple[UUID, date]]
    starts: dict[datetime, _Start] = field(default_factory=dict)

    def of(self, clinician: Membership) -> Iterator[FreeTime]:
        """The clinician's free times, span by span."""
        trusted = (date.min, date.max) if self.credentials is None else self.credentials.get(clinician.pk)
        if trusted is None:
            return
        busy = self.agenda.person_busy.get(clinician.pk, [])
        for span in self.agenda.opened(clinician.pk):
            for moment in starts_within(span, length=self.length, step=STEP):
                start = self.starts.get(moment) or self.starts.setdefault(moment, self._start(moment))
                if not start.is_possible or not is_free(busy, start.held):
                    continue
                if not trusted[0] <= start.day <= trusted[1] or (clinician.pk, start.day) in self.full_days:
                    continue
                if self.chaperones is None or any(one.pk != clinician.pk for one in start.chaperones):
                    yield FreeTime(moment, moment + self.length, clinician, start.room, start.is_ambiguous)

    def _start(self, moment: datetime) -> _Start:
        held = (moment, moment + self.length + timedelta(minutes=self.visit_type.turnover_minutes))
        local = moment.astimezone(self.agenda.zone)
        is_possible = moment >= self.now and self.wish.allows(local)
        is_possible = is_possible and is_free(self.patient_busy, (moment, moment + self.length))
        room, chaperones = None, []
        if is_possible and self.visit_type.needs_room and self.agenda.rooms:
            room = self.agenda.free_room(held)
            is_possible = room is not None
        if is_possible and self.equipment is not None:
            is_possible = self.agenda.is_equipment_free(self.equipment, held)
        if is_possible and self.chaperones is not None:
            chaperones = [one for one in self.chaperones if self.agenda.is_person_free(one.pk, held)]
        return _Start(held, local.date(), is_possible, room, chaperones, is_shown_twice(moment, self.agenda.zone))


def next_free_times(
    *,
    by: Actor,
    clinicians: Sequence[Membership],
    visit_type: VisitType,
    after: datetime,
    now: datetime,
    minutes: int | None = None,
    patient_id: UUID | None = None,
    left_out: Collection[UUID] = (),
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
        minutes=minutes,
        patient_id=patient_id,
        left_out=left_out,
    )
    return found[:limit]
