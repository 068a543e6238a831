"""The points of a session as rows: nerve, side, kind of place, volume, depth, solution and lot."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING, Any, cast
from uuid import UUID

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from catalogue.atlas import Figure
from catalogue.models import PointType, Solution
from catalogue.queries import NerveChoice
from common.folding import fold
from common.local_words import day_words
from sessions.choices import DEFAULT_SOLUTION, Depth, PointSide
from sessions.drafts import PointRow
from sessions.forms.dressing import dress
from sessions.forms.places import PlaceForm
from sessions.models import SolutionLot
from sessions.nerve_names import Nerve as NamedNerve
from sessions.nerve_names import find
from sessions.queries.preparations import OnTray
from sessions.quick_entry import NAMED_AT_MOST, Vocabulary
from sessions.response import MAX_CYCLES

DEFAULT_VOLUME_ML = Decimal("0.5")
AT_MOST = 60
CYCLES = [("" if n == 1 else str(n), format_lazy(_("cycle {number}"), number=n)) for n in range(1, MAX_CYCLES + 1)]


@dataclass(frozen=True)
class Tray:
    """A preparation to choose from, with the sentence that says why it may not be chosen. ``is_kept``: a point of this
    session names it already, and stays as it is until the signature."""

    row: OnTray
    why_not: str = ""
    is_kept: bool = False

    @property
    def key(self) -> str:
        return str(self.row.id)


@dataclass(frozen=True)
class Choices:
    """What the rows of one page choose from, read once for all of them."""

    nerves: list[NerveChoice]
    synonyms: dict[UUID, str]
    named_nerves: tuple[NamedNerve, ...]
    point_types: list[PointType]
    solutions: list[Solution]
    lots: list[SolutionLot]
    figures: dict[str, Figure] = field(default_factory=dict)
    preparations: list[Tray] = field(default_factory=list)
    # What a new row is given; the row of the page that is on the tray.
    on_tray: UUID | None = None

    @property
    def chosen(self) -> Tray | None:
        return self.tray(self.on_tray)

    def tray(self, preparation_id: UUID | None) -> Tray | None:
        """The preparation that may be chosen under this id."""
        found = (tray for tray in self.preparations if tray.row.id == preparation_id)
        return next((tray for tray in found if not tray.why_not), None)

    @property
    def names(self) -> dict[UUID, str]:
        """Lots and preparations in words, for the screen that shows two texts side by side."""
        return {lot.pk: lot.lot_number for lot in self.lots} | {t.row.id: t.row.made.code for t in self.preparations}

    @property
    def nerve_options(self) -> Iterator[tuple[str, str]]:
        """Value and words of the list a nerve is searched in."""
        for nerve in self.nerves:
            yield nerve.label, f"{nerve.short_name} · {self.synonyms.get(nerve.id, '')}"

    @cached_property
    def vocabulary(self) -> Vocabulary:
        """The words of one line of points."""
        return Vocabulary(self.named_nerves, tuple(solution.code for solution in self.solutions))

    def nerve(self, code: str) -> NerveChoice:
        return next(nerve for nerve in self.nerves if nerve.code == code)

    @property
    def default_solution(self) -> str:
        return next((str(row.pk) for row in self.solutions if row.code == DEFAULT_SOLUTION), "")


class NerveField(forms.CharField):
    """A nerve by its code, its name, its short name or a synonym; what fits several nerves is asked back."""

    def __init__(self, *, choices: Choices, **kwargs: Any) -> None:
        super().__init__(max_length=120, **kwargs)
        self.choices = choices

    def clean(self, value: Any) -> NerveChoice | None:
        typed = super().clean(value)
        if not fold(typed):
            return None
        found = find(self.choices.vocabulary.nerves, typed)
        if len(found) == 1:
            return self.choices.nerve(found[0].code)
        if not found:
            raise forms.ValidationError(_("No nerve is called that."), code="unknown")
        names = ", ".join(nerve.label for nerve in found[:NAMED_AT_MOST])
        raise forms.ValidationError(_("Which one? %(names)s"), code="ambiguous", params={"names": names})


class LotSelect(forms.Select):
    """Each lot says which solution it holds, for static/js/session/lots.js."""

    def __init__(self, lots: list[SolutionLot]) -> None:
        super().__init__()
        self.solutions = {str(lot.pk): str(lot.solution_id) for lot in lots}

    def create_option(self, name: str, value: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        option = super().create_option(name, value, *args, **kwargs)
        if value in self.solutions:
            option["attrs"]["data-solution"] = self.solutions[value]
        return option


class PointForm(PlaceForm):
    side = forms.ChoiceField(label=_("Side"), choices=PointSide, required=False, widget=forms.RadioSelect)
    volume_ml = forms.DecimalField(
        label=_("mL"),
        max_digits=4,
        decimal_places=2,
        max_value=60,
        initial=DEFAULT_VOLUME_ML,
        widget=forms.NumberInput(attrs={"step": "0.05", "min": "0", "inputmode": "decimal"}),
    )
    depth = forms.ChoiceField(label=_("Depth"), choices=Depth, initial=Depth.SUBCUTANEOUS)
    depth_mm = forms.IntegerField(label=_("mm"), min_value=0, max_value=200, required=False)
    cycle = forms.TypedChoiceField(label=_("Cycle"), choices=CYCLES, coerce=int, empty_value=None, required=False)

    def __init__(self, *args: Any, choices: Choices, **kwargs: Any) -> None:
        super().__init__(*args, figures=choices.figures, **kwargs)
        nerve = NerveField(choices=choices, label=_("Nerve"), required=False)
        nerve.widget.attrs |= {"list": "nerves", "autocomplete": "off"}
        self.fields["nerve"] = nerve
        self.fields["point_type"] = forms.ChoiceField(
            label=_("Place"),
            required=False,
            choices=[("", "–"), *((str(row.pk), row.name) for row in choices.point_types)],
        )
        self.fields["solution"] = forms.ChoiceField(
            label=_("Solution"),
            initial=choices.default_solution,
            choices=[(str(row.pk), row.name) for row in choices.solutions],
        )
        self.fields["lot"] = forms.ChoiceField(
            label=_("Lot"),
            required=False,
            widget=LotSelect(choices.lots),
            choices=[("", _("no lot")), *_lot_choices(choices.lots)],
        )
        self.fields["preparation"] = forms.ChoiceField(
            label=_("Preparation"),
            required=False,
            choices=[("", _("none")), *((str(tray.row.id), tray.row.made.code) for tray in choices.preparations)],
        )
        self._give(choices.chosen)
        dress(self)
        self.preparations = {str(tray.row.id): tray for tray in choices.preparations}
        self.lots = {str(lot.pk): lot for lot in choices.lots}

    def clean_volume_ml(self) -> Decimal:
        """V16."""
        volume: Decimal = self.cleaned_data["volume_ml"]
        if volume <= 0:
            raise forms.ValidationError(_("A point needs a volume."), code="zero")
        return volume

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or {}
        if self.is_unused(typed):
            return typed
        if "nerve" in typed and typed["nerve"] is None:
            self.add_error("nerve", _("Which nerve?"))
        self._check_side(typed)
        self.check_place(typed)
        self._check_stock(typed)
        return typed

    def _give(self, tray: Tray | None) -> None:
        """A row not yet begun is given what is on the tray."""
        if tray is not None:
            lot = tray.row.lot
            self.fields["preparation"].initial = str(tray.row.id)
            self.fields["solution"].initial = str(tray.row.made.solution_id)
            self.fields["lot"].initial = str(lot.pk) if lot else ""

    def _check_stock(self, typed: dict[str, Any]) -> None:
        """V23, V24: the preparation may be used and is what the row says; a lot alone holds the row's solution."""
        tray, lot = self.preparations.get(typed.get("preparation") or ""), self.lots.get(typed.get("lot") or "")
        if tray is None:
            if lot and str(lot.solution_id) != typed.get("solution"):
                self.add_error("lot", _("This lot holds another solution."))
            return
        if tray.why_not and not tray.is_kept:
            self.add_error("preparation", tray.why_not)
        elif str(tray.row.made.solution_id) != typed.get("solution"):
            self.add_error("preparation", _("This preparation holds another solution."))
        elif lot is None:
            typed["lot"] = str(tray.row.lot.pk) if tray.row.lot else ""
        elif lot.pk not in {own.pk for own in tray.row.lots}:
            self.add_error("lot", _("The preparation was not made from this lot."))

    def _check_side(self, typed: dict[str, Any]) -> None:
        """V06."""
        nerve, side = typed.get("nerve"), typed.get("side")
        if nerve and not side:
            self.add_error("side", _("Which side?"))
        elif nerve and nerve.laterality == "L" and side == PointSide.MIDLINE:
            self.add_error("side", _("This nerve is on the left or on the right."))

    @staticmethod
    def is_unused(typed: dict[str, Any]) -> bool:
        """A row without nerve and side was never begun; nothing else is typed first."""
        return "nerve" in typed and typed["nerve"] is None and not typed.get("side")

    def row(self) -> PointRow | None:
        typed = self.cleaned_data
        if self.is_unused(typed) or typed.get("DELETE"):
            return None
        return PointRow(
            nerve_id=typed["nerve"].id,
            side=typed["side"],
            volume_ml=typed["volume_ml"],
            solution_id=UUID(typed["solution"]),
            lot_id=UUID(typed["lot"]) if typed["lot"] else None,
            point_type_id=UUID(typed["point_type"]) if typed["point_type"] else None,
            depth=typed["depth"],
            depth_mm=typed["depth_mm"],
            figure_id=typed["figure"],
            x=typed["x"],
            y=typed["y"],
            preparation_id=UUID(typed["preparation"]) if typed["preparation"] else None,
            cycle=typed["cycle"],
        )


def _lot_choices(lots: list[SolutionLot]) -> Iterator[tuple[str, str]]:
    for lot in lots:
        words = {"lot": lot.lot_number, "solution": lot.name, "day": day_words(lot.expiry_date)}
        yield str(lot.pk), str(_("%(lot)s · %(solution)s · use by %(day)s") % words)


if TYPE_CHECKING:
    _FormSet = forms.BaseFormSet[PointForm]
else:
    _FormSet = forms.BaseFormSet


class PointFormSet(_FormSet):
    def rows(self) -> Iterator[PointRow]:
        """The rows that say something, in their order; call it after ``is_valid``."""
        for form in self.forms:
            row = form.row() if form.cleaned_data else None
            if row is not None:
                yield row

    def valid_rows(self) -> Iterator[PointRow]:
        """The rows that can be added up already, whatever is wrong with the others."""
        for form in self.forms:
            if form.is_valid() and form.cleaned_data:
                row = form.row()
                if row is not None:
                    yield row


def point_formset(data: Any, *, choices: Choices, rows: tuple[PointRow, ...]) -> PointFormSet:
    """The stored rows and one empty row to go on with (three on an empty page); with ``data``, what was typed alone.

    A row that was typed is never compared with a stored one: the page that sends it may have been drawn before the row
    was saved, and Django passes over an extra form that equals its initial values.
    """
    factory = forms.formset_factory(
        PointForm,
        formset=PointFormSet,
        can_delete=True,
        extra=1 if rows else 3,
        max_num=AT_MOST,
        absolute_max=AT_MOST + 10,
        validate_max=True,
    )
    labels = {nerve.id: nerve.label for nerve in choices.nerves}
    initial = [typed_row(row, labels) for row in rows] if data is None else None
    return cast(PointFormSet, factory(data, initial=initial, prefix="points", form_kwargs={"choices": choices}))


def typed_row(row: PointRow, labels: dict[UUID, str]) -> dict[str, Any]:
    """A row as its form holds it; ``labels`` name the nerves."""
    return {
        "nerve": labels.get(row.nerve_id, ""),
        "side": row.side,
        "volume_ml": row.volume_ml,
        "depth": row.depth,
        "depth_mm": row.depth_mm,
        "point_type": str(row.point_type_id or ""),
        "solution": str(row.solution_id),
        "lot": str(row.lot_id or ""),
        "figure": row.figure_id,
        "x": row.x,
        "y": row.y,
        "preparation": str(row.preparation_id or ""),
        "cycle": str(row.cycle or ""),
    }
