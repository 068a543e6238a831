"""What a table leaves unsaid, and what all its rows together tell of one."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Habits:
    """What the table leaves unsaid: the clinic's zone, language, country and order of dates.

    ``are_years_short``: somebody has said that a year of two digits is the latest one that has come.
    """

    zone: str
    language: str
    region: str | None
    is_month_first: bool
    today: date
    are_years_short: bool = False


@dataclass(frozen=True)
class Told:
    """What all rows together tell of one: ``other_order`` is the first row whose date has day and month the other way
    round than was said."""

    other_order: int | None = None
    is_hombre_o_mujer: bool = False
