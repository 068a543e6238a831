"""When clinicians work and what already holds them, their rooms and a patient: loaded once for a range of days."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import models
from django.db.models.functions import Cast, Extract

from accounts.actors import Actor
from accounts.models import Membership
from common.wall_clock import day_bounds, instant, local_day
from scheduling.models import Appointment, AvailabilityBlock, Leave, Room
from scheduling.spans import Span, holds, is_free, merged, without

Busy = dict[UUID, list[Span]]
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(kw_only=True)
class Agenda:
    """The facts of some days. Spans are instants; a busy span reaches to the end of the visit's turnover."""

    zone: ZoneInfo
    working: Busy
    away: dict[UUID, list[Leave]]
    clinician_busy: Busy = field(default_factory=dict)
    room_busy: Busy = field(default_factory=dict)
    patient_busy: Busy = field(default_factory=dict)
    visits: Busy = field(default_factory=dict)  # by clinician and by room, without turnover, as they were read
    all_rooms: list[Room] = field(default_factory=list)

    @cached_property
    def held(self) -> Busy:
        """When a clinician or a room has visits, without turnover."""
        return {key: merged(spans) for key, spans in self.visits.items()}

    @cached_property
    def rooms(self) -> list[Room]:
        """The rooms in use."""
        return [room for room in self.all_rooms if room.is_active]

    def opened(self, clinician_id: UUID) -> list[Span]:
        """When the clinician works and is not away."""
        away = [(leave.starts_at, leave.ends_at) for leave in self.away.get(clinician_id, [])]
        return without(self.working.get(clinician_id, []), away)

    def is_open(self, clinician_id: UUID, span: Span) -> bool:
        return holds(self.opened(clinician_id), span)

    def free_room(self, span: Span) -> Room | None:
        """The first room in use that nobody holds through the whole span."""
        return next((room for room in self.rooms if is_free(self.room_busy.get(room.pk, []), span)), None)


def load(
    *,
    by: Actor,
    clinicians: Iterable[Membership],
    first_day: date,
    days: int,
    patient_id: UUID | None = None,
    leave_out: UUID | None = None,
) -> Agenda:
    """Four queries: blocks, leave, visits, rooms. ``leave_out`` is a visit that is about to be moved."""
    ids = [clinician.pk for clinician in clinicians]
    start = day_bounds(first_day, by.zone)[0]
    end = day_bounds(first_day + timedelta(days=days - 1), by.zone)[1]
    agenda = Agenda(
        zone=by.zone,
        working=_working(by, ids, first_day, days),
        away=_away(by, ids, start, end),
        all_rooms=list(Room.objects.visible_to(by)),
    )
    _fill_busy(agenda, by, (start, end), patient_id, leave_out)
    return agenda


def _working(by: Actor, ids: Sequence[UUID], first_day: date, days: int) -> Busy:
    last_day = first_day + timedelta(days=days - 1)
    weekdays = {(first_day.weekday() + offset) % 7 for offset in range(min(days, 7))}
    blocks = (
        AvailabilityBlock.objects.visible_to(by)
        .filter(clinician_id__in=ids, valid_from_date__lte=last_day, weekday__in=weekdays)
        .exclude(valid_until_date__lt=first_day)
    )
    found: Busy = defaultdict(list)
    for block in blocks:
        for day in days_of(block, first_day, days):
            found[block.clinician_id].append(on_clock(day, block.start_time, block.end_time, by.zone))
    return {clinician_id: merged(spans) for clinician_id, spans in found.items()}


def days_of(block: AvailabilityBlock, first_day: date, days: int) -> Iterable[date]:
    """The days of the range on which the block applies."""
    for offset in range((block.weekday - first_day.weekday()) % 7, days, 7):
        day = first_day + timedelta(days=offset)
        if block.valid_from_date <= day and (block.valid_until_date is None or day <= block.valid_until_date):
            yield day


def on_clock(day: date, start: time, end: time, zone: ZoneInfo) -> Span:
    """A block as its clinician reads it off the wall; on a day the clock jumps it may be shorter or longer."""
    return instant(day, start, zone), instant(day, end, zone)


def _away(by: Actor, ids: Sequence[UUID], start: datetime, end: datetime) -> dict[UUID, list[Leave]]:
    leaves = Leave.objects.visible_to(by).filter(clinician_id__in=ids, starts_at__lt=end, ends_at__gt=start)
    found: dict[UUID, list[Leave]] = defaultdict(list)
    for leave in leaves.order_by("starts_at"):
        found[leave.clinician_id].append(leave)
    return found


def _fill_busy(agenda: Agenda, by: Actor, span: Span, patient_id: UUID | None, leave_out: UUID | None) -> None:
    visits = Appointment.objects.visible_to(by).holding().between(*span)
    if leave_out is not None:
        visits = visits.exclude(pk=leave_out)
    rows = visits.values_list(
        "clinician_id",
        "room_id",
        _microseconds("starts_at"),
        _microseconds("ends_at"),
        "visit_type__turnover_minutes",
        models.ExpressionWrapper(models.Q(patient_id=patient_id), output_field=models.BooleanField())
        if patient_id
        else models.Value(False),
    )
    clinicians: Busy = defaultdict(list)
    rooms: Busy = defaultdict(list)
    own: list[Span] = []
    for clinician_id, room_id, starts, ends, turnover, is_own in rows:
        starts_at, ends_at = _EPOCH + timedelta(microseconds=starts), _EPOCH + timedelta(microseconds=ends)
        with_turnover = (starts_at, ends_at + timedelta(minutes=turnover))
        clinicians[clinician_id].append(with_turnover)
        agenda.visits.setdefault(clinician_id, []).append((starts_at, ends_at))
        if room_id:
            rooms[room_id].append(with_turnover)
            agenda.visits.setdefault(room_id, []).append((starts_at, ends_at))
        if is_own:
            own.append((starts_at, ends_at))
    agenda.clinician_busy = {key: merged(spans) for key, spans in clinicians.items()}
    agenda.room_busy = {key: merged(spans) for key, spans in rooms.items()}
    agenda.patient_busy = {patient_id: merged(own)} if patient_id else {}


def _microseconds(column: str) -> Cast:
    """The instant as a whole number: a week of a large clinic has thousands, and reading a time is slow.

    In UTC, whatever zone the request is in: Django would count from the epoch on the local clock.
    """
    return Cast(Extract(column, "epoch", tzinfo=UTC) * 1_000_000, models.BigIntegerField())


def load_around(*, by: Actor, clinician: Membership, starts_at: datetime, leave_out: UUID | None = None) -> Agenda:
    """The agenda of the local day of one time, and of the days beside it, for a visit across midnight."""
    day = local_day(starts_at, by.zone) - timedelta(days=1)
    return load(by=by, clinicians=[clinician], first_day=day, days=3, leave_out=leave_out)
