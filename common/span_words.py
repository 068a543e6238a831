"""A span of time in words: whole days by their last day, as people say it, although it is stored half-open."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.utils.formats import date_format
from django.utils.translation import gettext

from common.wall_clock import day_bounds, local_day

_DAY, _TIME = "j M Y", "H:i"


def end_words(ends_at: datetime, zone: ZoneInfo) -> str:
    """The last day where a span ends with it, else the day and the time."""
    last = local_day(ends_at - timedelta(microseconds=1), zone)
    if day_bounds(last, zone)[1] == ends_at:
        return date_format(last, _DAY)
    return date_format(ends_at.astimezone(zone), f"{_DAY} {_TIME}")


def span_words(starts_at: datetime, ends_at: datetime, zone: ZoneInfo) -> str:
    """“12 Sep 2026”, “12 Sep 2026 – 13 Sep 2026”, “12 Sep 2026 12:00–14:00”, or both ends with their times."""
    first = local_day(starts_at, zone)
    last = local_day(ends_at - timedelta(microseconds=1), zone)
    day = date_format(first, _DAY)
    begins, ends = day_bounds(first, zone)[0] == starts_at, day_bounds(last, zone)[1] == ends_at
    if begins and ends:
        return day if first == last else f"{day} – {date_format(last, _DAY)}"
    start = date_format(starts_at.astimezone(zone), _TIME)
    end = "24:00" if ends else date_format(ends_at.astimezone(zone), _TIME)
    return f"{day} {start}–{end}" if first == last else f"{day} {start} – {date_format(last, _DAY)} {end}"


def hours_words(start: time, end: time) -> str:
    """“08:00–17:00”, or “18:00 until midnight”: 00:00 as the end is the end of the day."""
    if end == time.min:
        return gettext("%(start)s until midnight") % {"start": f"{start:%H:%M}"}
    return f"{start:%H:%M}–{end:%H:%M}"


def clock_words(starts_at: datetime, ends_at: datetime, zone: ZoneInfo) -> str:
    """Hours of one local day as ``hours_words`` says them."""
    is_to_midnight = day_bounds(local_day(starts_at, zone), zone)[1] == ends_at
    return hours_words(
        starts_at.astimezone(zone).time(), time.min if is_to_midnight else ends_at.astimezone(zone).time()
    )
