"""What other apps ask of the catalogue: lists to choose from and searches, each in one query."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import QuerySet

from catalogue.atlas import Anchor, Atlas, Figure
from catalogue.choices import NerveFlag
from catalogue.dose_limits import lowest_maximum_mg
from catalogue.icd10cm import Side, complete
from catalogue.models import (
    AdverseEventType,
    BodyRegion,
    Condition,
    ConditionCode,
    DangerSign,
    LocalAnaestheticMaximum,
    Nerve,
    NerveAnchor,
    NerveFigure,
    PointType,
    ScreeningItem,
    Solution,
    Technique,
)
from catalogue.models.nerves import NerveQuerySet

FOUND_AT_MOST = 20

NERVE_COLUMNS = (
    "id",
    "code",
    "name",
    "short_name",
    "laterality",
    "depth_class",
    "points_min",
    "points_max",
    "flags",
)


@dataclass(frozen=True)
class NerveChoice:
    """A nerve as a form or a map needs it, with its regions."""

    id: UUID
    code: str
    name: str
    short_name: str
    laterality: str
    depth_class: str
    points_min: int
    points_max: int
    flags: tuple[str, ...]
    regions: tuple[str, ...]

    @property
    def label(self) -> str:
        return f"{self.code} {self.name}"

    def has_flag(self, flag: NerveFlag) -> bool:
        return flag in self.flags


def nerves_for_choices(*, region: str = "") -> list[NerveChoice]:
    """Every current nerve by code, or those of one region."""
    return _nerve_choices(Nerve.objects.in_region(region) if region else Nerve.objects.all())


def search_nerves(text: str, *, limit: int = FOUND_AT_MOST) -> list[NerveChoice]:
    """Nerves whose code, name, short name or synonym has a word beginning with each typed word."""
    return _nerve_choices(Nerve.objects.matching(text), limit=limit)


def _nerve_choices(nerves: NerveQuerySet, *, limit: int | None = None) -> list[NerveChoice]:
    rows = (
        Nerve.objects.filter(pk__in=nerves.current().values("pk"))
        .annotate(region_codes=ArrayAgg("regions__code", order_by="regions__code"))
        .order_by("code")
        .values("region_codes", *NERVE_COLUMNS)
    )
    return [
        NerveChoice(
            **{name: row[name] for name in NERVE_COLUMNS if name != "flags"},
            flags=tuple(row["flags"]),
            regions=tuple(code for code in row["region_codes"] if code),
        )
        for row in rows[:limit]
    ]


def figures() -> list[Figure]:
    """Every figure in order, those no longer chosen included: a point may lie on one."""
    rows = NerveFigure.objects.values_list(*Figure.__dataclass_fields__)
    return [Figure(*row) for row in rows]


def anchors() -> list[Anchor]:
    """Where each nerve is met, figure by figure in their order."""
    rows = (
        NerveAnchor.objects.current()
        .order_by("figure__position", "code")
        .values_list("figure__code", "nerve__code", "side", "x", "y")
    )
    return [Anchor(*row) for row in rows]


def atlas() -> Atlas:
    return Atlas(figures(), anchors())


def region_names() -> dict[str, str]:
    """Code → name, from head to foot."""
    return dict(BodyRegion.objects.current().order_by("position").values_list("code", "name"))


def search_conditions(text: str, *, limit: int = FOUND_AT_MOST) -> QuerySet[Condition]:
    """Current conditions by the words of name or synonym, or by the beginning of an ICD-10-CM code."""
    named = Condition.objects.current().matching(text)
    coded = Condition.objects.current().with_icd10cm_code(text)
    return (named | coded).order_by("name")[:limit]


@dataclass(frozen=True)
class CodeOption:
    """A complete ICD-10-CM code to offer, or a pattern with the reason why a coder must complete it."""

    pattern: str
    code: str
    notes: str
    reason: str


def icd10cm_options(condition_id: UUID, side: Side | None) -> list[CodeOption]:
    """The codes of a condition for a side, the usual one first; more than one means a person chooses."""
    rows = ConditionCode.objects.current().filter(condition=condition_id).order_by("position")
    found = [(row, complete(row, side)) for row in rows]
    return [CodeOption(row.pattern, done.code, row.notes, done.reason) for row, done in found]


def condition_choices() -> QuerySet[Condition]:
    return Condition.objects.current().order_by("name")


def solution_choices(technique_code: str) -> QuerySet[Solution]:
    """Solutions the technique allows; comparators last."""
    return Solution.objects.current().for_technique(technique_code).order_by("is_comparator", "name")


def technique_choices() -> QuerySet[Technique]:
    return Technique.objects.current().order_by("name")


def point_type_choices() -> QuerySet[PointType]:
    return PointType.objects.current()


def adverse_event_choices() -> QuerySet[AdverseEventType]:
    """The most urgent first."""
    return AdverseEventType.objects.current().order_by("default_triage", "name")


def danger_signs() -> QuerySet[DangerSign]:
    return DangerSign.objects.current().select_related("adverse_event_type")


def screening_items() -> QuerySet[ScreeningItem]:
    return ScreeningItem.objects.current()


def maximum_dose_mg(anaesthetic: str, *, has_adrenaline: bool, weight_kg: Decimal) -> Decimal:
    """The lowest configured maximum in mg. Raises NoDoseLimitError where nothing is configured."""
    rows: Iterable[LocalAnaestheticMaximum] = LocalAnaestheticMaximum.objects.of(
        anaesthetic, has_adrenaline=has_adrenaline
    )
    return lowest_maximum_mg(rows, weight_kg=weight_kg)


def plain_maximums() -> dict[str, list[tuple[Decimal, Decimal | None, str]]]:
    """Anaesthetic → every figure on file without adrenaline: mg/kg, ceiling in mg, mark of the source."""
    found: dict[str, list[tuple[Decimal, Decimal | None, str]]] = {}
    rows = LocalAnaestheticMaximum.objects.current().filter(has_adrenaline=False).order_by("anaesthetic", "code")
    for row in rows:
        found.setdefault(row.anaesthetic, []).append((row.mg_per_kg, row.max_mg, row.source_mark))
    return found
