"""What happened to a lot: set aside, released, its number or use-by corrected; always with a reason."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import ClinicForeignKey, ClinicOwned, ClinicOwnedQuerySet, manager_of
from sessions.stock_choices import LotChangeKind

_BEFORE = models.Q(was_lot_number="", was_expiry_date__isnull=True, lot_number="", expiry_date__isnull=True)


class LotChange(ClinicOwned):
    """Written once. Only a correction names what stood before and what stands now."""

    lot = ClinicForeignKey("pit_sessions.SolutionLot", related_name="changes")
    kind = models.CharField(max_length=12, choices=LotChangeKind)
    reason = models.CharField(_("reason"), max_length=200)
    was_lot_number = models.CharField(max_length=60, blank=True)
    was_expiry_date = models.DateField(null=True, blank=True)
    lot_number = models.CharField(max_length=60, blank=True)
    expiry_date = models.DateField(null=True, blank=True)
    changed_at = models.DateTimeField()
    changed_by = ClinicForeignKey("accounts.Membership", related_name="+")

    objects: ClassVar[ClinicOwnedQuerySet["LotChange"]] = manager_of(ClinicOwnedQuerySet["LotChange"])

    class Meta:
        ordering = ["-changed_at", "-id"]
        constraints = [
            models.CheckConstraint(condition=~models.Q(reason=""), name="sessions_lotchange_reason"),
            models.CheckConstraint(condition=models.Q(kind__in=LotChangeKind.values), name="sessions_lotchange_kind"),
            models.CheckConstraint(
                condition=(~models.Q(kind=LotChangeKind.CORRECTED) & _BEFORE)
                | (
                    models.Q(kind=LotChangeKind.CORRECTED, was_expiry_date__isnull=False, expiry_date__isnull=False)
                    & ~models.Q(was_lot_number="")
                    & ~models.Q(lot_number="")
                ),
                name="sessions_lotchange_correction_is_whole",
            ),
            models.CheckConstraint(
                condition=~models.Q(kind=LotChangeKind.CORRECTED)
                | ~models.Q(lot_number=models.F("was_lot_number"))
                | ~models.Q(expiry_date=models.F("was_expiry_date")),
                name="sessions_lotchange_corrects_something",
            ),
        ]

    def __str__(self) -> str:
        return self.kind
