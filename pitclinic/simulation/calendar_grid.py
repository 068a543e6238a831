"""The calendar as a grid of days, clinicians and slots of 40 minutes. A slot is handed out once, so nothing overlaps.

A day has 14 slots: 08:00 to 12:40 and 13:20 to 18:00 by the clinic's wall clock. A visit with a turnover of up to ten
minutes fits one slot; a first visit takes two neighbours.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

SLOT_MINUTES = 40
SLOTS = 14
MORNING = (time(8, 0), time(12, 40))
AFTERNOON = (time(13, 20), time(18, 0))
STARTS = tuple(8 * 60 + SLOT_MINUTES * n if n < 7 else 13 * 60 + 20 + SLOT_MINUTES * (n - 7) for n in range(SLOTS))
_ALL = (1 << SLOTS) - 1
# Slot 6 is the last before lunch: it has no neighbour on the other side.
_HAS_NEIGHBOUR = _ALL ^ (1 << 6) ^ (1 << (SLOTS - 1))
SEARCH_DAYS = 90


@dataclass(frozen=True)
class Slot:
    """A promise: day (index), clinician (index) and the time it begins, in seconds since 1970."""

    day: int
    clinician: int
    number: int
    starts: int


class Grid:
    """Days from ``first`` on. ``today`` is open even on a weekend, because the clinic shown there must be at work."""

    def __init__(self, *, first: date, days: int, clinicians: int, zone: ZoneInfo, today: date) -> None:
        self.first, self.days, self.clinicians = first, days, clinicians
        self.today = (today - first).days
        self.zone = zone
        self.midnights = [self._midnight(first + timedelta(n)) for n in range(days)]
        self.is_open = [(first + timedelta(n)).weekday() < 5 or n == self.today for n in range(days)]
        self._free = [_ALL if self.is_open[n // clinicians] else 0 for n in range(days * clinicians)]
        self._left = [SLOTS * clinicians if is_open else 0 for is_open in self.is_open]

    def _midnight(self, day: date) -> int:
        # Working hours never touch the night in which a clock changes: noon's offset holds for them.
        noon = datetime.combine(day, time(12), tzinfo=self.zone)
        return int(noon.timestamp()) - 12 * 3600

    def day_of(self, day: date) -> int:
        return (day - self.first).days

    def date_of(self, day: int) -> date:
        return self.first + timedelta(day)

    @property
    def capacity_of_a_day(self) -> int:
        return SLOTS * self.clinicians

    def at(self, day: int, minutes: int) -> int:
        """Seconds since 1970 of a wall-clock time on a day of the grid or after it."""
        if 0 <= day < self.days:
            return self.midnights[day] + minutes * 60
        return self._midnight(self.first + timedelta(day)) + minutes * 60

    def now_as_day(self, now: datetime) -> int:
        return self.day_of(now.astimezone(self.zone).date())

    def take(self, rng: Random, *, day: int, clinician: int, slots: int = 1, until: int | None = None) -> Slot | None:
        """Take the first free place on ``day`` or later, with the clinician wanted or, that day, any other."""
        last = min(day + SEARCH_DAYS if until is None else until, self.days - 1)
        for current in range(max(day, 0), last + 1):
            if self._left[current] >= slots:
                found = self._on_day(rng, current, clinician, slots)
                if found is not None:
                    return found
        return None

    def _on_day(self, rng: Random, day: int, clinician: int, slots: int) -> Slot | None:
        for step in range(self.clinicians):
            who = (clinician + step) % self.clinicians
            fitting = self._fitting(day, who, slots)
            if fitting:
                return self._mark(day, who, _some_bit(rng, fitting), slots)
        return None

    def _fitting(self, day: int, clinician: int, slots: int) -> int:
        free = self._free[day * self.clinicians + clinician]
        return free if slots == 1 else free & (free >> 1) & _HAS_NEIGHBOUR

    def _mark(self, day: int, clinician: int, number: int, slots: int) -> Slot:
        self._free[day * self.clinicians + clinician] &= ~(((1 << slots) - 1) << number)
        self._left[day] -= slots
        return Slot(day, clinician, number, self.midnights[day] + STARTS[number] * 60)

    def free_on(self, day: int) -> int:
        return self._left[day]

    def free_slots(self, day: int) -> Iterator[tuple[int, int]]:
        """``(clinician, slot number)`` of every free slot of a day."""
        for clinician in range(self.clinicians):
            free = self._free[day * self.clinicians + clinician]
            yield from ((clinician, number) for number in range(SLOTS) if free & (1 << number))

    def take_exactly(self, day: int, clinician: int, number: int) -> Slot:
        return self._mark(day, clinician, number, 1)


def _some_bit(rng: Random, mask: int) -> int:
    """One of the set bits, the nearest at or after a random place."""
    start = int(rng.random() * SLOTS)
    high = mask >> start
    if high:
        return start + (high & -high).bit_length() - 1
    return (mask & -mask).bit_length() - 1


def iso(seconds: int) -> str:
    """``2026-11-22T09:30:00+00:00``."""
    return datetime.fromtimestamp(seconds, UTC).isoformat()
