"""Local anaesthetic: the largest dose that every configured source allows.

Figures are adult infiltration maximums from `catalogue/data/local_anaesthetic_maximums.json`, with the
sources named there. The sources disagree, so the lowest counts. A clinic may add its own, lower figures.
"""

from collections.abc import Iterable
from decimal import Decimal
from typing import Protocol


class DoseLimit(Protocol):
    @property
    def mg_per_kg(self) -> Decimal: ...

    @property
    def max_mg(self) -> Decimal | None: ...


class NoDoseLimitError(LookupError):
    """No figure is configured for this anaesthetic: it may not be given as if there were none to keep."""


def lowest_maximum_mg(limits: Iterable[DoseLimit], *, weight_kg: Decimal) -> Decimal:
    """The maximum dose in mg at `weight_kg` (use ideal body weight in obesity).

    The smallest of every mg/kg figure times the weight and every ceiling in mg.
    Raises NoDoseLimitError when there is no figure, ValueError when the weight is not positive.
    """
    if weight_kg <= 0:
        raise ValueError("The weight must be positive.")
    rows = list(limits)
    figures = [limit.mg_per_kg * weight_kg for limit in rows]
    figures += [limit.max_mg for limit in rows if limit.max_mg is not None]
    if not figures:
        raise NoDoseLimitError("No maximum dose is configured.")
    return min(figures)


def lowest_mg_per_kg(limits: Iterable[DoseLimit]) -> Decimal:
    """The smallest mg/kg figure on file. Raises NoDoseLimitError when there is none."""
    figures = [limit.mg_per_kg for limit in limits]
    if not figures:
        raise NoDoseLimitError("No maximum dose is configured.")
    return min(figures)
