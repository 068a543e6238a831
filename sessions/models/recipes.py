"""How a clinic makes a mixture: its own copy, with where it comes from."""

from typing import ClassVar, Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import ClinicForeignKey, ClinicOwned, ClinicOwnedQuerySet, ClinicRules, manager_of
from sessions.choices import Substance


class RecipeQuerySet(ClinicOwnedQuerySet["Recipe"]):
    def offered(self) -> Self:
        """Those a mixture is made by from now on."""
        return self.filter(retired_at__isnull=True)


class Recipe(ClinicOwned):
    """Which solution it makes, from what, and how long that may be used. A preparation keeps the name alone: what went
    into it is in its parts."""

    name = models.CharField(_("name"), max_length=120)
    solution = models.ForeignKey("catalogue.Solution", on_delete=models.PROTECT, related_name="+")
    hours = models.PositiveSmallIntegerField(_("hours it may be used"))
    source = models.CharField(_("source"), max_length=200, blank=True)
    retired_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[RecipeQuerySet] = manager_of(RecipeQuerySet)

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["clinic", "name"], name="sessions_recipe_once"),
            models.CheckConstraint(condition=~models.Q(name=""), name="sessions_recipe_name"),
            models.CheckConstraint(condition=models.Q(hours__range=(1, 168)), name="sessions_recipe_hours"),
        ]

    def __str__(self) -> str:
        return self.name


class RecipePart(ClinicOwned):
    """One ingredient. ``volume_ml`` empty: typed each time. ``percent`` empty for water or saline."""

    clinic_rules = ClinicRules(is_deletable=True)

    recipe = ClinicForeignKey(Recipe, related_name="parts")
    position = models.PositiveSmallIntegerField()
    substance = models.CharField(_("ingredient"), max_length=16, choices=Substance)
    percent = models.DecimalField(_("strength (%)"), max_digits=5, decimal_places=2, null=True, blank=True)
    volume_ml = models.DecimalField(_("mL"), max_digits=6, decimal_places=2, null=True, blank=True)

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["clinic", "recipe", "position"], name="sessions_recipepart_position"),
            models.CheckConstraint(
                condition=models.Q(volume_ml__isnull=True) | models.Q(volume_ml__gt=0),
                name="sessions_recipepart_volume",
            ),
            models.CheckConstraint(
                condition=models.Q(substance=Substance.DILUENT, percent__isnull=True)
                | models.Q(
                    ~models.Q(substance=Substance.DILUENT), percent__isnull=False, percent__gt=0, percent__lte=100
                ),
                name="sessions_recipepart_percent",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.position}. {self.substance}"
