"""Some days of the clinic in columns, one for each clinician or room: as a grid to read, as a picture to drag in."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.core.paginator import Page, Paginator

from accounts.actors import Actor
from accounts.models import Membership
from common.wall_clock import day_bounds
from scheduling.choices import FREE_STATUSES
from scheduling.models import Appointment
from scheduling.models.appointments import AppointmentQuerySet
from scheduling.queries import agendas
from scheduling.queries.agendas import Agenda
from scheduling.spans import Span, is_free, merged

STEP = timedelta(minutes=15)
# As many columns as are read side by side, on one day and in a week of days.
COLUMNS = 8
WEEK_COLUMNS = 3


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


@dataclass(frozen=True, kw_only=True)
class Shown:
    """A page of columns (by the id of a clinician or a room), and the visits of the days in them, all statuses."""

    first_day: date
    days: int
    is_by_room: bool
    agenda: Agenda
    page: Page
    names: dict[UUID, str]
    visits: list[Appointment]

    def title(self, pk: UUID) -> str:
        return self.names.get(pk, "–")

    def column_of(self, visit: Appointment) -> UUID | None:
        return visit.room_id if self.is_by_room else visit.clinician_id


def visits_between(by: Actor, start: datetime, end: datetime) -> AppointmentQuerySet:
    """The visits that touch ``[start, end)`` in order, with the few words a calendar says about one."""
    visits = Appointment.objects.visible_to(by).between(start, end)
    with_words = visits.select_related("patient", "clinician__user", "room", "visit_type")
    left_out = ("patient__given_names", "patient__family_name", "clinician__user__full_name", "room__name")
    own = (
        "clinic",
        "patient",
        "clinician",
        "room",
        "visit_type",
        "starts_at",
        "ends_at",
        "status",
        "version",
        "doubled",
    )
    of_type = ("visit_type__name", "visit_type__turnover_minutes")
    return with_words.only(*own, *left_out, *of_type).order_by("starts_at", "id")


def shown(
    *,
    by: Actor,
    first_day: date,
    days: int,
    now: datetime,
    clinicians: Sequence[Membership],
    is_by_room: bool = False,
    page: int = 1,
    only: UUID | None = None,
) -> Shown:
    """Seven queries: the days' visits, and the six of an agenda.

    The columns come in pages; whoever looks finds the own column first. ``only`` shows one column alone.
    """
    agenda = agendas.load(by=by, clinicians=clinicians, first_day=first_day, days=days, now=now)
    ids = _rooms_used(agenda) if is_by_room else _people_there(agenda, clinicians)
    ids.sort(key=lambda pk: pk != by.membership_id)
    names = {room.pk: room.name for room in agenda.all_rooms} | {one.pk: one.user.full_name for one in clinicians}
    if only is not None:
        ids = [only] if only in names else []
    turned = Paginator(ids, COLUMNS if days == 1 else WEEK_COLUMNS).get_page(page)
    start = day_bounds(first_day, by.zone)[0]
    end = day_bounds(first_day + timedelta(days=days - 1), by.zone)[1]
    in_columns = {"room_id__in" if is_by_room else "clinician_id__in": list(turned)}
    visits = list(visits_between(by, start, end).filter(**in_columns))
    names |= {visit.clinician_id: visit.clinician.user.full_name for visit in visits}
    return Shown(
        first_day=first_day,
        days=days,
        is_by_room=is_by_room,
        agenda=agenda,
        page=turned,
        names=names,
        visits=visits,
    )


def day_calendar(found: Shown, *, by: Actor, now: datetime) -> DayCalendar:
    """The first of the days as a grid of quarters of an hour."""
    agenda, day = found.agenda, found.first_day
    holding = [visit for visit in found.visits if visit.status not in FREE_STATUSES]
    columns = [_column(found, pk, [visit for visit in holding if found.column_of(visit) == pk]) for pk in found.page]
    starts = list(_grid(agenda, day))
    laid = [_cells(column, starts) for column in columns]
    return DayCalendar(
        day=day,
        page=found.page,
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
        off=[visit for visit in found.visits if visit.status in FREE_STATUSES],
    )


def _column(found: Shown, pk: UUID, visits: list[Appointment]) -> _Column:
    if found.is_by_room:
        return _Column(found.title(pk), visits, None, [])
    away = [(leave.starts_at, leave.ends_at) for leave in found.agenda.away.get(pk, [])]
    return _Column(found.title(pk), visits, found.agenda.opened(pk), merged(away))


def _people_there(agenda: Agenda, clinicians: Sequence[Membership]) -> list[UUID]:
    """Everyone who works or has a visit on the day; a colleague who left keeps a column for what is booked."""
    known = [one.pk for one in clinicians]
    there = [pk for pk in known if agenda.working.get(pk) or agenda.held.get(pk)]
    others = agenda.held.keys() - set(known) - {room.pk for room in agenda.all_rooms}
    return there + sorted(others)


def _rooms_used(agenda: Agenda) -> list[UUID]:
    return [room.pk for room in agenda.all_rooms if room.is_active or agenda.held.get(room.pk)]


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
