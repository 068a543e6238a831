"""The parts of the body by which nerves and conditions are found."""

from django.db import models
from django.db.models import Q

from catalogue.choices import BodyPart
from catalogue.models.entries import CatalogueQuerySet, NamedEntry


class BodyRegion(NamedEntry):
    body_part = models.CharField(max_length=16, choices=BodyPart)
    position = models.PositiveSmallIntegerField()

    objects = CatalogueQuerySet["BodyRegion"].as_manager()

    class Meta(NamedEntry.Meta):
        ordering = ["position"]
        constraints = [
            *NamedEntry.Meta.constraints,
            models.CheckConstraint(condition=Q(body_part__in=BodyPart.values), name="bodyregion_body_part"),
        ]
