"""The catalogue as the simulation needs it: which condition is written down how, and what is injected for it."""

from dataclasses import dataclass
from random import Random

from catalogue.choices import DepthClass, FurtherCharacter, Laterality
from catalogue.models import (
    AdverseEventType,
    Condition,
    ConditionCode,
    Nerve,
    PointType,
    ScreeningItem,
    Solution,
    Technique,
)
from pitclinic.simulation import words
from sessions.rules.register import is_near_the_lung


@dataclass(frozen=True)
class NerveFacts:
    id: str
    code: str
    name: str
    is_deep: bool
    allows_midline: bool
    points_min: int
    points_max: int
    flags: tuple[str, ...]
    is_near_the_lung: bool = False


@dataclass(frozen=True)
class ConditionFacts:
    """``codes`` maps a side to the complete ICD-10-CM code; a side without one is never drawn."""

    id: str
    name: str
    codes: dict[str, str]
    nerves: tuple[NerveFacts, ...]
    is_deep: bool


@dataclass(frozen=True)
class Reference:
    conditions: list[ConditionFacts]
    weights: list[int]
    solutions: dict[str, str]
    solution_names: dict[str, str]
    techniques: dict[str, str]
    point_types: list[str]
    screening_items: list[str]
    event_types: dict[str, str]

    def pick_condition(self, rng: Random) -> ConditionFacts:
        return rng.choices(self.conditions, self.weights)[0]


def load_reference() -> Reference:
    """Read the catalogue; raises ``LookupError`` when it is empty."""
    codes = {code.condition_id: code for code in ConditionCode.objects.current().order_by("-position")}
    conditions: list[ConditionFacts] = []
    weights: list[int] = []
    for condition in Condition.objects.current().prefetch_related("nerves").order_by("code"):
        facts = _facts(condition, codes.get(condition.pk))
        if facts is not None:
            conditions.append(facts)
            weights.append(words.CONDITION_WEIGHTS.get(condition.code, 1))
    if not conditions:
        raise LookupError("The catalogue is empty; run `manage.py load_catalogue` first.")
    return Reference(
        conditions=conditions,
        weights=weights,
        solutions={row.code: str(row.pk) for row in Solution.objects.all()},
        solution_names={row.code: row.name for row in Solution.objects.all()},
        techniques={row.code: str(row.pk) for row in Technique.objects.all()},
        point_types=[str(row.pk) for row in PointType.objects.current().order_by("code")],
        screening_items=[row.code for row in ScreeningItem.objects.current()],
        event_types={row.code: str(row.pk) for row in AdverseEventType.objects.all()},
    )


def _facts(condition: Condition, code: ConditionCode | None) -> ConditionFacts | None:
    nerves = tuple(_nerve(nerve) for nerve in sorted(condition.nerves.all(), key=lambda row: row.code))
    superficial = tuple(nerve for nerve in nerves if not nerve.is_deep)
    sides = _sides(code) if code is not None else {}
    if not nerves or not sides:
        return None
    return ConditionFacts(
        id=str(condition.pk),
        name=condition.name,
        codes=sides,
        nerves=superficial or nerves,
        is_deep=not superficial,
    )


def _nerve(nerve: Nerve) -> NerveFacts:
    return NerveFacts(
        id=str(nerve.pk),
        code=nerve.code,
        name=nerve.name,
        is_deep=nerve.depth_class == DepthClass.DEEP,
        allows_midline=nerve.laterality == Laterality.MIDLINE,
        points_min=nerve.points_min,
        points_max=nerve.points_max,
        flags=tuple(nerve.flags),
        is_near_the_lung=is_near_the_lung(
            regions=frozenset(region.code for region in nerve.regions.all()), flags=frozenset(nerve.flags)
        ),
    )


def _sides(code: ConditionCode) -> dict[str, str]:
    if code.further_character == FurtherCharacter.NONE:
        return dict.fromkeys(("left", "right", "bilateral"), code.pattern)
    found = {"left": code.code_left, "right": code.code_right, "bilateral": code.code_bilateral}
    return {side: complete for side, complete in found.items() if complete}
