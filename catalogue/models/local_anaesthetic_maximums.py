"""How much local anaesthetic an adult may have at most."""

from django.db import models
from django.db.models import Q

from catalogue.choices import Anaesthetic
from catalogue.models.entries import CatalogueEntry, CatalogueQuerySet


class LocalAnaestheticMaximumQuerySet(CatalogueQuerySet["LocalAnaestheticMaximum"]):
    def of(self, anaesthetic: str, *, has_adrenaline: bool) -> "LocalAnaestheticMaximumQuerySet":
        """Every figure on file; the sources disagree, and the lowest counts (catalogue.dose_limits)."""
        return self.current().filter(anaesthetic=anaesthetic, has_adrenaline=has_adrenaline)


class LocalAnaestheticMaximum(CatalogueEntry):
    """One source's adult infiltration maximum. A ceiling in mg is empty where the source gives none."""

    anaesthetic = models.CharField(max_length=16, choices=Anaesthetic)
    has_adrenaline = models.BooleanField()
    mg_per_kg = models.DecimalField(max_digits=5, decimal_places=2)
    max_mg = models.DecimalField(max_digits=6, decimal_places=1, null=True, blank=True)
    is_alternative = models.BooleanField(default=False)
    notes = models.CharField(max_length=200, blank=True)

    objects = LocalAnaestheticMaximumQuerySet.as_manager()

    class Meta(CatalogueEntry.Meta):
        constraints = [
            *CatalogueEntry.Meta.constraints,
            models.CheckConstraint(
                condition=Q(anaesthetic__in=Anaesthetic.values), name="localanaestheticmaximum_anaesthetic"
            ),
            models.CheckConstraint(
                condition=Q(mg_per_kg__gt=0) & (Q(max_mg__isnull=True) | Q(max_mg__gt=0)),
                name="localanaestheticmaximum_positive",
            ),
        ]
