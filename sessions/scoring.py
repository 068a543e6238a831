"""From the answers of a questionnaire to its score. Exact decimals, no Django here.

Ranges, numbers of items and least numbers of answers are the catalogue's (domain.md §7 with its sources); the range of
one item follows from the range of the score and its formula. Where the catalogue gives no least number, every item has
to be answered. Formulas that need a table, or a version of the instrument, are not worked out here.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from sessions.rules.instruments import Scale, answered

RAW, MEAN, MEAN_TO_100, SUM_IMPUTE_ONE = "raw", "mean", "mean_minus_one_times_25", "sum_impute_one"
FORMULAS = (RAW, MEAN, MEAN_TO_100, SUM_IMPUTE_ONE)
_CENT = Decimal("0.01")


@dataclass(frozen=True, kw_only=True)
class Questionnaire:
    """``low`` and ``high`` bound the score; ``min_answered`` None: every one of ``item_count`` items."""

    formula: str
    low: Decimal
    high: Decimal
    item_count: int
    min_answered: int | None = None

    @property
    def at_least(self) -> int:
        return self.min_answered or self.item_count

    @property
    def item_scale(self) -> Scale:
        """The range of one answer. Raises ``KeyError`` for a formula that is not worked out here."""
        count = self.item_count
        return {
            RAW: Scale(self.low, self.high),
            MEAN: Scale(self.low, self.high),
            MEAN_TO_100: Scale(1 + self.low / 25, 1 + self.high / 25),
            SUM_IMPUTE_ONE: Scale(self.low / count, self.high / count),
        }[self.formula]


def score(items: Sequence[int | None], of: Questionnaire) -> Decimal | None:
    """The score to two decimals, None where too few items were answered (V28).

    Raises ``ScaleError`` for an answer off its scale, ``ValueError`` for another number of items.

    >>> quick_dash = Questionnaire(
    ...     formula=MEAN_TO_100, low=Decimal(0), high=Decimal(100), item_count=11, min_answered=10
    ... )
    >>> score([3] * 10 + [None], quick_dash)
    Decimal('50.00')
    """
    if len(items) != of.item_count:
        raise ValueError("A questionnaire has as many answers as items, given or left out.")
    told = answered([None if item is None else Decimal(item) for item in items], of.item_scale, at_least=of.at_least)
    if told is None:
        return None
    mean = sum(told, Decimal(0)) / len(told)
    found = {RAW: mean, MEAN: mean, MEAN_TO_100: (mean - 1) * 25, SUM_IMPUTE_ONE: mean * of.item_count}[of.formula]
    return found.quantize(_CENT, rounding=ROUND_HALF_UP)
