"""Visits that were booked together, one row each; the series only says that they belong together."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import ClinicForeignKey, ClinicOwnedQuerySet, manager_of
from patients.models import PatientOwned


class VisitSeries(PatientOwned):
    """``released_at``: its unused visits were given back."""

    visit_type = ClinicForeignKey("scheduling.VisitType", related_name="+")
    every_days = models.PositiveSmallIntegerField(_("days between two visits"), default=7)
    released_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[ClinicOwnedQuerySet["VisitSeries"]] = manager_of(ClinicOwnedQuerySet["VisitSeries"])

    class Meta:
        indexes = [models.Index(fields=["patient", "-created_at"], name="scheduling_series_patient")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(every_days__gte=1, every_days__lte=366), name="scheduling_series_every_days"
            )
        ]

    def __str__(self) -> str:
        return str(self.every_days)
