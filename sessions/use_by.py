"""How long opened things may be used. Pure; every number comes from the clinic's stock rules (domain.md §4)."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from common.wall_clock import day_bounds


def discard_at(
    opened_at: datetime, *, is_single_dose: bool, hours_once_opened: int | None, multi_dose_days: int
) -> datetime | None:
    """When an opened container is no longer used; None where no rule says so.

    The product's own hours come first. Without them a multi-dose container has the clinic's days (28 by default); a
    single-dose one has no span of its own, because it serves one patient and no other.
    """
    if hours_once_opened is not None:
        return opened_at + timedelta(hours=hours_once_opened)
    return None if is_single_dose else opened_at + timedelta(days=multi_dose_days)


def beyond_use_at(
    made_at: datetime, *, hours: int, containers: Iterable[datetime | None], use_by: Iterable[date], zone: ZoneInfo
) -> datetime:
    """When a preparation is no longer used: after so many hours, or with the first thing it was drawn from that ends
    before, a container or the lot it is of.

    ``containers``: when each container is to be discarded. ``use_by``: the last day of each lot, in ``zone``.
    """
    lots = [last_minute(day, zone) for day in use_by]
    return min([made_at + timedelta(hours=hours), *lots, *(end for end in containers if end is not None)])


def last_minute(day: date, zone: ZoneInfo) -> datetime:
    """The last minute a clock in ``zone`` shows on that day."""
    return day_bounds(day, zone)[1] - timedelta(minutes=1)
