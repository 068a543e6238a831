"""Between what a clock on the wall shows and an instant, in any IANA zone. No Django here."""

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo


class ClockChange(NamedTuple):
    """When a clock would show ``at``, it is put to ``to``: forward, or back."""

    at: time
    to: time
    is_forward: bool


@lru_cache(maxsize=8192)  # a search asks for the same few hours of each day for every clinician
def instant(day: date, at: time, zone: ZoneInfo) -> datetime:
    """Return the instant (in UTC) at which a clock in ``zone`` shows ``at`` on ``day``.

    A time the clock shows twice means its first showing. A time it skips means the moment it jumped.
    """
    wall = datetime.combine(day, at.replace(fold=0), tzinfo=zone)
    found = wall.astimezone(UTC)
    if _shows(found, wall, zone):
        return found
    return _jump_between(wall.replace(fold=1).astimezone(UTC), found, zone)


def is_shown(day: date, at: time, zone: ZoneInfo) -> bool:
    """Whether a clock in ``zone`` shows this time at all on that day."""
    wall = datetime.combine(day, at.replace(fold=0), tzinfo=zone)
    return _shows(wall.astimezone(UTC), wall, zone)


def is_shown_twice(moment: datetime, zone: ZoneInfo) -> bool:
    """Whether the clock in ``zone`` shows the time of this instant twice on its day."""
    wall = moment.astimezone(zone)
    return wall.replace(fold=0).utcoffset() > wall.replace(fold=1).utcoffset()  # type: ignore[operator]


def local_day(moment: datetime, zone: ZoneInfo) -> date:
    return moment.astimezone(zone).date()


def day_bounds(day: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """The first instant of the local day and the first of the next: 23, 24 or 25 hours apart, or half an hour less."""
    return instant(day, time.min, zone), instant(day + timedelta(days=1), time.min, zone)


def ends_after(start: time, end: time) -> bool:
    """Whether hours of one day may run between the two; 00:00 as the end is midnight at the end of the day."""
    return end == time.min or end > start


def hours_of_day(day: date, start: time, end: time, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """Hours as people read them off the wall; on a day the clock jumps they may be shorter or longer.

    00:00 as the end is midnight at the end of the day, wherever the clock is put forward or back.
    """
    return instant(day, start, zone), day_bounds(day, zone)[1] if end == time.min else instant(day, end, zone)


def clock_change(day: date, zone: ZoneInfo) -> ClockChange | None:
    """How the clock in ``zone`` is changed on that day, the midnight at its beginning included; None on most days."""
    before = datetime.combine(day - timedelta(days=1), time(23, 59, 59), tzinfo=zone).replace(fold=1).astimezone(UTC)
    end = day_bounds(day, zone)[1] - timedelta(seconds=1)
    was, now = before.astimezone(zone).utcoffset(), end.astimezone(zone).utcoffset()
    if was is None or now is None or was == now or abs(now - was) >= timedelta(days=1):
        return None  # a country that changes its date changes no clock
    jump = _jump_between(before, end, zone).replace(tzinfo=None)
    return ClockChange((jump + was).time(), (jump + now).time(), is_forward=now > was)


def _shows(moment: datetime, wall: datetime, zone: ZoneInfo) -> bool:
    return moment.astimezone(zone).replace(tzinfo=None, fold=0) == wall.replace(tzinfo=None, fold=0)


def _jump_between(before: datetime, after: datetime, zone: ZoneInfo) -> datetime:
    """The whole second at which the offset changes, found by halving."""
    offset = before.astimezone(zone).utcoffset()
    while after - before > timedelta(seconds=1):
        middle = (before + (after - before) / 2).replace(microsecond=0)
        if middle.astimezone(zone).utcoffset() == offset:
            before = middle
        else:
            after = middle
    return after.replace(microsecond=0)
