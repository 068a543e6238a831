"""The arithmetic of a session: millilitres, grams, milligrams, and how much of a maximum they use. No Django, no rows.

Units are in the names. Figures are exact decimals; nothing is rounded here. Formulas and worked figures: domain.md §4
(dextrose g = mL × % ÷ 100, so 20 mL of 5 % are 1.0 g and 50 mL are 2.5 g; local anaesthetic mg = mL × % × 10, so 5 mL
of 1 % are 50 mg; mixed anaesthetics add as fractions of their own maximum).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

NOTHING = Decimal(0)


def dextrose_g(volume_ml: Decimal, percent: Decimal) -> Decimal:
    """Grams of dextrose in ``volume_ml`` of a solution of ``percent`` (g per 100 mL). Raises ValueError below zero."""
    _not_negative(volume_ml, percent)
    return volume_ml * percent / 100


def anaesthetic_mg(volume_ml: Decimal, percent: Decimal) -> Decimal:
    """Milligrams of local anaesthetic; 1 % is 10 mg per mL. Raises ValueError below zero."""
    _not_negative(volume_ml, percent)
    return volume_ml * percent * 10


def summed_fraction(doses: Iterable[tuple[Decimal, Decimal]]) -> Decimal:
    """Σ (dose mg ÷ its maximum mg); above 1 is too much. Raises ValueError for a maximum that is not positive."""
    total = NOTHING
    for dose_mg, maximum_mg in doses:
        if maximum_mg <= 0:
            raise ValueError("A maximum dose must be positive.")
        _not_negative(dose_mg)
        total += dose_mg / maximum_mg
    return total


@dataclass(frozen=True)
class Share:
    """An anaesthetic in a solution; ``percent`` is None where nobody stated its strength.

    ``at_most`` is what the solution may hold then, for the rules: no dose that anybody was given.
    """

    name: str
    percent: Decimal | None
    at_most: Decimal | None = None

    @property
    def most(self) -> Decimal | None:
        return self.at_most if self.percent is None else self.percent


@dataclass(frozen=True)
class Amount:
    """What one point received."""

    nerve: str
    side: str
    volume_ml: Decimal
    dextrose_percent: Decimal | None = None
    anaesthetics: tuple[Share, ...] = ()


@dataclass(frozen=True)
class NerveTotal:
    nerve: str
    side: str
    points: int
    volume_ml: Decimal


@dataclass(frozen=True)
class Totals:
    """``has_unknown_anaesthetic``: some anaesthetic was given in a strength nobody wrote down; ``anaesthetics_mg`` then
    says the rest. ``most_mg`` counts it as high as its solution may hold it; ``has_uncounted_anaesthetic``: where it
    names no such end."""

    points: int
    volume_ml: Decimal
    dextrose_g: Decimal
    nerves: tuple[NerveTotal, ...]
    anaesthetics_mg: dict[str, Decimal]
    has_unknown_anaesthetic: bool
    most_mg: dict[str, Decimal]
    has_uncounted_anaesthetic: bool


def totals(amounts: Iterable[Amount]) -> Totals:
    """Add up the points of a session, per nerve and side in the order they were first injected."""
    rows = list(amounts)
    nerves: dict[tuple[str, str], list[Decimal]] = {}
    for row in rows:
        nerves.setdefault((row.nerve, row.side), []).append(row.volume_ml)
    shares = [(row.volume_ml, share) for row in rows for share in row.anaesthetics]
    return Totals(
        points=len(rows),
        volume_ml=sum((row.volume_ml for row in rows), NOTHING),
        dextrose_g=sum((dextrose_g(row.volume_ml, row.dextrose_percent or NOTHING) for row in rows), NOTHING),
        nerves=tuple(
            NerveTotal(nerve, side, len(volumes), sum(volumes, NOTHING)) for (nerve, side), volumes in nerves.items()
        ),
        anaesthetics_mg=_summed((share.name, volume_ml, share.percent) for volume_ml, share in shares),
        has_unknown_anaesthetic=any(share.percent is None for _volume_ml, share in shares),
        most_mg=_summed((share.name, volume_ml, share.most) for volume_ml, share in shares),
        has_uncounted_anaesthetic=any(share.most is None for _volume_ml, share in shares),
    )


def _summed(doses: Iterable[tuple[str, Decimal, Decimal | None]]) -> dict[str, Decimal]:
    """Milligrams by name, of those whose strength is known."""
    found: dict[str, Decimal] = {}
    for name, volume_ml, percent in doses:
        if percent is not None:
            found[name] = found.get(name, NOTHING) + anaesthetic_mg(volume_ml, percent)
    return found


def _not_negative(*values: Decimal) -> None:
    if any(value < 0 for value in values):
        raise ValueError("An amount cannot be negative.")
