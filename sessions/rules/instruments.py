"""V01, V02, V28: is a number told on a scale one that the scale has? Exact decimals, no Django, no rows.

Ranges are the catalogue's (``catalogue/data/instrument_scales.json``): the pain number is 0 to 10, the pain line 0 to
100 in millimetres, a questionnaire has a least number of answered items below which it has no score (domain.md §7,
§11). The page of a course's measures records both (``forms/measures.py``); the database holds them as well.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

LINE_UNIT = "mm"


class ScaleError(ValueError):
    """The number is not on its scale; the text says why."""


@dataclass(frozen=True)
class Scale:
    """The range of a score or of one item, and the unit that is stored beside it."""

    low: Decimal
    high: Decimal
    unit: str = "points"


PAIN_NUMBER = Scale(Decimal(0), Decimal(10))
PAIN_LINE = Scale(Decimal(0), Decimal(100), LINE_UNIT)


@dataclass(frozen=True)
class Measured:
    value: Decimal
    unit: str


def pain_number(score: Decimal, *, half_points: bool = False) -> Measured:
    """V01: a whole number from 0 to 10; half points only where the clinic enables them. Raises ``ScaleError``."""
    step = Decimal("0.5") if half_points else Decimal(1)
    if score % step:
        raise ScaleError("The pain number is a whole number.")
    return measure(score, PAIN_NUMBER, unit=PAIN_NUMBER.unit)


def pain_line(length: Decimal, *, unit: str) -> Measured:
    """V02: 0 to 100 mm, and the unit says millimetres. Raises ``ScaleError``."""
    return measure(length, PAIN_LINE, unit=unit)


def measure(value: Decimal, scale: Scale, *, unit: str) -> Measured:
    """The value with its unit. Raises ``ScaleError`` for another unit and outside the scale."""
    if unit != scale.unit:
        raise ScaleError(f"The unit is {scale.unit}.")
    if not scale.low <= value <= scale.high:
        raise ScaleError(f"The value lies between {scale.low} and {scale.high}.")
    return Measured(value, unit)


def answered(items: Sequence[Decimal | None], scale: Scale, *, at_least: int) -> list[Decimal] | None:
    """V28: the items that were answered, or None when too few were for a score. Raises ``ScaleError`` out of range."""
    told = [item for item in items if item is not None]
    for item in told:
        measure(item, scale, unit=scale.unit)
    return told if len(told) >= at_least else None
