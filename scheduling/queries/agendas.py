"""When clinicians work and what already holds them, their rooms and a patient: loaded once for a range of days."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import cached_property
from uuid import UUID
from zoneinfo import ZoneInfo

from accounts.actors import Actor
from accounts.models import Membership
from common.wall_clock import day_bounds, instant, local_day
from scheduling.models import Appointment, AvailabilityBlock, Leave, Room
from scheduling.spans import Span, holds, is_free, merged, without

Busy = dict[UUID, list[Span]]


@dataclass(kw_only=True)
class Agenda:
    """The facts of some days. Spans are instants; a busy span reaches to the end of the visit's turnover."""

    zone: ZoneInfo
    working: Busy
    away: dict[UUID, list[Leave]]
    clinician_busy: Busy = field(default_factory=dict)
    room_busy: Busy = field(default_factory=dict)
    patient_busy: Busy = field(default_factory=dict)
    held: Busy = field(default_factory=dict)  # by clinician and by room, without turnover
    all_rooms: list[Room] = field(default_factory=list)

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
    blocks = (
        AvailabilityBlock.objects.visible_to(by)
        .filter(clinician_id__in=ids, valid_from_date__lte=last_day)
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
    rows = visits.values_list(
        "id", "clinician_id", "room_id", "patient_id", "starts_at", "ends_at", "visit_type__turnover_minutes"
    )
    found: list[Busy] = [defaultdict(list), defaultdict(list), defaultdict(list), defaultdict(list)]
    for pk, clinician_id, room_id, of_patient, starts_at, ends_at, turnover in rows:
        if pk == leave_out:
            continue
        with_turnover = (starts_at, ends_at + timedelta(minutes=turnover))
        found[0][clinician_id].append(with_turnover)
        found[1][room_id].append(with_turnover)
        if of_patient == patient_id:
            found[2][of_patient].append((starts_at, ends_at))
        for key in (clinician_id, room_id):
            found[3][key].append((starts_at, ends_at))
    agenda.clinician_busy, agenda.room_busy, agenda.patient_busy, agenda.held = (
        {key: merged(spans) for key, spans in one.items() if key} for one in found
    )


def load_around(*, by: Actor, clinician: Membership, starts_at: datetime, leave_out: UUID | None = None) -> Agenda:
    """The agenda of the local day of one time, and of the days beside it, for a visit across midnight."""
    day = local_day(starts_at, by.zone) - timedelta(days=1)
    return load(by=by, clinicians=[clinician], first_day=day, days=3, leave_out=leave_out)
