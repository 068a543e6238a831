"""What is injected, and which anaesthetic is in it."""

from typing import Self

from django.db import models
from django.db.models import F, Q

from catalogue.choices import Anaesthetic
from catalogue.models.entries import CatalogueEntry, CatalogueQuerySet, NamedEntry
from catalogue.models.techniques import Technique


class SolutionQuerySet(CatalogueQuerySet["Solution"]):
    def for_technique(self, code: str) -> Self:
        return self.filter(techniques__code=code)

    def without_corn_dextrose(self) -> Self:
        return self.filter(has_corn_dextrose=False)


class Solution(NamedEntry):
    """A recipe, not a container: lots and preparations point at it. Its pH is recorded, never calculated."""

    composition = models.CharField(max_length=160)
    use = models.CharField(max_length=160)
    dextrose_percent = models.DecimalField(max_digits=4, decimal_places=1, null=True, blank=True)
    mannitol_percent = models.DecimalField(max_digits=4, decimal_places=1, null=True, blank=True)
    has_corn_dextrose = models.BooleanField(help_text="Dextrose is made from corn: blocked by a corn allergy.")
    has_local_anaesthetic = models.BooleanField(help_text="A recent weight and the dose limit are needed.")
    is_buffered = models.BooleanField(default=False)
    is_topical = models.BooleanField(default=False)
    is_comparator = models.BooleanField(default=False)
    max_total_ml = models.DecimalField(max_digits=5, decimal_places=1, null=True, blank=True)
    techniques = models.ManyToManyField(Technique, related_name="solutions", blank=True)
    notes = models.TextField(blank=True)

    objects = SolutionQuerySet.as_manager()

    class Meta(NamedEntry.Meta):
        constraints = [
            *NamedEntry.Meta.constraints,
            models.CheckConstraint(
                condition=Q(dextrose_percent__isnull=True) | Q(dextrose_percent__gte=1, dextrose_percent__lte=50),
                name="solution_dextrose_percent",
            ),
            models.CheckConstraint(
                condition=Q(dextrose_percent__isnull=True) | Q(has_corn_dextrose=True),
                name="solution_dextrose_is_corn",
            ),
        ]


class SolutionAnaesthetic(CatalogueEntry):
    """An anaesthetic in a solution. Percent is empty where the clinic's own recipe decides it."""

    solution = models.ForeignKey(Solution, on_delete=models.PROTECT, related_name="anaesthetics")
    anaesthetic = models.CharField(max_length=16, choices=Anaesthetic)
    percent_min = models.DecimalField(max_digits=4, decimal_places=2, null=True, blank=True)
    percent_max = models.DecimalField(max_digits=4, decimal_places=2, null=True, blank=True)
    is_optional = models.BooleanField(default=False, help_text="One of several; the preparation says which.")

    objects = CatalogueQuerySet["SolutionAnaesthetic"].as_manager()

    class Meta(CatalogueEntry.Meta):
        constraints = [
            *CatalogueEntry.Meta.constraints,
            models.CheckConstraint(
                condition=Q(anaesthetic__in=Anaesthetic.values), name="solutionanaesthetic_anaesthetic"
            ),
            models.UniqueConstraint(fields=["solution", "anaesthetic"], name="solutionanaesthetic_once"),
            models.CheckConstraint(
                condition=Q(percent_min__isnull=True)
                | Q(percent_max__isnull=False, percent_min__gt=0, percent_min__lte=F("percent_max")),
                name="solutionanaesthetic_percent_range",
            ),
        ]
