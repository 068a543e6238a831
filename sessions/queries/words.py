"""The catalogue as the pages and the rules of a session know it, read once and kept until it changes."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import cached_property
from uuid import UUID

from catalogue.atlas import Atlas, Figure
from catalogue.dose_limits import lowest_maximum_mg
from catalogue.kept import Kept
from catalogue.models import Condition, Nerve, PointType, ScreeningItem, Solution, SolutionAnaesthetic, Technique
from catalogue.queries import (
    NerveChoice,
    anchors,
    figures,
    nerves_for_choices,
    plain_maximums,
    point_type_choices,
    region_names,
    screening_items,
)
from sessions import dose_rules, mixtures
from sessions.nerve_names import Nerve as NamedNerve
from sessions.rules import facts
from sessions.rules.register import is_near_the_lung


@dataclass(frozen=True)
class Limit:
    """A maximum dose on file, as ``catalogue.dose_limits`` takes it."""

    mg_per_kg: Decimal
    max_mg: Decimal | None


@dataclass(frozen=True)
class CodeFamily:
    """An ICD-10-CM pattern of a condition; ``retired_at`` says when it left the catalogue."""

    stem: str
    further_character: str
    by_side: frozenset[tuple[str, str]]
    retired_at: datetime | None


@dataclass(frozen=True)
class ConditionFacts:
    """Where a condition sits, by codes of the catalogue."""

    regions: frozenset[str]
    nerves: frozenset[str]
    codes: tuple[CodeFamily, ...]


class Words:
    """Each part is read when it is first asked for. Requests share it: nothing in it may be changed."""

    @cached_property
    def nerves(self) -> dict[UUID, NerveChoice]:
        return {nerve.id: nerve for nerve in nerves_for_choices()}

    @cached_property
    def synonyms(self) -> dict[UUID, str]:
        return {pk: ", ".join(words) for pk, words in Nerve.objects.current().values_list("pk", "synonyms")}

    @cached_property
    def named_nerves(self) -> tuple[NamedNerve, ...]:
        """The nerves by every word a person may type for them."""
        return tuple(
            NamedNerve(
                nerve.code,
                nerve.label,
                nerve.short_name,
                (nerve.name, *self.synonyms.get(nerve.id, "").split(", ")),
                nerve.laterality,
            )
            for nerve in self.nerves.values()
        )

    @cached_property
    def near_the_lung(self) -> list[str]:
        """The codes of the nerves whose points answer the question about the lung."""
        own = self.nerves.values()
        return [
            nerve.code
            for nerve in own
            if is_near_the_lung(regions=frozenset(nerve.regions), flags=frozenset(nerve.flags))
        ]

    @cached_property
    def point_types(self) -> list[PointType]:
        return list(point_type_choices())

    @cached_property
    def techniques(self) -> dict[UUID, Technique]:
        """By name, those no longer chosen included: a record may name one."""
        return {row.pk: row for row in Technique.objects.order_by("name")}

    @cached_property
    def items(self) -> list[ScreeningItem]:
        return list(screening_items())

    @cached_property
    def injectables(self) -> list[Solution]:
        """Every solution for a needle, those no longer chosen included; comparators last."""
        return list(Solution.objects.filter(is_topical=False).order_by("is_comparator", "name"))

    @cached_property
    def chosen_solutions(self) -> list[Solution]:
        return [row for row in self.injectables if row.retired_at is None]

    @cached_property
    def solutions(self) -> dict[UUID, facts.Solution]:
        return {
            row.pk: facts.Solution(
                code=row.code,
                name=row.name,
                dextrose_percent=row.dextrose_percent,
                has_corn_dextrose=row.has_corn_dextrose,
                has_local_anaesthetic=row.has_local_anaesthetic,
                anaesthetics=tuple(map(_share, self.compositions[row.pk].anaesthetics)),
                max_total_ml=row.max_total_ml,
            )
            for row in self.injectables
        }

    @cached_property
    def compositions(self) -> dict[UUID | None, mixtures.Composition]:
        """What each solution for a needle holds."""
        found: dict[UUID, list[mixtures.Holding]] = {}
        for row in SolutionAnaesthetic.objects.current().order_by("id"):
            own = mixtures.Holding(row.anaesthetic, row.percent_min, row.percent_max, row.is_optional)
            found.setdefault(row.solution_id, []).append(own)
        return {
            row.pk: mixtures.Composition(
                code=row.code,
                dextrose_percent=row.dextrose_percent,
                mannitol_percent=row.mannitol_percent,
                anaesthetics=tuple(found.get(row.pk, ())),
                is_buffered=row.is_buffered,
            )
            for row in self.injectables
        }

    @cached_property
    def figures(self) -> dict[str, Figure]:
        return {figure.code: figure for figure in figures()}

    @cached_property
    def atlas(self) -> Atlas:
        return Atlas([*self.figures.values()], anchors())

    @cached_property
    def places(self) -> dict[str, dict[str, str]]:
        """Figure → nerve → its places as "l257,72 r203,72": the first letter is the side."""
        found: dict[str, dict[str, list[str]]] = {}
        for anchor in self.atlas.anchors:
            places = found.setdefault(anchor.figure, {}).setdefault(anchor.nerve, [])
            places.append(f"{anchor.side[0]}{anchor.x},{anchor.y}")
        return {figure: {nerve: " ".join(p) for nerve, p in nerves.items()} for figure, nerves in found.items()}

    @cached_property
    def first_regions(self) -> dict[str, str]:
        """Nerve → the name of its first region, nerves in the order of the regions from head to foot."""
        names = region_names()
        order = {code: number for number, code in enumerate(names)}
        found = []
        for nerve in self.nerves.values():
            first = min(nerve.regions, key=lambda code: order.get(code, len(order)), default="")
            found.append((order.get(first, len(order)), nerve.code, names.get(first, "")))
        return {code: name for _order, code, name in sorted(found)}

    @cached_property
    def conditions(self) -> dict[UUID, ConditionFacts]:
        rows = Condition.objects.prefetch_related("regions", "nerves", "codes")
        return {row.pk: _condition(row) for row in rows}

    @cached_property
    def _maximums(self) -> dict[str, list[Limit]]:
        return {
            name: [Limit(mg_per_kg, max_mg) for mg_per_kg, max_mg, _mark in rows]
            for name, rows in plain_maximums().items()
        }

    def maximum_mg(self, anaesthetic: str, *, weight_kg: Decimal) -> Decimal:
        """The lowest plain maximum on file. Raises NoDoseLimitError where nothing is configured."""
        return lowest_maximum_mg(self._maximums.get(anaesthetic, ()), weight_kg=weight_kg)

    def nerve_fact(self, nerve_id: UUID) -> facts.Nerve:
        nerve = self.nerves[nerve_id]
        return facts.Nerve(
            code=nerve.code,
            name=nerve.name,
            needs_side=nerve.laterality == "L",
            flags=frozenset(nerve.flags),
            regions=frozenset(nerve.regions),
            usual_points=nerve.points_max,
        )


def _share(row: mixtures.Holding) -> dose_rules.Share:
    """A range says what it is at most, and leaves the strength open."""
    return dose_rules.Share(row.name, row.high if row.low == row.high else None, row.high)


def _condition(row: Condition) -> ConditionFacts:
    codes = [
        CodeFamily(
            stem=code.pattern.rstrip("-"),
            further_character=code.further_character,
            by_side=frozenset(
                (side, known)
                for side, known in (
                    ("right", code.code_right),
                    ("left", code.code_left),
                    ("bilateral", code.code_bilateral),
                )
                if known
            ),
            retired_at=code.retired_at,
        )
        for code in row.codes.all()
    ]
    return ConditionFacts(
        regions=frozenset(region.code for region in row.regions.all()),
        nerves=frozenset(nerve.code for nerve in row.nerves.all()),
        codes=tuple(codes),
    )


_KEPT = Kept(Words)


def words() -> Words:
    """The catalogue as it is now."""
    return _KEPT.get()
