"""What patients come with: the diagnosis, its code, the nerves often involved and what is known."""

from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Exists, OuterRef, Q

from catalogue.choices import EvidenceGrade, FurtherCharacter
from catalogue.models.body_regions import BodyRegion
from catalogue.models.entries import CatalogueEntry, CatalogueQuerySet, NamedEntry, SearchableQuerySet
from catalogue.models.nerves import Nerve
from catalogue.models.sources import Source


class ConditionQuerySet(SearchableQuerySet["Condition"]):
    def with_icd10cm_code(self, start: str) -> Self:
        """Conditions one of whose codes, as a pattern or completed by a side, begins with `start`."""
        start = start.strip().upper()
        codes = ConditionCode.objects.current().filter(condition=OuterRef("pk"))
        begins = Q(pattern__startswith=start)
        for side in ("right", "left", "bilateral"):
            begins |= Q(**{f"code_{side}__startswith": start})
        return self.filter(Exists(codes.filter(begins))) if start else self


class Condition(NamedEntry):
    icd10cm = models.CharField(max_length=80, help_text="As the reference writes it; a trailing - wants more.")
    regions = models.ManyToManyField(BodyRegion, related_name="conditions")
    nerves = models.ManyToManyField(Nerve, related_name="conditions", blank=True)
    nerves_note = models.CharField(max_length=80, blank=True)
    synonyms = ArrayField(models.CharField(max_length=80), default=list, blank=True)
    evidence_grades = ArrayField(models.CharField(max_length=4, choices=EvidenceGrade))
    evidence_note = models.CharField(max_length=120, blank=True)
    evidence_sources = models.ManyToManyField(Source, related_name="conditions", blank=True)
    search_text = models.TextField(editable=False)

    objects = ConditionQuerySet.as_manager()

    class Meta(NamedEntry.Meta):
        constraints = [
            *NamedEntry.Meta.constraints,
            models.CheckConstraint(
                condition=Q(evidence_grades__contained_by=EvidenceGrade.values) & Q(evidence_grades__len__gte=1),
                name="condition_evidence_grades",
            ),
        ]

    @property
    def evidence_grade(self) -> EvidenceGrade:
        """The grade named first in the reference."""
        return EvidenceGrade(self.evidence_grades[0])


class ConditionCode(CatalogueEntry):
    """An ICD-10-CM code of a condition and, where the side completes it, the complete codes.

    A side without a code stays empty: the coder decides, nothing is made up (see catalogue.icd10cm).
    """

    condition = models.ForeignKey(Condition, on_delete=models.PROTECT, related_name="codes")
    pattern = models.CharField(max_length=8)
    further_character = models.CharField(max_length=8, choices=FurtherCharacter)
    code_right = models.CharField(max_length=8, blank=True)
    code_left = models.CharField(max_length=8, blank=True)
    code_bilateral = models.CharField(max_length=8, blank=True)
    position = models.PositiveSmallIntegerField(default=1)
    notes = models.CharField(max_length=160, blank=True)

    objects = CatalogueQuerySet["ConditionCode"].as_manager()

    class Meta(CatalogueEntry.Meta):
        ordering = ["condition", "position"]
        constraints = [
            *CatalogueEntry.Meta.constraints,
            models.UniqueConstraint(fields=["condition", "pattern"], name="conditioncode_once"),
            models.CheckConstraint(
                condition=Q(further_character__in=FurtherCharacter.values),
                name="conditioncode_further_character",
            ),
            models.CheckConstraint(
                condition=Q(pattern__endswith="-") | Q(further_character=FurtherCharacter.NONE),
                name="conditioncode_complete_without_dash",
            ),
            models.CheckConstraint(
                condition=Q(further_character=FurtherCharacter.SIDE)
                | Q(code_right="", code_left="", code_bilateral=""),
                name="conditioncode_sides_only_where_side",
            ),
        ]
