"""What is in a syringe: a balance of the masses that the containers bring. No Django, no rows.

A strength is in percent, g in 100 mL, so that 1 % is 10 mg in 1 mL (domain.md §4); None is a strength nobody stated,
which is never nothing. Water and saline bring volume alone. The pH is measured, never calculated.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal

NOTHING = Decimal(0)
DEXTROSE, MANNITOL, BICARBONATE = "dextrose", "mannitol", "bicarbonate"
# [DEF] A mixture is called by the strength on its name while it is within a tenth of it: 9 mL of dextrose 5 % and 1 mL
# of lidocaine 1 % are dextrose 4.5 %. Doses are worked out from what it holds, not from its name.
NEAR_ENOUGH = Decimal("0.1")
_PLACES = Decimal("0.0001")


@dataclass(frozen=True)
class Draw:
    """So many mL of a container. ``solution``: the code of what it is bought as, "" for an ingredient."""

    volume_ml: Decimal
    strengths: Mapping[str, Decimal | None] = field(default_factory=dict)
    solution: str = ""
    is_buffered: bool = False


@dataclass(frozen=True)
class Mix:
    """What came together. ``solution``: where all of it was drawn from one solution, its code."""

    volume_ml: Decimal
    strengths: Mapping[str, Decimal | None]
    solution: str = ""
    is_buffered: bool = False

    def mass_mg(self, substance: str) -> Decimal | None:
        """What all of it holds; None where the strength is unknown."""
        percent = self.strengths.get(substance, NOTHING)
        return None if percent is None else self.volume_ml * percent * 10


@dataclass(frozen=True)
class Holding:
    """An anaesthetic of a solution: between which strengths (None: its recipe says), and whether it may be left out."""

    name: str
    low: Decimal | None = None
    high: Decimal | None = None
    is_optional: bool = False


@dataclass(frozen=True)
class Composition:
    """A solution by what it holds."""

    code: str
    dextrose_percent: Decimal | None = None
    mannitol_percent: Decimal | None = None
    anaesthetics: tuple[Holding, ...] = ()
    is_buffered: bool = False


def mix(draws: Iterable[Draw]) -> Mix:
    """Add up volumes and masses. Raises ValueError for nothing, a volume not above zero, a strength below it."""
    rows = list(draws)
    if not rows or any(row.volume_ml <= 0 for row in rows):
        raise ValueError("A mixture is drawn from something, and every volume is positive.")
    volume_ml = sum((row.volume_ml for row in rows), NOTHING)
    names = sorted({name for row in rows for name in row.strengths})
    codes = {row.solution for row in rows}
    return Mix(
        volume_ml,
        {name: _strength([(row.volume_ml, row.strengths.get(name, NOTHING)) for row in rows]) for name in names},
        solution=codes.pop() if len(codes) == 1 else "",
        is_buffered=any(row.is_buffered or BICARBONATE in row.strengths for row in rows),
    )


def _strength(held: list[tuple[Decimal, Decimal | None]]) -> Decimal | None:
    """The percent of one substance in all of it; unknown in one part is unknown in the whole."""
    grams = NOTHING
    for volume_ml, percent in held:
        if percent is None:
            return None
        if percent < 0:
            raise ValueError("A strength cannot be negative.")
        grams += volume_ml * percent / 100
    return grams * 100 / sum((volume_ml for volume_ml, _percent in held), NOTHING)


def shown(percent: Decimal) -> Decimal:
    """A strength as it is stored, printed and compared: four places, no zeros at the end."""
    return Decimal(f"{percent.quantize(_PLACES, ROUND_HALF_UP).normalize():f}")


def is_anaesthetic(name: str) -> bool:
    return name not in (DEXTROSE, MANNITOL, BICARBONATE)


def is_of(made: Mix, solution: Composition) -> bool:
    """May the mixture carry this name? It may when it is nothing but that solution, or holds what that holds."""
    if made.solution == solution.code:
        return True
    if not (solution.dextrose_percent or solution.mannitol_percent or solution.anaesthetics):
        return False
    return (
        _is_buffered_as_named(made, solution)
        and _is_as_strong(made, solution)
        and _has_its_anaesthetics(made, solution)
    )


def becomes(made: Mix, solutions: Iterable[Composition]) -> str:
    """The code of the solution it is; of several the buffered one, for a plain one says no bicarbonate. "": none."""
    fitting = [row for row in solutions if is_of(made, row)]
    fitting.sort(key=lambda row: (row.code != made.solution, not row.is_buffered, row.code))
    return fitting[0].code if fitting else ""


def _is_buffered_as_named(made: Mix, solution: Composition) -> bool:
    if solution.is_buffered:
        return made.is_buffered
    is_plain_dextrose = solution.dextrose_percent is not None and not solution.anaesthetics
    return not (is_plain_dextrose and made.is_buffered)


def _is_as_strong(made: Mix, solution: Composition) -> bool:
    named = ((DEXTROSE, solution.dextrose_percent), (MANNITOL, solution.mannitol_percent))
    return all(_is_near(made.strengths.get(name, NOTHING), percent or NOTHING) for name, percent in named)


def _is_near(percent: Decimal | None, named: Decimal) -> bool:
    return percent is not None and abs(percent - named) <= named * NEAR_ENOUGH


def _has_its_anaesthetics(made: Mix, solution: Composition) -> bool:
    given = {name: percent for name, percent in made.strengths.items() if is_anaesthetic(name)}
    known = {row.name: row for row in solution.anaesthetics}
    if not given.keys() <= known.keys() or bool(given) != bool(known):
        return False
    if any(name not in given for name, row in known.items() if not row.is_optional):
        return False
    return all(_is_between(percent, known[name]) for name, percent in given.items())


def _is_between(percent: Decimal | None, row: Holding) -> bool:
    """An exact strength has the same room as dextrose has; a range has its own ends."""
    if row.low is None or row.high is None:
        return percent is None or percent > 0
    if percent is None:
        return False
    if row.low == row.high:
        return _is_near(percent, row.high)
    return row.low <= shown(percent) <= row.high
