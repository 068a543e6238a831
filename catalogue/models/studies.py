"""What was tried on whom, against what, and what came of it."""

from django.db import models
from django.db.models import Q

from catalogue.choices import ResultKind
from catalogue.models.conditions import Condition
from catalogue.models.entries import CatalogueEntry, CatalogueQuerySet, NamedEntry
from catalogue.models.instruments import InstrumentScale
from catalogue.models.sources import Source


class Study(NamedEntry):
    """A row of the evidence table. What the stored abstract did not show stays empty."""

    condition_text = models.CharField(max_length=120)
    conditions = models.ManyToManyField(Condition, related_name="studies", blank=True)
    design = models.CharField(max_length=120)
    participants = models.PositiveIntegerField(null=True, blank=True)
    participants_note = models.CharField(max_length=80, blank=True)
    intervention = models.CharField(max_length=160)
    control_arm = models.CharField(max_length=120, blank=True)
    follow_up = models.CharField(max_length=80, blank=True)
    result = models.CharField(max_length=300, blank=True)
    is_pit_specific = models.BooleanField(default=False)
    sources = models.ManyToManyField(Source, related_name="studies", blank=True)

    objects = CatalogueQuerySet["Study"].as_manager()

    class Meta(NamedEntry.Meta):
        verbose_name_plural = "studies"


class StudyResultQuerySet(CatalogueQuerySet["StudyResult"]):
    def sham_reference(self) -> "StudyResultQuerySet":
        """The falls of control arms that every benefit chart shows beside its own."""
        return self.current().filter(is_sham_reference=True).select_related("study", "scale")


class StudyResult(CatalogueEntry):
    """One figure of one arm at one time. Shown only beside the study's control arm, design and size."""

    study = models.ForeignKey(Study, on_delete=models.PROTECT, related_name="results")
    arm = models.CharField(max_length=60)
    is_control = models.BooleanField()
    measure = models.CharField(max_length=60)
    scale = models.ForeignKey(
        InstrumentScale, on_delete=models.PROTECT, null=True, blank=True, related_name="study_results"
    )
    kind = models.CharField(max_length=16, choices=ResultKind)
    time_text = models.CharField(max_length=40)
    time_minutes = models.PositiveIntegerField(null=True, blank=True)
    value = models.DecimalField(max_digits=7, decimal_places=3)
    spread = models.DecimalField(max_digits=6, decimal_places=2, null=True, blank=True)
    is_approximate = models.BooleanField(default=False)
    is_sham_reference = models.BooleanField(default=False)
    notes = models.CharField(max_length=120, blank=True)

    objects = StudyResultQuerySet.as_manager()

    class Meta(CatalogueEntry.Meta):
        constraints = [
            *CatalogueEntry.Meta.constraints,
            models.CheckConstraint(condition=Q(kind__in=ResultKind.values), name="studyresult_kind"),
            models.CheckConstraint(
                condition=Q(is_sham_reference=False) | Q(is_control=True), name="studyresult_sham_is_control"
            ),
        ]
