"""The five kinds of tender place along a nerve (Valleix)."""

from django.db import models

from catalogue.models.entries import CatalogueQuerySet, NamedEntry


class PointType(NamedEntry):
    description = models.CharField(max_length=200)
    position = models.PositiveSmallIntegerField()

    objects = CatalogueQuerySet["PointType"].as_manager()

    class Meta(NamedEntry.Meta):
        ordering = ["position"]
