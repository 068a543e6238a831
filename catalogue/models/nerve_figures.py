"""The figures of the nerve map, and where each nerve is met on them."""

from typing import Self

from django.db import models
from django.db.models import Q

from catalogue.choices import AnchorSide, FigurePart, FigureView
from catalogue.models.entries import CatalogueEntry, CatalogueQuerySet, NamedEntry
from catalogue.models.nerves import Nerve

# No figure is larger; a point's place is held to it by the database wherever it is stored.
LARGEST = 1000


class NerveFigure(NamedEntry):
    """One version of one drawing: ``front-v1`` is the file ``static/figures/front-v1.svg``.

    A drawing that changes gets a new version and its old file stays, so that a point lies where it was set.
    ``width`` and ``height`` are figure units, the view box of the file.
    """

    part = models.CharField(max_length=8, choices=FigurePart)
    view = models.CharField(max_length=8, choices=FigureView)
    version = models.PositiveSmallIntegerField()
    width = models.PositiveSmallIntegerField()
    height = models.PositiveSmallIntegerField()
    # Which side of the patient each half of the picture shows: both the same on a figure of one side.
    left_half = models.CharField(max_length=8, choices=AnchorSide)
    right_half = models.CharField(max_length=8, choices=AnchorSide)
    position = models.PositiveSmallIntegerField()

    objects = CatalogueQuerySet["NerveFigure"].as_manager()

    class Meta(NamedEntry.Meta):
        ordering = ["position"]
        constraints = [
            *NamedEntry.Meta.constraints,
            models.CheckConstraint(condition=Q(part__in=FigurePart.values), name="nervefigure_part"),
            models.CheckConstraint(condition=Q(view__in=FigureView.values), name="nervefigure_view"),
            models.CheckConstraint(
                condition=Q(width__range=(1, LARGEST), height__range=(1, LARGEST)), name="nervefigure_size"
            ),
            models.CheckConstraint(
                condition=Q(left_half__in=("left", "right"), right_half__in=("left", "right")),
                name="nervefigure_halves",
            ),
            models.UniqueConstraint(fields=["part", "view", "version"], name="nervefigure_once"),
        ]


class NerveAnchorQuerySet(CatalogueQuerySet["NerveAnchor"]):
    def with_codes(self) -> Self:
        return self.select_related("figure", "nerve")


class NerveAnchor(CatalogueEntry):
    """A place on a figure where a nerve is usually met, on one side of the patient; figure units from top left."""

    figure = models.ForeignKey(NerveFigure, on_delete=models.PROTECT, related_name="anchors")
    nerve = models.ForeignKey(Nerve, on_delete=models.PROTECT, related_name="anchors")
    side = models.CharField(max_length=8, choices=AnchorSide)
    x = models.PositiveSmallIntegerField()
    y = models.PositiveSmallIntegerField()

    objects = NerveAnchorQuerySet.as_manager()

    class Meta(CatalogueEntry.Meta):
        constraints = [
            *CatalogueEntry.Meta.constraints,
            models.CheckConstraint(condition=Q(side__in=AnchorSide.values), name="nerveanchor_side"),
            models.CheckConstraint(condition=Q(x__lte=LARGEST, y__lte=LARGEST), name="nerveanchor_place"),
            models.UniqueConstraint(fields=["figure", "nerve", "side", "x", "y"], name="nerveanchor_once"),
        ]
