"""When a message may leave. No Django here; every instant is UTC, every wall clock is the patient's.

Source of the numbers: domain.md §6 (the ladder) and §13 (quiet hours 20:00-08:00), product decisions; the reminder at
ten on the day before a visit is a product decision too.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from common.wall_clock import instant
from patients.quiet_hours import QUIET_UNTIL, after_quiet_hours

REMINDER_TIME = time(10, 0)
BACKOFF_MINUTES = (1, 5, 15, 60)
MAX_ATTEMPTS = 8
JITTER = 0.2
LAST_STEP_LASTS = timedelta(days=3)


@dataclass(frozen=True)
class Rung:
    """One step of the ladder: some hours after the treatment ended, or a wall-clock time some days later."""

    step: str
    hours: int | None = None
    days: int | None = None
    at: time | None = None


def due_at(rung: Rung, ended_at: datetime, zone: ZoneInfo) -> datetime:
    """Return the instant a step is owed, moved out of the quiet hours. Days count on the patient's calendar."""
    if rung.hours is not None:
        return after_quiet_hours(ended_at + timedelta(hours=rung.hours), zone)
    day = ended_at.astimezone(zone).date() + timedelta(days=rung.days or 0)
    return after_quiet_hours(instant(day, rung.at or QUIET_UNTIL, zone), zone)


def expires_at(rung: Rung, ladder: Sequence[Rung], ended_at: datetime, zone: ZoneInfo) -> datetime:
    """Return the instant from which a step is no longer useful: the next one is owed, or three days are gone."""
    own = due_at(rung, ended_at, zone)
    later = [due for due in (due_at(other, ended_at, zone) for other in ladder) if due > own]
    return min(later, default=own + LAST_STEP_LASTS)


def reminder_at(starts_at: datetime, zone: ZoneInfo) -> datetime:
    """Return ten o'clock on the day before the visit, by the patient's calendar and clock."""
    return instant(starts_at.astimezone(zone).date() - timedelta(days=1), REMINDER_TIME, zone)


def backoff(attempts: int, *, jitter: float) -> timedelta:
    """Return the wait after the given number of attempts (from 1): 1, 5, 15, then 60 minutes, up to 20 % more.

    ``jitter`` is a random number in [0, 1).
    """
    minutes = BACKOFF_MINUTES[min(max(attempts, 1), len(BACKOFF_MINUTES)) - 1]
    return timedelta(minutes=minutes * (1 + JITTER * jitter))
