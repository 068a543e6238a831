"""Side effects by name, how soon they show, and how fast somebody must look."""

from django.db import models
from django.db.models import F, Q

from catalogue.choices import TriageLevel
from catalogue.models.entries import CatalogueQuerySet, NamedEntry


class AdverseEventType(NamedEntry):
    frequency = models.CharField(max_length=200, help_text="Words of the source; never shown as a PIT rate.")
    typical_timing = models.CharField(max_length=80)
    default_triage = models.CharField(max_length=2, choices=TriageLevel)
    escalated_triage = models.CharField(max_length=2, choices=TriageLevel, blank=True)
    escalates_when = models.CharField(max_length=120, blank=True)
    escalates_after_hours = models.PositiveSmallIntegerField(null=True, blank=True)
    is_incident = models.BooleanField(default=False, help_text="Also an incident report.")
    notes = models.CharField(max_length=200, blank=True)

    objects = CatalogueQuerySet["AdverseEventType"].as_manager()

    class Meta(NamedEntry.Meta):
        constraints = [
            *NamedEntry.Meta.constraints,
            models.CheckConstraint(
                condition=Q(default_triage__in=TriageLevel.values) & Q(escalated_triage__in=["", *TriageLevel.values]),
                name="adverseeventtype_triage",
            ),
            # "P0" sorts before "P1": a condition can only make it more urgent.
            models.CheckConstraint(
                condition=Q(escalated_triage="") | Q(escalated_triage__lt=F("default_triage")),
                name="adverseeventtype_escalates_upwards",
            ),
        ]


class DangerSign(NamedEntry):
    """A sign a patient can report. The page shows what to do at once and waits for nobody."""

    question = models.CharField(max_length=200, help_text="Asked of the patient, in plain words.")
    triage = models.CharField(max_length=2, choices=TriageLevel)
    adverse_event_type = models.ForeignKey(
        AdverseEventType, on_delete=models.PROTECT, null=True, blank=True, related_name="danger_signs"
    )
    position = models.PositiveSmallIntegerField()

    objects = CatalogueQuerySet["DangerSign"].as_manager()

    class Meta(NamedEntry.Meta):
        ordering = ["position"]
        constraints = [
            *NamedEntry.Meta.constraints,
            models.CheckConstraint(condition=Q(triage__in=TriageLevel.values), name="dangersign_triage"),
        ]
