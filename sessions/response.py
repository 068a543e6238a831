"""What the injections did on the table: before, after each cycle, at the end. Pure arithmetic, no Django here.

Scores are NRS 0-10, whole numbers, 10 is the worst pain. Definitions are domain.md §10 ([DEF]: standard, to be signed
off by a clinician): before − after and 100 × (before − after) ÷ before, of one question at one place, the score after
within 30 minutes of the last injection; nothing from a score of 0; a score before below 4 has little room to fall;
every re-injection cycle is kept and the last one counts.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from enum import Enum

# domain.md §10: a later score no longer tells what the injection did on the table.
WITHIN_MINUTES = 30
# domain.md §10: below this score before, the fall is bounded by the floor of the scale.
FLOOR_BELOW = 4
# How many cycles a record holds: a bound of the product, not a clinical figure.
MAX_CYCLES = 10


def relief_percent(before: int | None, after: int | None) -> float | None:
    """100 × (before − after) ÷ before, below zero where pain rose; None, never a made-up 0, without a score or from 0
    (V05).

    >>> relief_percent(8, 2), relief_percent(4, 6), relief_percent(0, 0)
    (75.0, -50.0, None)
    """
    if not before or after is None:
        return None
    return 100 * (before - after) / before


def whole_percent(percent: float) -> int:
    """As it is said everywhere: a half is rounded away from nothing, as a calculator and a clinician do.

    >>> whole_percent(12.5), whole_percent(-12.5), whole_percent(100 / 3)
    (13, -13, 33)
    """
    return int(Decimal(percent).quantize(Decimal(1), ROUND_HALF_UP))


class Undefined(Enum):
    """Why there is no percentage."""

    NO_BEFORE = "no_before"
    NO_AFTER = "no_after"
    FROM_ZERO = "from_zero"
    TOO_LATE = "too_late"
    UNKNOWN_TIME = "unknown_time"


@dataclass(frozen=True)
class Asked:
    """One score after the injections of ``cycle`` (from 1)."""

    cycle: int
    score: int
    at: datetime


@dataclass(frozen=True)
class Cycle:
    """One cycle: ``before`` is the score before the first, then the last one known; ``minutes`` since its last
    injection, None where nobody wrote down when that was. ``at_most``: since the last thing known to come before it."""

    number: int
    before: int | None
    after: int
    minutes: int | None
    at_most: int | None = None

    @property
    def is_in_time(self) -> bool | None:
        """Asked within 30 minutes of its last injection; None where nobody can tell."""
        if self.minutes is not None:
            return self.minutes <= WITHIN_MINUTES
        return True if self.at_most is not None and self.at_most <= WITHIN_MINUTES else None


@dataclass(frozen=True)
class Response:
    """What was asked of one question at one place, in order; the last cycle is the result."""

    before: int | None
    cycles: tuple[Cycle, ...]

    @property
    def after(self) -> int | None:
        return self.cycles[-1].after if self.cycles else None

    @property
    def minutes(self) -> int | None:
        return self.cycles[-1].minutes if self.cycles else None

    @property
    def fall(self) -> int | None:
        """Points fallen, below zero where pain rose."""
        return None if self.before is None or self.after is None else self.before - self.after

    @property
    def is_floor(self) -> bool:
        """Little pain before: a full relief would still be a small fall."""
        return self.before is not None and self.before < FLOOR_BELOW

    @property
    def undefined(self) -> Undefined | None:
        """Why no percentage is defined; None where one is (V05)."""
        if self.before is None:
            return Undefined.NO_BEFORE
        if self.after is None:
            return Undefined.NO_AFTER
        if self.before == 0:
            return Undefined.FROM_ZERO
        is_in_time = self.cycles[-1].is_in_time
        if is_in_time is None:
            return Undefined.UNKNOWN_TIME
        return None if is_in_time else Undefined.TOO_LATE

    @property
    def percent(self) -> float | None:
        """Relief in percent of the pain before; below zero where pain rose; None where it is not defined."""
        return None if self.undefined else relief_percent(self.before, self.after)

    @property
    def whole_percent(self) -> int | None:
        """The same as it is said."""
        return None if self.percent is None else whole_percent(self.percent)


def minutes_since(injected_at: datetime | None, asked_at: datetime) -> int | None:
    """Whole minutes from the last injection of a cycle to a score; None when the first is not known.

    >>> from datetime import UTC
    >>> minutes_since(datetime(2026, 3, 2, 10, 0, tzinfo=UTC), datetime(2026, 3, 2, 10, 4, 59, tzinfo=UTC))
    4
    """
    return None if injected_at is None else (asked_at - injected_at) // timedelta(minutes=1)


def response(
    before: int | None,
    asked: Iterable[Asked],
    injected_at: Sequence[datetime | None] | None = None,
    *,
    since: datetime | None = None,
) -> Response:
    """Put the scores of one question at one place together; ``injected_at`` holds the last injection of each cycle.

    ``since``: the first injection, or when the session began. A cycle whose last injection nobody wrote down had it
    after that, and after those of the cycles before: what was asked soon after these was asked soon enough.

    >>> from datetime import UTC
    >>> at = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
    >>> found = response(8, [Asked(2, 2, at), Asked(1, 5, at)], since=at)
    >>> [(cycle.before, cycle.after) for cycle in found.cycles], found.percent
    ([(8, 5), (5, 2)], 75.0)
    """
    times = injected_at or ()
    cycles: list[Cycle] = []
    last = before
    for one in sorted(asked, key=lambda one: one.cycle):
        time = times[one.cycle - 1] if one.cycle <= len(times) else None
        known = max((at for at in (since, *times[: one.cycle - 1]) if at is not None), default=None)
        cycles.append(Cycle(one.cycle, last, one.score, minutes_since(time, one.at), minutes_since(known, one.at)))
        last = one.score
    return Response(before, tuple(cycles))
