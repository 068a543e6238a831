"""Write down how the clinic makes a mixture; change it, retire it, bring it back."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.actors import Actor
from catalogue.models import Solution
from sessions.models import Recipe, RecipePart
from sessions.policies.recipes import check_makes_its_solution
from sessions.policies.solution_lots import StockRefusedError
from sessions.queries.words import words as read_words


@dataclass(frozen=True)
class Ingredient:
    """``volume_ml`` None: typed each time; ``percent`` None for water or saline."""

    substance: str
    percent: Decimal | None
    volume_ml: Decimal | None


@dataclass(frozen=True)
class RecipeText:
    """A recipe as typed."""

    name: str
    solution: Solution
    hours: int
    source: str
    parts: tuple[Ingredient, ...]


@transaction.atomic
def save(*, recipe: Recipe | None, text: RecipeText, by: Actor) -> Recipe:
    """Add a recipe, or change one from now on: what was made keeps its parts. Locks the recipe.

    Raises ``StockRefusedError`` when it does not make its solution, or the name is taken.
    """
    check_makes_its_solution(text.solution, read_words().compositions[text.solution.pk], text.parts)
    fields = {"name": text.name.strip(), "solution": text.solution, "hours": text.hours, "source": text.source.strip()}
    try:
        with transaction.atomic():
            if recipe is None:
                recipe = Recipe.objects.create(clinic_id=by.clinic_id, **fields)
            else:
                recipe = _locked(recipe, by)
                for name, value in fields.items():
                    setattr(recipe, name, value)
                recipe.save(update_fields=list(fields))
    except IntegrityError as error:
        if "sessions_recipe_once" not in str(error):
            raise
        raise StockRefusedError(_("A recipe of this name is there already, perhaps retired.")) from error
    recipe.parts.all().delete()
    for position, part in enumerate(text.parts, start=1):
        RecipePart.objects.create(clinic_id=by.clinic_id, recipe=recipe, position=position, **vars(part))
    return recipe


@transaction.atomic
def retire(*, recipe: Recipe, by: Actor, now: datetime) -> Recipe:
    """Nothing is made by it from now on. Retired already: nothing happens."""
    recipe = _locked(recipe, by)
    if recipe.retired_at is None:
        recipe.retired_at = now
        recipe.save(update_fields=["retired_at"])
    return recipe


@transaction.atomic
def bring_back(*, recipe: Recipe, by: Actor) -> Recipe:
    recipe = _locked(recipe, by)
    recipe.retired_at = None
    recipe.save(update_fields=["retired_at"])
    return recipe


def _locked(recipe: Recipe, by: Actor) -> Recipe:
    return Recipe.objects.visible_to(by).select_for_update().get(pk=recipe.pk)
