"""Some days of the clinic in columns, one for each clinician or room: as a grid to read, as a picture to drag in."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.core.paginator import Page, Paginator
from django.db.models import Max, Min, Q
from django.db.models.functions import TruncDate

from accounts.actors import Actor
from accounts.models import Membership
from common.wall_clock import day_bounds
from scheduling.choices import FREE_STATUSES
from scheduling.models import RoomBlock
from scheduling.models.appointments import AppointmentQuerySet
from scheduling.queries import agendas
from scheduling.queries.agendas import Agenda, Busy
from scheduling.queries.calendar_visits import CalendarVisit, read, visits_between
from scheduling.spans import Span, is_free, merged

STEP = timedelta(minutes=15)
# As many columns as are read side by side, on one day and in a week of days. A day's picture shows them all.
COLUMNS = 8
WEEK_COLUMNS = 3


@dataclass(frozen=True, kw_only=True)
class Cell:
    """``kind`` is visit, open, closed or away; a visit's cell reaches over ``rows`` rows."""

    kind: str
    rows: int = 1
    visits: tuple[CalendarVisit, ...] = ()


_PLAIN = {kind: Cell(kind=kind) for kind in ("open", "closed", "away")}


@dataclass(frozen=True, kw_only=True)
class Row:
    starts_at: datetime
    at: str
    is_hour: bool
    is_now: bool
    cells: list[Cell]


@dataclass(frozen=True, kw_only=True)
class DayCalendar:
    day: date
    page: Page
    columns: list[str]
    rows: list[Row]
    off: list[CalendarVisit]  # cancelled and missed: they hold nothing

    @property
    def heads(self) -> list[tuple[UUID, str]]:
        """Whose each column is, and its title."""
        return list(zip(self.page, self.columns, strict=True))


@dataclass(frozen=True)
class _Column:
    title: str
    visits: list[CalendarVisit]
    opened: list[Span] | None  # None: always open
    away: list[Span]


@dataclass(frozen=True, kw_only=True)
class Shown:
    """A page of columns (by the id of a clinician or a room), and the visits of the days in them, all statuses.

    Of a column that is not on the page, what was cancelled or missed alone. ``held`` is, for every column, each day's
    time from the first visit to the end of the last.
    """

    first_day: date
    days: int
    is_by_room: bool
    agenda: Agenda
    held: Busy
    page: Page
    names: dict[UUID, str]
    visits: list[CalendarVisit]
    blocks: dict[UUID, list[RoomBlock]] = field(default_factory=dict)  # of rooms, where they are the columns

    def title(self, pk: UUID) -> str:
        return self.names.get(pk, "–")

    def column_of(self, visit: CalendarVisit) -> UUID | None:
        return visit.room_id if self.is_by_room else visit.clinician_id

    @property
    def all_days(self) -> list[date]:
        return [self.first_day + timedelta(days=offset) for offset in range(self.days)]

    @property
    def holding(self) -> list[CalendarVisit]:
        return [visit for visit in self.visits if not visit.is_off]

    @property
    def off(self) -> list[CalendarVisit]:
        return [visit for visit in self.visits if visit.is_off]


def shown(
    *,
    by: Actor,
    first_day: date,
    days: int,
    clinicians: Sequence[Membership],
    is_by_room: bool = False,
    page: int = 1,
    is_whole: bool = False,
    only: UUID | None = None,
) -> Shown:
    """Seven queries: the days' hours and rooms, what is held in them, and the visits; by room one more: the blocks.

    The columns come in pages, unless ``is_whole``; whoever looks finds the own column first. ``only`` shows one column
    alone.
    """
    agenda = agendas.load_hours(by=by, clinicians=clinicians, first_day=first_day, days=days)
    visits = visits_between(by, *agendas.bounds_of(first_day, days, by.zone))
    column = "room_id" if is_by_room else "clinician_id"
    held = _held(visits, column, by.zone)
    ids = _rooms_used(agenda, held) if is_by_room else _people_there(agenda, held, clinicians)
    ids.sort(key=lambda pk: pk != by.membership_id)
    names = {room.pk: room.name for room in agenda.all_rooms} | {one.pk: one.user.full_name for one in clinicians}
    if only is not None:
        ids = [only] if only in names else []
    per_page = len(ids) if is_whole else COLUMNS if days == 1 else WEEK_COLUMNS
    turned = Paginator(ids, max(per_page, 1)).get_page(page)
    on_page = Q(**{f"{column}__in": list(turned)})
    anywhere = Q(**{f"{column}__in": ids}, status__in=FREE_STATUSES)
    found = read(visits.filter(on_page | anywhere), by.zone)
    names |= {visit.clinician_id: visit.clinician for visit in found}
    return Shown(
        first_day=first_day,
        days=days,
        is_by_room=is_by_room,
        agenda=agenda,
        held=held,
        page=turned,
        names=names,
        visits=found,
        blocks=_blocks(by, agendas.bounds_of(first_day, days, by.zone)) if is_by_room else {},
    )


def _blocks(by: Actor, span: Span) -> dict[UUID, list[RoomBlock]]:
    """When each room cannot be used."""
    found: dict[UUID, list[RoomBlock]] = defaultdict(list)
    for block in RoomBlock.objects.visible_to(by).filter(starts_at__lt=span[1], ends_at__gt=span[0]):
        found[block.room_id].append(block)
    return found


def _held(visits: AppointmentQuerySet, column: str, zone: ZoneInfo) -> Busy:
    """Each column's days, from the first visit to the end of the last: one query."""
    holding = visits.exclude(status__in=FREE_STATUSES).exclude(**{column: None}).order_by()
    days = holding.values(column, day=TruncDate("starts_at", tzinfo=zone))
    held: Busy = defaultdict(list)
    for pk, first, last in days.annotate(first=Min("starts_at"), last=Max("ends_at")).values_list(
        column, "first", "last"
    ):
        held[pk].append((first, last))
    return {pk: merged(spans) for pk, spans in held.items()}


def day_calendar(found: Shown, *, by: Actor, now: datetime) -> DayCalendar:
    """The first of the days as a grid of quarters of an hour."""
    by_column: dict[UUID | None, list[CalendarVisit]] = defaultdict(list)
    for visit in found.holding:
        by_column[found.column_of(visit)].append(visit)
    columns = [_column(found, pk, by_column[pk]) for pk in found.page]
    starts = list(_grid(found))
    laid = [_cells(column, starts) for column in columns]
    return DayCalendar(
        day=found.first_day,
        page=found.page,
        columns=[column.title for column in columns],
        rows=[
            Row(
                starts_at=start,
                at=f"{(wall := start.astimezone(by.zone)):%H:%M}",
                is_hour=wall.minute == 0,
                is_now=start <= now < start + STEP,
                cells=[cells[start] for cells in laid if start in cells],
            )
            for start in starts
        ],
        off=found.off,
    )


def _column(found: Shown, pk: UUID, visits: list[CalendarVisit]) -> _Column:
    if found.is_by_room:
        blocked = merged((one.starts_at, one.ends_at) for one in found.blocks.get(pk, []))
        return _Column(found.title(pk), visits, None, blocked)
    away = [(leave.starts_at, leave.ends_at) for leave in found.agenda.away.get(pk, [])]
    return _Column(found.title(pk), visits, found.agenda.opened(pk), merged(away))


def _people_there(agenda: Agenda, held: Busy, clinicians: Sequence[Membership]) -> list[UUID]:
    """Everyone who works or has a visit on the day; a colleague who left keeps a column for what is booked."""
    known = [one.pk for one in clinicians]
    there = [pk for pk in known if agenda.working.get(pk) or pk in held]
    return there + sorted(held.keys() - set(known))


def _rooms_used(agenda: Agenda, held: Busy) -> list[UUID]:
    in_use = {room.pk for room in agenda.rooms}
    return [room.pk for room in agenda.all_rooms if room.pk in in_use or room.pk in held]


def _grid(found: Shown) -> Iterator[datetime]:
    """Quarters from the first opening or visit, on a whole hour, to the last; eight to six on an empty day."""
    zone = found.agenda.zone
    first, last = day_bounds(found.first_day, zone)
    spans = [span for busy in (found.agenda.working, found.held) for pk in busy for span in busy[pk]]
    start = min((span[0] for span in spans), default=first + timedelta(hours=8))
    end = max((span[1] for span in spans), default=first + timedelta(hours=18))
    moment, stop = max(start, first), min(end, last)
    moment -= timedelta(minutes=moment.astimezone(zone).minute, seconds=moment.second)
    while moment < stop:
        yield moment
        moment += STEP


def _cells(column: _Column, starts: list[datetime]) -> dict[datetime, Cell]:
    """The column's cells by the row they begin in; rows that a visit's cell covers have none."""
    cells: dict[datetime, Cell] = {}
    for group in _groups(column.visits, starts):
        covered = [start for start in starts if start < group[-1].ends_at and group[0].starts_at < start + STEP]
        cells[covered[0]] = Cell(kind="visit", rows=len(covered), visits=tuple(group))
    covered_until = starts[0] if starts else None
    for start in starts:
        if start in cells:
            covered_until = start + STEP * cells[start].rows
        elif covered_until is None or start >= covered_until:
            cells[start] = _PLAIN[_kind(column, (start, start + STEP))]
    return cells


def _groups(visits: list[CalendarVisit], starts: list[datetime]) -> Iterator[list[CalendarVisit]]:
    """Visits that share a row share a cell."""
    group: list[CalendarVisit] = []
    for visit in visits:
        row = starts[max(bisect_right(starts, visit.starts_at) - 1, 0)] if starts else visit.starts_at
        if group and row >= group[-1].ends_at:
            yield group
            group = []
        group.append(visit)
    if group:
        yield group


def _kind(column: _Column, span: Span) -> str:
    if not is_free(column.away, span):
        return "away"
    if column.opened is not None and is_free(column.opened, span):
        return "closed"
    return "open"
