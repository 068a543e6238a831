"""Free times: what can be promised, in order."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import NamedTuple
from uuid import UUID

from accounts.actors import Actor
from accounts.models import Membership
from common.wall_clock import day_bounds, instant, is_shown_twice, local_day
from scheduling.models import Equipment, Room, VisitType
from scheduling.queries import agendas, staffing
from scheduling.queries.agendas import EVERY_DAY
from scheduling.queries.gaps import Gaps, both, gaps_of
from scheduling.spans import Span, merged, starts_within

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
    weekdays: frozenset[int] = EVERY_DAY
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
    after: datetime | None = None,
    minutes: int | None = None,
    patient_id: UUID | None = None,
    left_out: Collection[UUID] = (),
    wish: Wish = ANYTHING,
) -> list[FreeTime]:
    """Every free time of the days, earliest first. Nothing before ``now`` is offered, nor before ``after``.

    A hold stands or has run out as of ``now``, however late the times are that are asked for.
    Queries as of a ``Search``. ``minutes`` is a length other than the type's.
    """
    search = Search(
        by=by,
        clinicians=clinicians,
        visit_type=visit_type,
        first_day=first_day,
        days=days,
        now=now,
        after=after,
        minutes=minutes,
        patient_id=patient_id,
        left_out=left_out,
        wish=wish,
    )
    return [free for _day, found in search.day_by_day(first_day, days) for free in found]


def _chaperones(by: Actor, visit_type: VisitType, patient_id: UUID | None) -> list[Membership] | None:
    """Those who could chaperone; None when nobody has to."""
    if not staffing.needs_chaperone(by=by, visit_type=visit_type, patient_id=patient_id):
        return None
    return staffing.chaperones(by)


@dataclass(frozen=True)
class _Start:
    """What is the same for everybody who might begin at this moment."""

    day: date
    is_possible: bool
    room: Room | None
    chaperones: list[Membership]
    is_ambiguous: bool


class Search:
    """One question to the calendar. Hours and rules are read once for all its days; claims as the days are asked for.

    Five queries for the hours, one for the patient's flags, one for the maximum of a day, and one more each where the
    type asks for a credential or a chaperone. Then for each call of ``day_by_day`` one for the clinicians; and,
    where one of them has time, one for all else that a visit needs and one for the maximum.
    """

    def __init__(
        self,
        *,
        by: Actor,
        clinicians: Sequence[Membership],
        visit_type: VisitType,
        first_day: date,
        days: int,
        now: datetime,
        after: datetime | None = None,
        minutes: int | None = None,
        patient_id: UUID | None = None,
        left_out: Collection[UUID] = (),
        wish: Wish = ANYTHING,
    ) -> None:
        self.by, self.now, self.wish = by, now, wish
        self.earliest = max(after or now, now)
        self.visit_type, self.patient_id, self.left_out = visit_type, patient_id, left_out
        self.length = timedelta(minutes=minutes or visit_type.duration_minutes)
        self.turnover = timedelta(minutes=visit_type.turnover_minutes)
        # A visit that begins before midnight may need the hours of the next day.
        weekdays = wish.weekdays | {(weekday + 1) % 7 for weekday in wish.weekdays}
        self.agenda = agendas.load_hours(
            by=by, clinicians=clinicians, first_day=first_day, days=days, weekdays=weekdays
        )
        self.rooms = self.agenda.rooms if visit_type.needs_room else []
        self.equipment = wish.equipment or visit_type.equipment
        self.chaperones = _chaperones(by, visit_type, patient_id)
        self.credentials = staffing.credentials(by=by, visit_type=visit_type)
        self.most = staffing.most_treatments(by, clinicians) if visit_type.is_treatment else {}
        self.hours = [
            (one, opened)
            for one in sorted(clinicians, key=lambda one: one.user.full_name)
            if one.is_active
            and (opened := self.agenda.opened(one.pk))
            and (self.credentials is None or one.pk in self.credentials)
        ]

    def day_by_day(self, first_day: date, days: int) -> Iterator[tuple[date, list[FreeTime]]]:
        """The wished days among these that have a free time, each with its free times, earliest first."""
        all_days = [first_day + timedelta(days=offset) for offset in range(days)]
        wished = [day for day in all_days if day.weekday() in self.wish.weekdays]
        wanted = self._wanted(wished)
        if not wanted:
            return
        stretches = self._stretches(self._gaps(wanted, {clinician.pk for clinician, _opened in self.hours}), wished)
        if not stretches:
            return
        places = self._gaps(self._wanted(stretches), self._needed())
        full_days = self._full_days(first_day, days)
        starts: dict[datetime, _Start] = {}
        for day in sorted(stretches):
            there = [(one, span) for one, span in stretches[day] if (one.pk, day) not in full_days]
            found = list(self._of_day(day, there, places, starts))
            if found:
                found.sort(key=lambda free: free.starts_at)
                yield day, found

    def _of_day(
        self, day: date, stretches: Sequence[tuple[Membership, Span]], places: Gaps, starts: dict[datetime, _Start]
    ) -> Iterator[FreeTime]:
        """``starts`` remembers each moment once it was looked at."""
        for clinician, span in stretches:
            if not self._is_trusted(clinician, day):
                continue
            for moment in starts_within(span, length=self.length, step=STEP):
                start = starts.get(moment) or starts.setdefault(moment, self._start(moment, places))
                if start.day == day and start.is_possible and self._has_chaperone(start, clinician):
                    yield FreeTime(moment, moment + self.length, clinician, start.room, start.is_ambiguous)

    def _wanted(self, days: Iterable[date]) -> list[Span]:
        """Of each day what is open at the wished time; what begins then may be held a little longer."""
        opened = merged(span for _clinician, spans in self.hours for span in spans)
        found = []
        for day in sorted(days):
            inside = list(both([self._wished_hours(day)], opened))
            if inside:
                found.append((inside[0][0], inside[-1][1] + self.length + self.turnover))
        return merged(found)

    def _wished_hours(self, day: date) -> Span:
        """Each wished start lies in it; where the clock shows an hour twice, some others too."""
        latest = self.wish.not_after
        start, end = day_bounds(day, self.by.zone)
        if latest is not None:
            end = min(end, instant(day, latest, self.by.zone) + timedelta(hours=1))
        return max(start, instant(day, self.wish.not_before, self.by.zone)), end

    def _needed(self) -> set[UUID]:
        """What a visit needs besides its clinician."""
        found = {room.pk for room in self.rooms} | {one.pk for one in self.chaperones or ()}
        return found | {pk for pk in (self.equipment and self.equipment.pk, self.patient_id) if pk}

    def _gaps(self, wanted: Sequence[Span], resources: Collection[UUID]) -> Gaps:
        return gaps_of(
            by=self.by,
            resources=resources,
            wanted=wanted,
            at_least=self.length,
            now=self.now,
            left_out=self.left_out,
        )

    def _full_days(self, first_day: date, days: int) -> frozenset[tuple[UUID, date]]:
        """The days on which a clinician has the most treatments already."""
        if not self.most:
            return frozenset()
        start, end = agendas.bounds_of(first_day, days, self.by.zone)
        booked = staffing.treatments_of_days(self.by, list(self.most), start, end, now=self.now, left_out=self.left_out)
        return frozenset(key for key, count in booked.items() if count >= self.most[key[0]])

    def _stretches(self, gaps: Gaps, days: Sequence[date]) -> dict[date, list[tuple[Membership, Span]]]:
        """By day, where a visit of a clinician may lie: inside the opening hours, its turnover inside what is free."""
        wished = frozenset(days)
        found: dict[date, list[tuple[Membership, Span]]] = defaultdict(list)
        for clinician, opened in self.hours:
            free = [(start, end - self.turnover) for start, end in gaps.of(clinician.pk)]
            for start, end in both(opened, free):
                if end - start < self.length:
                    continue
                day, last = local_day(start, self.by.zone), local_day(end, self.by.zone)
                while day <= last:
                    if day in wished:
                        found[day].append((clinician, (start, end)))
                    day += timedelta(days=1)
        return found

    def _is_trusted(self, clinician: Membership, day: date) -> bool:
        if self.credentials is None:
            return True
        first, last = self.credentials[clinician.pk]
        return first <= day <= last

    def _has_chaperone(self, start: _Start, clinician: Membership) -> bool:
        return self.chaperones is None or any(one.pk != clinician.pk for one in start.chaperones)

    def _start(self, moment: datetime, gaps: Gaps) -> _Start:
        span = (moment, moment + self.length)
        held = (moment, span[1] + self.turnover)
        local = moment.astimezone(self.by.zone)
        is_possible = moment >= self.earliest and self.wish.allows(local)
        is_possible = is_possible and (self.patient_id is None or gaps.is_free(self.patient_id, span))
        room, chaperones = None, []
        if is_possible and self.rooms:
            room = next((room for room in self.rooms if gaps.is_free(room.pk, held, units=room.capacity)), None)
            is_possible = room is not None
        if is_possible and self.equipment is not None:
            is_possible = gaps.is_free(self.equipment.pk, held, units=self.equipment.quantity)
        if is_possible and self.chaperones is not None:
            chaperones = [one for one in self.chaperones if gaps.is_free(one.pk, held)]
        return _Start(local.date(), is_possible, room, chaperones, is_shown_twice(moment, self.by.zone))


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
        now=now,
        after=after,
        minutes=minutes,
        patient_id=patient_id,
        left_out=left_out,
    )
    return found[:limit]
