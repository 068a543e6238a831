"""The ways of injecting, with their usual amounts and the volumes above which the record asks."""

from django.db import models
from django.db.models import F, Q

from catalogue.choices import TechniqueDepth, VolumePer
from catalogue.models.entries import CatalogueQuerySet, NamedEntry


class Technique(NamedEntry):
    """Amounts are what clinics and trials report; `warn_*` are product defaults, not clinical limits."""

    depth = models.CharField(max_length=16, choices=TechniqueDepth)
    guidance = models.CharField(max_length=80, blank=True)
    is_image_guided = models.BooleanField(default=False)
    dextrose_percent_min = models.DecimalField(max_digits=4, decimal_places=1, null=True, blank=True)
    dextrose_percent_max = models.DecimalField(max_digits=4, decimal_places=1, null=True, blank=True)
    volume_ml_min = models.DecimalField(max_digits=5, decimal_places=2, null=True, blank=True)
    volume_ml_max = models.DecimalField(max_digits=5, decimal_places=2, null=True, blank=True)
    volume_per = models.CharField(max_length=10, choices=VolumePer, blank=True)
    warn_point_volume_ml = models.DecimalField(max_digits=5, decimal_places=2, null=True, blank=True)
    warn_session_volume_ml = models.DecimalField(max_digits=5, decimal_places=1, null=True, blank=True)
    warn_dextrose_percent = models.DecimalField(max_digits=4, decimal_places=1, null=True, blank=True)
    needle_note = models.CharField(max_length=200, blank=True)
    pain_relief_advice = models.TextField(blank=True)
    notes = models.TextField(blank=True)

    objects = CatalogueQuerySet["Technique"].as_manager()

    class Meta(NamedEntry.Meta):
        constraints = [
            *NamedEntry.Meta.constraints,
            models.CheckConstraint(condition=Q(depth__in=TechniqueDepth.values), name="technique_depth"),
            models.CheckConstraint(condition=Q(volume_per__in=["", *VolumePer.values]), name="technique_volume_per"),
            models.CheckConstraint(
                condition=Q(volume_ml_min__isnull=True)
                | Q(volume_ml_max__isnull=False, volume_ml_min__lte=F("volume_ml_max")),
                name="technique_volume_range",
            ),
            models.CheckConstraint(
                condition=Q(dextrose_percent_min__isnull=True)
                | Q(dextrose_percent_max__isnull=False, dextrose_percent_min__lte=F("dextrose_percent_max")),
                name="technique_dextrose_range",
            ),
        ]
