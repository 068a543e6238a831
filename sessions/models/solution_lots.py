"""A lot of a solution on the shelf: what a recall asks for."""

from datetime import date
from typing import ClassVar, Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import ClinicOwned, ClinicOwnedQuerySet


class SolutionLotQuerySet(ClinicOwnedQuerySet["SolutionLot"]):
    def usable_on(self, day: date) -> Self:
        return self.filter(expiry_date__gte=day, quarantined_at__isnull=True)


class SolutionLot(ClinicOwned):
    solution = models.ForeignKey("catalogue.Solution", on_delete=models.PROTECT, related_name="+")
    lot_number = models.CharField(_("lot"), max_length=60)
    maker = models.CharField(_("maker"), max_length=120, blank=True)
    expiry_date = models.DateField(_("use by"))
    quarantined_at = models.DateTimeField(null=True, blank=True)
    quarantine_reason = models.CharField(max_length=200, blank=True)

    objects: ClassVar[SolutionLotQuerySet] = SolutionLotQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        ordering = ["expiry_date", "lot_number"]
        constraints = [
            models.UniqueConstraint(fields=["clinic", "solution", "lot_number"], name="sessions_solutionlot_once"),
            models.CheckConstraint(condition=~models.Q(lot_number=""), name="sessions_solutionlot_number"),
        ]

    def __str__(self) -> str:
        return self.lot_number
