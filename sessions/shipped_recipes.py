"""The recipes a clinic may start from: compositions with their source, volumes by calculation where they follow.

Where practice differs from clinic to clinic the volume is left open. ``hours``: 4, the default for immediate use
(domain.md §4). No strength is shipped for dextrose 5 % with local anaesthetic: a clinic states its own.
"""

import json
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path

FILE = Path(__file__).with_name("shipped_recipes.json")


@dataclass(frozen=True)
class ShippedPart:
    substance: str
    percent: Decimal | None
    volume_ml: Decimal | None


@dataclass(frozen=True)
class ShippedRecipe:
    code: str
    name: str
    solution: str
    hours: int
    source: str
    parts: tuple[ShippedPart, ...]


@cache
def shipped_recipes() -> tuple[ShippedRecipe, ...]:
    rows = json.loads(FILE.read_text(encoding="utf-8"))
    return tuple(
        ShippedRecipe(
            **{**row, "parts": tuple(ShippedPart(name, _of(percent), _of(ml)) for name, percent, ml in row["parts"])}
        )
        for row in rows
    )


def _of(number: str | None) -> Decimal | None:
    return None if number is None else Decimal(number)
