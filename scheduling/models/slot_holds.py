"""A time kept for a few minutes while somebody decides, or while a patient on the waiting list answers."""

from datetime import datetime
from typing import ClassVar, Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import ClinicForeignKey, ClinicOwned, ClinicOwnedQuerySet, ClinicRules, manager_of
from scheduling.models.appointments import LONGEST_VISIT


class SlotHoldQuerySet(ClinicOwnedQuerySet["SlotHold"]):
    def standing(self, now: datetime) -> Self:
        """Those that still keep their time."""
        return self.filter(ended_at__isnull=True, expires_at__gt=now)

    def between(self, start: datetime, end: datetime) -> Self:
        """Those that touch ``[start, end)``."""
        return self.filter(starts_at__lt=end, starts_at__gt=start - LONGEST_VISIT, ends_at__gt=start)

    def run_out(self, now: datetime) -> Self:
        return self.filter(ended_at__isnull=True, expires_at__lte=now)


class SlotHold(ClinicOwned):
    """It claims what a visit would claim. ``ended_at``: booked, let go or run out. The patient may not be known yet."""

    clinic_rules = ClinicRules(patient="r.patient_id")

    patient = ClinicForeignKey("patients.Patient", null=True, blank=True, related_name="+")
    clinician = ClinicForeignKey("accounts.Membership", related_name="+")
    room = ClinicForeignKey("scheduling.Room", null=True, blank=True, related_name="+")
    equipment = ClinicForeignKey("scheduling.Equipment", null=True, blank=True, related_name="+")
    chaperone = ClinicForeignKey("accounts.Membership", null=True, blank=True, related_name="+")
    visit_type = ClinicForeignKey("scheduling.VisitType", related_name="+")
    starts_at = models.DateTimeField(_("from"))
    ends_at = models.DateTimeField(_("to"))
    held_by = ClinicForeignKey("accounts.Membership", null=True, blank=True, related_name="+")
    expires_at = models.DateTimeField(_("kept until"))
    ended_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[SlotHoldQuerySet] = manager_of(SlotHoldQuerySet)

    class Meta:
        verbose_name = _("held time")
        indexes = [
            models.Index(
                fields=["clinic", "expires_at"],
                condition=models.Q(ended_at__isnull=True),
                name="scheduling_slothold_standing",
            )
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_at__gt=models.F("starts_at"))
                & models.Q(ends_at__lte=models.F("starts_at") + LONGEST_VISIT),
                name="scheduling_slothold_length",
            )
        ]

    def __str__(self) -> str:
        return f"{self.starts_at:%Y-%m-%d %H:%M}"
