"""When clinicians work and what already holds them, rooms, equipment and a patient: loaded once for a range of days."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import models
from django.db.models.functions import Cast, Extract

from accounts.actors import Actor
from accounts.models import Membership
from common.wall_clock import day_bounds, hours_of_day, local_day
from scheduling.choices import ClaimKind
from scheduling.models import AvailabilityBlock, Claim, Closure, Equipment, ExtraHours, Leave, Room
from scheduling.models.claims import ClaimQuerySet
from scheduling.spans import Span, holds, is_free, merged, without

Busy = dict[UUID, list[Span]]
EVERY_DAY = frozenset(range(7))
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_PEOPLE = frozenset({ClaimKind.CLINICIAN, ClaimKind.CHAPERONE})
_IN_CALENDAR = frozenset({ClaimKind.CLINICIAN, ClaimKind.ROOM})


@dataclass(kw_only=True)
class Agenda:
    """The facts of some days. Spans are instants; a busy span reaches to the end of the visit's turnover."""

    zone: ZoneInfo
    working: Busy
    away: dict[UUID, list[Leave]]
    closures: list[Closure] = field(default_factory=list)
    person_busy: Busy = field(default_factory=dict)
    patient_busy: Busy = field(default_factory=dict)
    unit_busy: dict[tuple[UUID, int], list[Span]] = field(default_factory=dict)  # of rooms and equipment
    visits: Busy = field(default_factory=dict)  # by clinician and by room, without turnover, as they were read
    all_rooms: list[Room] = field(default_factory=list)

    @cached_property
    def held(self) -> Busy:
        """When a clinician or a room has visits, without turnover."""
        return {key: merged(spans) for key, spans in self.visits.items()}

    @cached_property
    def rooms(self) -> list[Room]:
        """The rooms in use that visits are booked into."""
        return [room for room in self.all_rooms if room.is_active and not room.is_for_observation]

    @cached_property
    def closed(self) -> list[Span]:
        return merged((one.starts_at, one.ends_at) for one in self.closures)

    def opened(self, clinician_id: UUID) -> list[Span]:
        """When the clinician works, is not away, and the clinic is open."""
        away = [(leave.starts_at, leave.ends_at) for leave in self.away.get(clinician_id, [])]
        return without(self.working.get(clinician_id, []), [*away, *self.closed])

    def is_open(self, clinician_id: UUID, span: Span) -> bool:
        return holds(self.opened(clinician_id), span)

    def is_person_free(self, member_id: UUID, span: Span) -> bool:
        return is_free(self.person_busy.get(member_id, []), span)

    def is_room_free(self, room: Room, span: Span) -> bool:
        return self._has_free_unit(room.pk, room.capacity, span)

    def is_equipment_free(self, equipment: Equipment, span: Span) -> bool:
        return self._has_free_unit(equipment.pk, equipment.quantity, span)

    def _has_free_unit(self, resource_id: UUID, units: int, span: Span) -> bool:
        return any(is_free(self.unit_busy.get((resource_id, unit), []), span) for unit in range(1, units + 1))

    def free_room(self, span: Span) -> Room | None:
        """The first room in use that has a place through the whole span."""
        return next((room for room in self.rooms if self.is_room_free(room, span)), None)


def load(
    *,
    by: Actor,
    clinicians: Iterable[Membership],
    first_day: date,
    days: int,
    now: datetime,
    patient_id: UUID | None = None,
    left_out: Collection[UUID] = (),
) -> Agenda:
    """Six queries: blocks, extra hours, leave, closures, claims, rooms. A hold that has run out at ``now`` is none.

    ``left_out`` are visits that are about to be moved, or holds that are about to become visits.
    """
    agenda = load_hours(by=by, clinicians=clinicians, first_day=first_day, days=days)
    start, end = bounds_of(first_day, days, by.zone)
    claims = Claim.objects.visible_to(by).between(start, end).standing(now).but(left_out)
    _fill_busy(agenda, claims, patient_id)
    return agenda


def load_hours(
    *, by: Actor, clinicians: Iterable[Membership], first_day: date, days: int, weekdays: Collection[int] = EVERY_DAY
) -> Agenda:
    """When they work on these weekdays and the clinic is open, and the rooms; nothing of what is claimed.

    Five queries.
    """
    ids = [clinician.pk for clinician in clinicians]
    start, end = bounds_of(first_day, days, by.zone)
    return Agenda(
        zone=by.zone,
        working=_working(by, ids, first_day, days, weekdays),
        away=_away(by, ids, start, end),
        closures=list(Closure.objects.visible_to(by).filter(starts_at__lt=end, ends_at__gt=start)),
        all_rooms=list(Room.objects.visible_to(by)),
    )


def bounds_of(first_day: date, days: int, zone: ZoneInfo) -> Span:
    """From the first midnight to the last."""
    return day_bounds(first_day, zone)[0], day_bounds(first_day + timedelta(days=days - 1), zone)[1]


def _working(by: Actor, ids: Sequence[UUID], first_day: date, days: int, weekdays: Collection[int]) -> Busy:
    last_day = first_day + timedelta(days=days - 1)
    weekdays = {(first_day.weekday() + offset) % 7 for offset in range(min(days, 7))} & set(weekdays)
    blocks = (
        AvailabilityBlock.objects.visible_to(by)
        .filter(clinician_id__in=ids, valid_from_date__lte=last_day, weekday__in=weekdays)
        .exclude(valid_until_date__lt=first_day)
    )
    # Values, not rows: a large clinic has hundreds of blocks.
    columns = ("clinician_id", "weekday", "valid_from_date", "valid_until_date", "start_time", "end_time")
    found: Busy = defaultdict(list)
    for clinician_id, weekday, valid_from, valid_until, starts, ends in blocks.order_by().values_list(*columns):
        for day in _weekly(weekday, first_day, days):
            if valid_from <= day and (valid_until is None or day <= valid_until):
                found[clinician_id].append(hours_of_day(day, starts, ends, by.zone))
    extra = ExtraHours.objects.visible_to(by).filter(clinician_id__in=ids, day__gte=first_day, day__lte=last_day)
    for one in extra:
        if one.day.weekday() not in weekdays:
            continue
        found[one.clinician_id].append(hours_of_day(one.day, one.start_time, one.end_time, by.zone))
    return {clinician_id: merged(spans) for clinician_id, spans in found.items()}


def _weekly(weekday: int, first_day: date, days: int) -> Iterable[date]:
    """The days of the range that are this day of the week."""
    for offset in range((weekday - first_day.weekday()) % 7, days, 7):
        yield first_day + timedelta(days=offset)


def _away(by: Actor, ids: Sequence[UUID], start: datetime, end: datetime) -> dict[UUID, list[Leave]]:
    leaves = Leave.objects.visible_to(by).filter(clinician_id__in=ids, starts_at__lt=end, ends_at__gt=start)
    found: dict[UUID, list[Leave]] = defaultdict(list)
    for leave in leaves.order_by("starts_at"):
        found[leave.clinician_id].append(leave)
    return found


def _fill_busy(agenda: Agenda, claims: ClaimQuerySet, patient_id: UUID | None) -> None:
    kinds = ~models.Q(kind=ClaimKind.PATIENT)
    own = models.Q(kind=ClaimKind.PATIENT, resource_id=patient_id)
    rows = claims.filter(kinds | own if patient_id else kinds).values_list(
        "kind", "resource_id", "unit", _microseconds("starts_at"), _microseconds("ends_at"), _microseconds("free_at")
    )
    people: Busy = defaultdict(list)
    patients: Busy = defaultdict(list)
    units: dict[tuple[UUID, int], list[Span]] = defaultdict(list)
    for kind, resource_id, unit, starts, ends, free in rows:
        starts_at, free_at = _at(starts), _at(free)
        if kind == ClaimKind.PATIENT:
            patients[resource_id].append((starts_at, free_at))
        elif kind in _PEOPLE:
            people[resource_id].append((starts_at, free_at))
        else:
            units[resource_id, unit].append((starts_at, free_at))
        if kind in _IN_CALENDAR:
            agenda.visits.setdefault(resource_id, []).append((starts_at, _at(ends)))
    agenda.person_busy = {key: merged(spans) for key, spans in people.items()}
    agenda.patient_busy = {key: merged(spans) for key, spans in patients.items()}
    agenda.unit_busy = {key: merged(spans) for key, spans in units.items()}


def _at(microseconds: int) -> datetime:
    return _EPOCH + timedelta(microseconds=microseconds)


def _microseconds(column: str) -> Cast:
    """The instant as a whole number: a week of a large clinic has thousands, and reading a time is slow.

    In UTC, whatever zone the request is in: Django would count from the epoch on the local clock.
    """
    return Cast(Extract(column, "epoch", tzinfo=UTC) * 1_000_000, models.BigIntegerField())


def load_around(
    *,
    by: Actor,
    clinician: Membership,
    starts_at: datetime,
    now: datetime,
    patient_id: UUID | None = None,
    left_out: Collection[UUID] = (),
) -> Agenda:
    """The agenda of the local day of one time, and of the days beside it, for a visit across midnight."""
    day = local_day(starts_at, by.zone) - timedelta(days=1)
    return load(by=by, clinicians=[clinician], first_day=day, days=3, now=now, patient_id=patient_id, left_out=left_out)
