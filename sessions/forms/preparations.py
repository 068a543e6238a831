"""Record a mixture: which solution it becomes, what was drawn from which containers, bicarbonate, pH, how long."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from catalogue.models import Solution
from sessions.choices import Substance
from sessions.forms.dressing import choice, dress
from sessions.models import Container, Recipe, RecipePart
from sessions.queries.recipes import sources
from sessions.services.preparations import Mixture

PARTS = 4


class DiscardForm(forms.Form):
    """Why an opened container is thrown away, as for one that never was opened."""

    reason = forms.CharField(
        label=_("Why"), max_length=200, help_text=_("Such as: empty, past its time, dropped, drawn up wrongly.")
    )


class FromForm(forms.Form):
    """Where the form starts: a container to draw from, a recipe, a session to go back to."""

    recipe = forms.UUIDField(required=False)
    container = forms.UUIDField(required=False)
    session = forms.UUIDField(required=False)


class PrepareForm(forms.Form):
    solution = forms.ChoiceField(
        label=_("It becomes"), required=False, help_text=_("It follows from the containers; choose it to be sure.")
    )
    recipe = forms.CharField(label=_("Recipe"), max_length=200, required=False)
    bicarbonate_percent = forms.DecimalField(
        label=_("Bicarbonate (%)"), max_digits=4, decimal_places=2, min_value=0, max_value=99, required=False
    )
    bicarbonate_ml = forms.DecimalField(
        label=_("Bicarbonate (mL)"), max_digits=5, decimal_places=2, min_value=0, required=False
    )
    volume_ml = forms.DecimalField(
        label=_("Final volume (mL)"),
        max_digits=6,
        decimal_places=2,
        min_value=Decimal("0.01"),
        required=False,
        help_text=_("It is the sum of what goes in; typed, it has to agree."),
    )
    measured_ph = forms.DecimalField(
        label=_("Measured pH"),
        max_digits=4,
        decimal_places=2,
        min_value=0,
        max_value=14,
        required=False,
        help_text=_("Only when measured; it is never calculated."),
    )
    hours = forms.IntegerField(label=_("May be used for (hours)"), min_value=1, max_value=168)
    session = forms.UUIDField(required=False, widget=forms.HiddenInput)

    def __init__(
        self,
        *args: Any,
        solutions: list[Solution],
        containers: list[Container],
        chosen: "Chosen | None" = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.chosen = chosen
        choice(self, "solution").choices = [
            ("", _("What the containers make")),
            *((str(row.pk), row.name) for row in solutions),
        ]
        self.solutions = {str(row.pk): row for row in solutions}
        self.containers = {str(row.pk): row for row in containers}
        choices = [("", "–"), *((str(row.pk), _container_words(row)) for row in containers)]
        for number in range(1, PARTS + 1):
            self.fields[f"container_{number}"] = forms.ChoiceField(
                label=_("Container"), choices=choices, required=number == 1
            )
            self.fields[f"ml_{number}"] = forms.DecimalField(
                label=_("mL"), max_digits=6, decimal_places=2, min_value=Decimal("0.01"), required=number == 1
            )
        dress(self)

    @property
    def parts(self) -> Iterator[tuple[forms.BoundField, forms.BoundField]]:
        for number in range(1, PARTS + 1):
            yield self[f"container_{number}"], self[f"ml_{number}"]

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or {}
        chosen = [typed.get(f"container_{number}") for number in range(1, PARTS + 1)]
        for number, container in enumerate(chosen, start=1):
            if container and not typed.get(f"ml_{number}") and f"ml_{number}" not in self.errors:
                self.add_error(f"ml_{number}", _("How many mL were drawn?"))
            if container and container in chosen[: number - 1]:
                self.add_error(f"container_{number}", _("This container is in the list already."))
        return typed

    def mixture(self) -> Mixture:
        """What was typed; call it after ``is_valid``. Bicarbonate from a container of it needs no second entry."""
        typed = self.cleaned_data
        rows = [(typed[f"container_{n}"], typed[f"ml_{n}"]) for n in range(1, PARTS + 1) if typed[f"container_{n}"]]
        percent, bicarbonate_ml = typed["bicarbonate_percent"], typed["bicarbonate_ml"]
        for pk, ml in rows:
            strength = self.containers[pk].lot.product.bicarbonate_percent
            if strength is not None:
                percent, bicarbonate_ml = strength, ml
        return Mixture(
            solution=self.solutions.get(typed["solution"]),
            drawn=tuple((UUID(pk), ml) for pk, ml in rows),
            hours=typed["hours"],
            recipe=typed["recipe"],
            bicarbonate_percent=percent if bicarbonate_ml else None,
            bicarbonate_ml=bicarbonate_ml,
            volume_ml=typed["volume_ml"],
            measured_ph=typed["measured_ph"],
        )


@dataclass(frozen=True)
class Chosen:
    """A recipe the form starts from, each ingredient with the open container it is drawn from."""

    recipe: Recipe
    sources: list[tuple[RecipePart, Container | None]]

    @property
    def missing(self) -> list[RecipePart]:
        """What is nowhere open; bicarbonate may be typed by hand."""
        return [row for row, container in self.sources if container is None and not _is_by_hand(row)]

    @property
    def initial(self) -> dict[str, Any]:
        own = self.recipe
        initial: dict[str, Any] = {"solution": str(own.solution_id), "recipe": own.name, "hours": own.hours}
        for number, (part, container) in enumerate(self.sources, start=1):
            if container is None and _is_by_hand(part):
                initial |= {"bicarbonate_percent": part.percent, "bicarbonate_ml": part.volume_ml}
            else:
                drawn = str(container.pk) if container else ""
                initial |= {f"container_{number}": drawn, f"ml_{number}": part.volume_ml}
        return initial


def _is_by_hand(part: RecipePart) -> bool:
    return bool(part.substance == Substance.BICARBONATE)


def chosen_of(recipe: Recipe, containers: list[Container]) -> Chosen:
    return Chosen(recipe, sources(recipe, containers))


def _container_words(container: Container) -> str:
    left: Decimal = container.left_ml  # type: ignore[attr-defined]  # queries.preparations.containers works it out
    kind = _("one patient") if container.is_single_dose else _("multi-dose")
    return f"{container.lot.name}, {container} · {left.normalize():f} mL · {kind}"
