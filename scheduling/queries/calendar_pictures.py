"""The calendar as its picture reads it: visits and shaded times by the clinic's wall clock, as JSON can carry them."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta
from math import ceil
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from common.wall_clock import day_bounds
from scheduling.choices import MOVABLE_STATUSES
from scheduling.queries.calendar_visits import CalendarVisit
from scheduling.queries.calendars import Shown
from scheduling.spans import Span, merged, without

# What is drawn on a day without hours and visits.
_USUAL_HOURS = (8, 18)


def picture(found: Shown, *, zone: ZoneInfo, may_move: bool) -> dict[str, Any]:
    """Columns, visits, held and shaded times. Times are ``YYYY-MM-DDTHH:MM`` as the clinic's clock shows them.

    Of a patient the name alone; no clinical detail. ``hours`` are the first and last whole hour to draw.
    """
    opens, closes = _hours(found, zone)
    return {
        "first_day": found.first_day.isoformat(),
        "days": found.days,
        "hours": [opens, closes],
        "quiet_weekdays": _quiet_weekdays(found, zone),
        "columns": [{"id": str(pk), "title": found.title(pk)} for pk in found.page],
        "visits": [visit_facts(one, is_by_room=found.is_by_room, may_move=may_move) for one in found.holding],
        "held": [
            {
                "column": str(found.column_of(one)),
                "start": _clock(one.starts),
                "end": _clock(one.starts + (one.ends_at - one.starts_at)),
                "word": one.words,
            }
            for one in found.held_times
        ],
        "shades": [shade for pk in found.page for shade in _shades(found, pk, zone, (opens, closes))],
    }


def visit_facts(visit: CalendarVisit, *, is_by_room: bool, may_move: bool) -> dict[str, Any]:
    """What the picture says about one visit. Its drawn end is as far from its start as the real one."""
    column = visit.room_id if is_by_room else visit.clinician_id
    return {
        "id": str(visit.pk),
        "column": str(column or ""),
        "start": _clock(visit.starts),
        "end": _clock(visit.starts + (visit.ends_at - visit.starts_at)),
        "name": visit.name,
        "type": visit.type,
        "status": visit.status,
        "where": visit.clinician if is_by_room else visit.room,
        "turnover": visit.turnover_minutes,
        "doubled": visit.is_doubled,
        "version": visit.version,
        "moves": may_move and visit.status in MOVABLE_STATUSES,
    }


def _clock(wall: datetime) -> str:
    return wall.isoformat(timespec="minutes")


def _hours(found: Shown, zone: ZoneInfo) -> tuple[int, int]:
    """The whole hours that hold every opening and every visit of every column of the days."""
    spans = [span for busy in (found.agenda.working, found.held) for pk in busy for span in busy[pk]]
    opens, closes = 24.0, 0.0
    for day, (start, end) in _by_day(spans, found, zone):
        wall, length = start.astimezone(zone), end - start
        from_hour = wall.hour + wall.minute / 60
        until = _on_day(end, day, zone) - datetime.combine(day, time.min)
        opens = min(opens, from_hour)
        # Where the clock is changed in between the two differ: the hours by the wall, a visit by its length.
        closes = max(closes, from_hour + length / timedelta(hours=1), until / timedelta(hours=1))
    return (int(opens), min(ceil(closes), 24)) if opens < closes else _USUAL_HOURS


def _by_day(spans: Iterable[Span], found: Shown, zone: ZoneInfo) -> Iterator[tuple[date, Span]]:
    """The part of each span on each day shown that it touches: hours until midnight and those after it are one span."""
    days = [found.first_day + timedelta(days=offset) for offset in range(found.days)]
    bounds = [(day, day_bounds(day, zone)) for day in days]
    for span in spans:
        for day, (first, last) in bounds:
            if span[0] < last and first < span[1]:
                yield day, _inside(span, (first, last))


def _quiet_weekdays(found: Shown, zone: ZoneInfo) -> list[int]:
    """Days of a week (0 is Monday) on which nobody shown works or has a visit; a week is not all quiet."""
    if found.days == 1:
        return []
    shown = [span for pk in found.page for busy in (found.agenda.working, found.held) for span in busy.get(pk, [])]
    busy = {day.weekday() for day, _span in _by_day(shown, found, zone)}
    return [weekday for weekday in range(7) if weekday not in busy] if busy else []


def _shades(found: Shown, pk: UUID, zone: ZoneInfo, hours: tuple[int, int]) -> Iterator[dict[str, str]]:
    """When a clinician does not work (``closed``), is on leave (``away``), or the whole clinic is closed."""
    away = [] if found.is_by_room else merged((one.starts_at, one.ends_at) for one in found.agenda.away.get(pk, []))
    closures = [((one.starts_at, one.ends_at), one.name) for one in found.agenda.closures]
    for offset in range(found.days):
        day = found.first_day + timedelta(days=offset)
        bounds = day_bounds(day, zone)
        if not found.is_by_room:
            known = [*found.agenda.working.get(pk, []), *away, *found.agenda.closed]
            for span in without([bounds], known):
                yield from _shade(pk, "closed", "", span, day, zone, hours)
            for leave in without(away, found.agenda.closed):
                yield from _shade(pk, "away", "", _inside(leave, bounds), day, zone, hours)
        for block in found.blocks.get(pk, []):
            yield from _shade(
                pk, "closure", block.reason, _inside((block.starts_at, block.ends_at), bounds), day, zone, hours
            )
        for closure, name in closures:
            yield from _shade(pk, "closure", name, _inside(closure, bounds), day, zone, hours)


def _inside(span: Span, bounds: Span) -> Span:
    """The part of the span that lies in the bounds; ends before it starts when there is none."""
    return max(span[0], bounds[0]), min(span[1], bounds[1])


def _shade(
    pk: UUID, kind: str, word: str, span: Span, day: date, zone: ZoneInfo, hours: tuple[int, int]
) -> Iterator[dict[str, str]]:
    """The part of the span inside the hours drawn."""
    if span[0] >= span[1]:
        return
    midnight = datetime.combine(day, time.min)
    start, end = (_on_day(moment, day, zone) for moment in span)
    start = max(start, midnight + timedelta(hours=hours[0]))
    end = min(end, midnight + timedelta(hours=hours[1]))
    if start < end:
        yield {"column": str(pk), "kind": kind, "word": word, "start": _clock(start), "end": _clock(end)}


def _on_day(moment: datetime, day: date, zone: ZoneInfo) -> datetime:
    """The wall clock at the moment, up to midnight at the end of the day."""
    return min(moment.astimezone(zone).replace(tzinfo=None), datetime.combine(day + timedelta(days=1), time.min))
