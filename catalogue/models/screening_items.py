"""What is asked before every treatment, and what a yes does."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from catalogue.choices import ScreeningEffect
from catalogue.models.entries import CatalogueQuerySet, NamedEntry


class ScreeningItem(NamedEntry):
    """Answers hold for the day. A yes stops, asks a physician, warns or flags as `effect` says."""

    question = models.CharField(max_length=200)
    options = ArrayField(models.CharField(max_length=60), default=list, blank=True)
    effect = models.CharField(max_length=12, choices=ScreeningEffect)
    is_overridable = models.BooleanField(default=False)
    is_concern_when_no = models.BooleanField(default=False)
    action = models.CharField(max_length=240)
    records = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    position = models.PositiveSmallIntegerField()

    objects = CatalogueQuerySet["ScreeningItem"].as_manager()

    class Meta(NamedEntry.Meta):
        ordering = ["position"]
        constraints = [
            *NamedEntry.Meta.constraints,
            models.CheckConstraint(condition=Q(effect__in=ScreeningEffect.values), name="screeningitem_effect"),
        ]
