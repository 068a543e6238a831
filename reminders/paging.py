"""When an urgent report pages whom. No Django here; every instant is UTC.

Rounds of five minutes, counted from 0 at the moment the alarm began. The first person on call is paged in every round,
the second from ten minutes on, the third from twenty, and so on, until somebody takes the report. Source: domain.md §8
(page at once, again every 5 minutes, escalate at 10). An outage is made up for by the round that the clock stands at,
never by those that passed: one page a person, not one for each. An alarm that was taken and given back is in the
round it would be in anyway; the present round is paged once more, so giving back buys nobody time.
"""

from datetime import datetime, timedelta

EVERY = timedelta(minutes=5)
NEXT_PERSON_AFTER = timedelta(minutes=10)
# So long without a page that left is a fault that people must see.
UNHEARD_AFTER = timedelta(minutes=15)


def round_at(began_at: datetime, now: datetime) -> int:
    """Return the round the clock stands at; an alarm that seems to begin later (two clocks differ) is in round 0."""
    return max(0, (now - began_at) // EVERY)


def starts_at(began_at: datetime, number: int) -> datetime:
    """Return when round ``number`` (from 0) begins."""
    return began_at + number * EVERY


def due_at(began_at: datetime, rang_at: datetime, number: int) -> datetime:
    """Return when the pages of round ``number`` are due, of an alarm that rings again since ``rang_at``."""
    return max(starts_at(began_at, number), rang_at)


def people_in(number: int, on_call: int) -> int:
    """Return how many of the ``on_call`` people, from the first, are paged in round ``number``."""
    return min(on_call, 1 + (number * EVERY) // NEXT_PERSON_AFTER)


def next_page_at(began_at: datetime, place: int, now: datetime) -> datetime:
    """Return when the person at ``place`` (from 0) is paged next, counted from the round after the present one."""
    joins_in = -(-(place * NEXT_PERSON_AFTER) // EVERY)
    return starts_at(began_at, max(joins_in, round_at(began_at, now) + 1))


def is_told_again(began_at: datetime, before: datetime | None, now: datetime) -> bool:
    """Answer whether an alarm nobody hears is to be told (again): once every fifteen minutes, the first time at 15."""
    passed = (now - began_at) // UNHEARD_AFTER
    return passed >= 1 and (before is None or passed > (before - began_at) // UNHEARD_AFTER)
