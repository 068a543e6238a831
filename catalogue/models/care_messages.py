"""The after-care ladder as it is proposed: what is sent when, and what it asks."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from catalogue.choices import CareAnchor, CareChannel
from catalogue.models.entries import CatalogueQuerySet, NamedEntry


class CareMessage(NamedEntry):
    """Timing counts from the anchor, by the wall clock of the patient's zone: either a window of hours,
    or days or months at `local_time`. A negative offset lies before the anchor."""

    anchor = models.CharField(max_length=16, choices=CareAnchor)
    offset_hours_min = models.SmallIntegerField(null=True, blank=True)
    offset_hours_max = models.SmallIntegerField(null=True, blank=True)
    offset_days = models.SmallIntegerField(null=True, blank=True)
    offset_months = models.SmallIntegerField(null=True, blank=True)
    local_time = models.TimeField(null=True, blank=True)
    channels = ArrayField(models.CharField(max_length=8, choices=CareChannel))
    body = models.CharField(max_length=160, help_text="Names no diagnosis, body part, drug, score or specialty.")
    asks = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    link_days = models.PositiveSmallIntegerField(default=7)
    max_nudges = models.PositiveSmallIntegerField(default=1)
    nudge_after_hours = models.PositiveSmallIntegerField(default=24)
    merged_into_code = models.CharField(max_length=64, blank=True, help_text="The message that asks this too.")
    merged_when_next_visit_within_days = models.PositiveSmallIntegerField(null=True, blank=True)
    position = models.PositiveSmallIntegerField()

    objects = CatalogueQuerySet["CareMessage"].as_manager()

    class Meta(NamedEntry.Meta):
        ordering = ["position"]
        constraints = [
            *NamedEntry.Meta.constraints,
            models.CheckConstraint(
                condition=Q(anchor__in=CareAnchor.values) & Q(channels__contained_by=CareChannel.values),
                name="caremessage_anchor_and_channels",
            ),
            models.CheckConstraint(
                condition=Q(offset_hours_min__isnull=False, offset_hours_max__isnull=False)
                & Q(offset_hours_min__lte=F("offset_hours_max"))
                & Q(offset_days__isnull=True, offset_months__isnull=True)
                | Q(offset_hours_min__isnull=True, offset_hours_max__isnull=True)
                & (
                    Q(offset_days__isnull=False, offset_months__isnull=True)
                    | Q(offset_days__isnull=True, offset_months__isnull=False)
                ),
                name="caremessage_one_timing",
            ),
        ]
