"""When a patient's phone is left alone. Source: domain.md §13, 20:00-08:00 in the patient's zone. No Django here."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from common.wall_clock import instant

QUIET_FROM, QUIET_UNTIL = time(20, 0), time(8, 0)


def is_quiet(moment: datetime, zone: ZoneInfo) -> bool:
    """Whether the patient's clock shows 20:00 or later, or a time before 08:00."""
    shown = moment.astimezone(zone).time()
    return shown >= QUIET_FROM or shown < QUIET_UNTIL


def after_quiet_hours(moment: datetime, zone: ZoneInfo) -> datetime:
    """Return the moment itself, or the next 08:00 on the patient's clock when it falls into the quiet hours."""
    if not is_quiet(moment, zone):
        return moment
    local = moment.astimezone(zone)
    day = local.date() + timedelta(days=1 if local.time() >= QUIET_FROM else 0)
    return instant(day, QUIET_UNTIL, zone)
