"""What a visit is for and how long it takes (defaults: domain.md §12)."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import ClinicOwned, ClinicOwnedQuerySet, manager_of


class VisitType(ClinicOwned):
    code = models.SlugField(max_length=40)
    name = models.CharField(_("name"), max_length=80)
    duration_minutes = models.PositiveSmallIntegerField(_("duration (min)"))
    turnover_minutes = models.PositiveSmallIntegerField(_("turnover (min)"), default=0)
    needs_room = models.BooleanField(_("needs a room"), default=True)
    is_treatment = models.BooleanField(_("includes injections"), default=True)
    is_active = models.BooleanField(_("in use"), default=True)

    objects: ClassVar[ClinicOwnedQuerySet["VisitType"]] = manager_of(ClinicOwnedQuerySet["VisitType"])

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["clinic", "code"], name="scheduling_visittype_once"),
            models.CheckConstraint(
                condition=models.Q(duration_minutes__gte=5, duration_minutes__lte=480),
                name="scheduling_visittype_duration",
            ),
        ]

    def __str__(self) -> str:
        return self.name
