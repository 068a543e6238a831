"""The line of points: what it says in words, the rows it makes, and a sentence for each piece that is not clear."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from sessions.choices import Depth, PointSide
from sessions.drafts import PointRow
from sessions.forms.dressing import dress
from sessions.forms.injection_points import DEFAULT_VOLUME_ML, Choices
from sessions.quick_entry import LINE_AT_MOST, Item, Parsed, Problem, Refusal, parse

_SENTENCES = {
    Problem.NO_NERVE: gettext_lazy("%(piece)s: which nerve?"),
    Problem.UNKNOWN_NERVE: gettext_lazy("%(piece)s: no nerve is called that."),
    Problem.WHICH_NERVE: gettext_lazy("%(piece)s: which one? %(names)s"),
    Problem.NO_SIDE: gettext_lazy("%(piece)s: which side? L, R or both"),
    Problem.TWO_SIDES: gettext_lazy("%(piece)s: left or right? Say one, or both."),
    Problem.NO_MIDLINE: gettext_lazy("%(piece)s: this nerve is on the left or on the right."),
    Problem.ONLY_MIDLINE: gettext_lazy("%(piece)s: this nerve is in the middle."),
    Problem.BARE_NUMBER: gettext_lazy("%(piece)s: %(names)s points or %(names)s mL? Write %(names)sx or %(names)sml."),
    Problem.TWO_AMOUNTS: gettext_lazy("%(piece)s: one amount for each piece; part the pieces with ;"),
    Problem.COUNT: gettext_lazy("%(piece)s: from 1 to 60 points."),
    Problem.VOLUME: gettext_lazy("%(piece)s: more than 0 and at most 60 mL, two decimals."),
    Problem.DEPTH: gettext_lazy("%(piece)s: at most 200 mm deep."),
    Problem.TOO_LONG: gettext_lazy("The line is too long: at most 500 characters."),
    Problem.TOO_MANY: gettext_lazy("More than 60 points: part them into two sessions."),
}
_LOUD_SIDES = {
    "left": gettext_lazy("LEFT"),
    "right": gettext_lazy("RIGHT"),
    "midline": gettext_lazy("MIDLINE"),
    "both": gettext_lazy("LEFT and RIGHT, each"),
}


def refused(refusal: Refusal) -> str:
    return str(_SENTENCES[refusal.problem]) % {"piece": refusal.piece, "names": ", ".join(refusal.names)}


def explained(item: Item, *, solutions: dict[str, str]) -> str:
    """ "4 points, Sural, LEFT, 0.5 mL each"; ``solutions``: code → name."""
    parts = [
        ngettext("%(n)s point", "%(n)s points", item.count) % {"n": item.count},
        item.nerve.label.removeprefix(item.nerve.code).strip(),
        str(_LOUD_SIDES[item.side]),
    ]
    if item.volume_ml is not None:
        parts.append(_("%(volume)s mL each") % {"volume": f"{item.volume_ml.normalize():f}"})
    if item.solution:
        parts.append(solutions[item.solution])
    if item.depth:
        parts.append(str(Depth(item.depth).label))
    if item.depth_mm is not None:
        parts.append(_("%(mm)s mm") % {"mm": item.depth_mm})
    return ", ".join(parts)


class QuickEntryForm(forms.Form):
    """Without scripts the line is part of the page and makes its rows when the page is saved."""

    quick_line = forms.CharField(
        label=gettext_lazy("Points in one line"),
        required=False,
        max_length=LINE_AT_MOST,
        help_text=gettext_lazy(
            "Nerve, side, how many × mL: saph infrapat L 4x0.5; sural r 3x.4. Also: both, deep, 8mm, a solution’s code."
        ),
    )

    def __init__(self, data: Any = None, *, choices: Choices, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.choices = choices
        self.parsed = Parsed()
        self.fields["quick_line"].widget.attrs |= {
            "autocomplete": "off",
            "autocapitalize": "none",
            "spellcheck": "false",
            "enterkeyhint": "done",
        }
        dress(self)

    @property
    def line(self) -> forms.BoundField:
        return self["quick_line"]

    def clean_quick_line(self) -> str:
        typed: str = self.cleaned_data["quick_line"]
        self.parsed = parse(typed, self.choices.vocabulary)
        if self.parsed.refusals:
            raise forms.ValidationError([refused(refusal) for refusal in self.parsed.refusals])
        return typed

    def explanations(self) -> list[str]:
        solutions = {row.code: row.name for row in self.choices.solutions}
        return [explained(item, solutions=solutions) for item in self.parsed.items]

    def values(self) -> Iterator[dict[str, str]]:
        """The fields of a point's row, one for each point; what was not said is left out."""
        solutions = {row.code: str(row.pk) for row in self.choices.solutions}
        for item in self.parsed.items:
            said = {
                "nerve": item.nerve.label,
                "volume_ml": "" if item.volume_ml is None else f"{item.volume_ml:.2f}",
                "solution": solutions[item.solution] if item.solution else "",
                "depth": item.depth or "",
                "depth_mm": "" if item.depth_mm is None else str(item.depth_mm),
            }
            for side in item.sides:
                for _number in range(item.count):
                    yield {name: value for name, value in (said | {"side": side}).items() if value}

    def rows(self, above: PointRow | None) -> Iterator[PointRow]:
        """What was not said is as in the row above; a lot only with its own solution."""
        default = self.choices.default_solution
        for said in self.values():
            solution = UUID(said.get("solution") or (str(above.solution_id) if above else default))
            above = PointRow(
                nerve_id=self.choices.nerve(said["nerve"].split()[0]).id,
                side=PointSide(said["side"]),
                volume_ml=_volume(said.get("volume_ml"), above),
                solution_id=solution,
                lot_id=above.lot_id if above and above.solution_id == solution else None,
                depth=said.get("depth", Depth.SUBCUTANEOUS),
                depth_mm=int(said["depth_mm"]) if "depth_mm" in said else None,
            )
            yield above


def _volume(said: str | None, above: PointRow | None) -> Decimal:
    if said is not None:
        return Decimal(said)
    return above.volume_ml if above else DEFAULT_VOLUME_ML
