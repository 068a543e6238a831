"""One day as a grid: a column for each clinician (or room), a row for each quarter of an hour."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.core.paginator import Page, Paginator

from accounts.actors import Actor
from accounts.models import Membership
from common.wall_clock import day_bounds
from scheduling.choices import FREE_STATUSES
from scheduling.models import Appointment
from scheduling.queries import agendas
from scheduling.queries.agendas import Agenda
from scheduling.queries.boards import visits_of_day
from scheduling.spans import Span, is_free, merged

STEP = timedelta(minutes=15)
# As many columns as are read side by side.
COLUMNS = 8


@dataclass(frozen=True, kw_only=True)
class Cell:
    """``kind`` is visit, open, closed or away; a visit's cell reaches over ``rows`` rows."""

    kind: str
    rows: int = 1
    visits: tuple[Appointment, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Row:
    starts_at: datetime
    is_hour: bool
    is_now: bool
    cells: list[Cell]


@dataclass(frozen=True, kw_only=True)
class DayCalendar:
    day: date
    page: Page
    columns: list[str]
    rows: list[Row]
    off: list[Appointment]  # cancelled and missed: they hold nothing


@dataclass(frozen=True)
class _Column:
    title: str
    visits: list[Appointment]
    opened: list[Span] | None  # None: always open
    away: list[Span]


def day_calendar(
    *,
    by: Actor,
    day: date,
    now: datetime,
    clinicians: Sequence[Membership],
    is_by_room: bool = False,
    page: int = 1,
) -> DayCalendar:
    """Five queries: the day's visits twice (for the lines, and for what they hold), hours, leave, rooms.

    The columns come in pages; whoever looks finds the own column first.
    """
    agenda = agendas.load(by=by, clinicians=clinicians, first_day=day, days=1, now=now)
    ids = _rooms_used(agenda) if is_by_room else _people_there(agenda, clinicians)
    ids.sort(key=lambda pk: pk != by.membership_id)
    turned = Paginator(ids, COLUMNS).get_page(page)
    shown = {"room_id__in" if is_by_room else "clinician_id__in": list(turned)}
    visits = list(visits_of_day(by, day).filter(**shown))
    holding = [visit for visit in visits if visit.status not in FREE_STATUSES]
    columns = _by_room(agenda, holding, turned) if is_by_room else _by_clinician(agenda, holding, clinicians, turned)
    starts = list(_grid(agenda, day))
    laid = [_cells(column, starts) for column in columns]
    return DayCalendar(
        day=day,
        page=turned,
        columns=[column.title for column in columns],
        rows=[
            Row(
                starts_at=start,
                is_hour=start.astimezone(by.zone).minute == 0,
                is_now=start <= now < start + STEP,
                cells=[cells[start] for cells in laid if start in cells],
            )
            for start in starts
        ],
        off=[visit for visit in visits if visit.status in FREE_STATUSES],
    )


def _people_there(agenda: Agenda, clinicians: Sequence[Membership]) -> list[UUID]:
    """Everyone who works or has a visit on the day; a colleague who left keeps a column for what is booked."""
    known = [one.pk for one in clinicians]
    there = [pk for pk in known if agenda.working.get(pk) or agenda.held.get(pk)]
    others = agenda.held.keys() - set(known) - {room.pk for room in agenda.all_rooms}
    return there + sorted(others)


def _rooms_used(agenda: Agenda) -> list[UUID]:
    return [room.pk for room in agenda.all_rooms if room.is_active or agenda.held.get(room.pk)]


def _by_clinician(
    agenda: Agenda, visits: list[Appointment], clinicians: Sequence[Membership], shown: Iterable[UUID]
) -> list[_Column]:
    people = {visit.clinician_id: visit.clinician for visit in visits} | {one.pk: one for one in clinicians}
    columns = []
    for pk in shown:
        own = [visit for visit in visits if visit.clinician_id == pk]
        away = [(leave.starts_at, leave.ends_at) for leave in agenda.away.get(pk, [])]
        columns.append(_Column(people[pk].user.full_name, own, agenda.opened(pk), merged(away)))
    return columns


def _by_room(agenda: Agenda, visits: list[Appointment], shown: Iterable[UUID]) -> list[_Column]:
    names = {room.pk: room.name for room in agenda.all_rooms}
    return [_Column(names[pk], [visit for visit in visits if visit.room_id == pk], None, []) for pk in shown]


def _grid(agenda: Agenda, day: date) -> Iterator[datetime]:
    """Quarters from the first opening or visit, on a whole hour, to the last; eight to six on an empty day."""
    first, last = day_bounds(day, agenda.zone)
    spans = [span for found in (agenda.working, agenda.held) for pk in found for span in found[pk]]
    start = min((span[0] for span in spans), default=first + timedelta(hours=8))
    end = max((span[1] for span in spans), default=first + timedelta(hours=18))
    moment, stop = max(start, first), min(end, last)
    moment -= timedelta(minutes=moment.astimezone(agenda.zone).minute, seconds=moment.second)
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
            cells[start] = Cell(kind=_kind(column, (start, start + STEP)))
    return cells


def _groups(visits: list[Appointment], starts: list[datetime]) -> Iterator[list[Appointment]]:
    """Visits that share a row share a cell."""
    group: list[Appointment] = []
    for visit in visits:
        row = max((start for start in starts if start <= visit.starts_at), default=visit.starts_at)
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
