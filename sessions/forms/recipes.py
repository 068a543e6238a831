"""A recipe of the clinic: what it makes, from which ingredients, how long that may be used, where it comes from."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from catalogue.models import Solution
from common.seen_forms import SeenForm
from sessions.choices import Substance
from sessions.forms.dressing import choice, dress
from sessions.models import Recipe
from sessions.services.recipes import Ingredient, RecipeText
from sessions.shipped_recipes import ShippedRecipe

PARTS = 4


class StartForm(forms.Form):
    """Which shipped recipe the clinic's own copy starts from."""

    copy = forms.CharField(max_length=40, required=False)


class RecipeForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=120)
    solution = forms.ChoiceField(label=_("It makes"))
    hours = forms.IntegerField(label=_("May be used for (hours)"), min_value=1, max_value=168)
    source = forms.CharField(label=_("Source"), max_length=200, required=False)

    def __init__(self, *args: Any, solutions: list[Solution], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.solutions = {str(row.pk): row for row in solutions}
        choice(self, "solution").choices = [(str(row.pk), row.name) for row in solutions]
        for number in range(1, PARTS + 1):
            self.fields[f"substance_{number}"] = forms.ChoiceField(
                label=_("Ingredient"), choices=[("", "–"), *Substance.choices], required=number == 1
            )
            self.fields[f"percent_{number}"] = forms.DecimalField(
                label=_("Strength (%)"),
                max_digits=5,
                decimal_places=2,
                min_value=Decimal("0.01"),
                max_value=100,
                required=False,
            )
            self.fields[f"ml_{number}"] = forms.DecimalField(
                label=_("mL"), max_digits=6, decimal_places=2, min_value=Decimal("0.01"), required=False
            )
        dress(self)

    @property
    def parts(self) -> Iterator[tuple[forms.BoundField, ...]]:
        for number in range(1, PARTS + 1):
            yield self[f"substance_{number}"], self[f"percent_{number}"], self[f"ml_{number}"]

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or {}
        for number in range(1, PARTS + 1):
            substance, percent = typed.get(f"substance_{number}"), typed.get(f"percent_{number}")
            if not substance and (percent or typed.get(f"ml_{number}")):
                self.add_error(f"substance_{number}", _("Of what?"))
            elif substance == Substance.DILUENT and percent:
                self.add_error(f"percent_{number}", _("Water or saline has no strength here: leave it empty."))
            elif substance and substance != Substance.DILUENT and not percent:
                self.add_error(f"percent_{number}", _("How strong is it?"))
        return typed

    def text(self) -> RecipeText:
        """What was typed; call it after ``is_valid``."""
        typed = self.cleaned_data
        numbers = [n for n in range(1, PARTS + 1) if typed[f"substance_{n}"]]
        return RecipeText(
            name=typed["name"],
            solution=self.solutions[typed["solution"]],
            hours=typed["hours"],
            source=typed["source"],
            parts=tuple(Ingredient(typed[f"substance_{n}"], typed[f"percent_{n}"], typed[f"ml_{n}"]) for n in numbers),
        )


class ChangeRecipeForm(SeenForm, RecipeForm):
    """A recipe that is there."""


def initial_of(recipe: Recipe) -> dict[str, Any]:
    """The form as the stored recipe fills it."""
    own = {"name": recipe.name, "solution": str(recipe.solution_id), "hours": recipe.hours, "source": recipe.source}
    return own | _parts([(row.substance, row.percent, row.volume_ml) for row in recipe.parts.order_by("position")])


def initial_of_shipped(shipped: ShippedRecipe, solutions: list[Solution]) -> dict[str, Any]:
    solution = next((str(row.pk) for row in solutions if row.code == shipped.solution), "")
    own = {"name": shipped.name, "solution": solution, "hours": shipped.hours, "source": shipped.source}
    return own | _parts([(row.substance, row.percent, row.volume_ml) for row in shipped.parts])


def _parts(rows: list[tuple[str, Decimal | None, Decimal | None]]) -> dict[str, Any]:
    filled: dict[str, Any] = {}
    for number in range(1, PARTS + 1):
        values = rows[number - 1] if number <= len(rows) else ("", None, None)
        filled |= dict(zip((f"substance_{number}", f"percent_{number}", f"ml_{number}"), values, strict=True))
    return filled
