"""The nerves a point is written down for, with what is near them."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext as _

from catalogue.choices import DepthClass, Laterality, NerveFlag, PointsPer
from catalogue.models.body_regions import BodyRegion
from catalogue.models.entries import NamedEntry, SearchableQuerySet


class NerveQuerySet(SearchableQuerySet["Nerve"]):
    def with_flag(self, flag: NerveFlag) -> "NerveQuerySet":
        return self.filter(flags__contains=[flag])

    def in_region(self, code: str) -> "NerveQuerySet":
        return self.filter(regions__code=code)


class Nerve(NamedEntry):
    """A nerve, or the scar or field without one (N070). Point counts are soft expectations only."""

    short_name = models.CharField(max_length=40)
    synonyms = ArrayField(models.CharField(max_length=80), default=list, blank=True)
    regions = models.ManyToManyField(BodyRegion, related_name="nerves")
    laterality = models.CharField(max_length=2, choices=Laterality)
    depth_class = models.CharField(max_length=2, choices=DepthClass)
    symptoms = models.CharField(max_length=200)
    points_min = models.PositiveSmallIntegerField()
    points_max = models.PositiveSmallIntegerField()
    points_per = models.CharField(max_length=8, choices=PointsPer, default=PointsPer.SIDE)
    flags = ArrayField(models.CharField(max_length=8, choices=NerveFlag), default=list, blank=True)
    # Shipped empty: SNOMED CT content needs an affiliate licence, so a clinic imports its own codes.
    snomed_code = models.CharField(max_length=18, null=True, blank=True, unique=True)
    search_text = models.TextField(editable=False)

    objects = NerveQuerySet.as_manager()

    class Meta(NamedEntry.Meta):
        constraints = [
            *NamedEntry.Meta.constraints,
            models.CheckConstraint(condition=Q(laterality__in=Laterality.values), name="nerve_laterality"),
            models.CheckConstraint(condition=Q(depth_class__in=DepthClass.values), name="nerve_depth_class"),
            models.CheckConstraint(condition=Q(points_per__in=PointsPer.values), name="nerve_points_per"),
            models.CheckConstraint(
                condition=Q(points_min__gte=1, points_min__lte=F("points_max")), name="nerve_points_range"
            ),
            models.CheckConstraint(condition=Q(flags__contained_by=NerveFlag.values), name="nerve_flags"),
        ]

    def has_flag(self, flag: NerveFlag) -> bool:
        return flag in self.flags

    @property
    def needs_side(self) -> bool:
        return self.laterality == Laterality.LATERAL

    @property
    def allows_midline(self) -> bool:
        return self.laterality != Laterality.LATERAL

    @property
    def expected_points(self) -> str:
        """ "3-6 a side", or "3 a side" where the reference gives one number."""
        low, high = self.points_min, self.points_max
        count = str(low) if low == high else f"{low}-{high}"
        return _("%(count)s %(unit)s") % {"count": count, "unit": PointsPer(self.points_per).label}
