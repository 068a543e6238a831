"""The clinic's recipes, and which open container each ingredient is drawn from."""

from collections.abc import Iterable
from decimal import Decimal

from accounts.actors import Actor
from sessions.choices import Substance
from sessions.models import Container, Recipe, RecipePart
from sessions.models.recipes import RecipeQuerySet
from sessions.queries.mixtures import is_stated, strengths_of
from sessions.queries.words import words as read_words


def recipes(actor: Actor) -> RecipeQuerySet:
    """Every recipe with its parts, the retired ones last."""
    own = Recipe.objects.visible_to(actor).select_related("solution").prefetch_related("parts")
    return own.order_by("retired_at", "name")


def offered(actor: Actor) -> list[Recipe]:
    return list(Recipe.objects.visible_to(actor).offered())


def sources(recipe: Recipe, containers: Iterable[Container]) -> list[tuple[RecipePart, Container | None]]:
    """Each ingredient with the open container that holds just that, the first lot to expire first; None for none."""
    words = read_words()
    held = [
        (strengths_of(row.lot, words), row)
        for row in sorted(containers, key=lambda row: (row.lot.expiry_date, row.opened_at))
        if is_stated(row.lot.product)
    ]
    found = []
    for part in recipe.parts.order_by("position"):
        wanted: dict[str, Decimal | None] = {}
        if part.substance != Substance.DILUENT:
            wanted[part.substance] = part.percent
        found.append((part, next((row for strengths, row in held if strengths == wanted), None)))
    return found
