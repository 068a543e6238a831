"""What is taken: a person, a room's place, a piece of equipment or a patient, from one moment to another.

Written by the database alone, from visits, holds and blocked rooms (``scheduling/sql/claims.sql``); the application
reads it. One exclusion constraint over all of them is what keeps anything from being promised twice.
"""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import ClassVar, Self
from uuid import UUID

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeBoundary, RangeOperators
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import ClinicForeignKey, ClinicOwned, ClinicOwnedQuerySet, ClinicRules, manager_of
from scheduling.choices import ClaimKind
from scheduling.models.appointments import LONGEST_VISIT, TsTzRange

# A visit at its longest, and a turnover after it.
LONGEST_CLAIM = LONGEST_VISIT + timedelta(hours=2)


class ClaimQuerySet(ClinicOwnedQuerySet["Claim"]):
    def between(self, start: datetime, end: datetime) -> Self:
        """Claims that touch ``[start, end)``, turnover included: plain comparisons, which stay indexed."""
        return self.filter(starts_at__lt=end, starts_at__gt=start - LONGEST_CLAIM, free_at__gt=start)

    def but(self, left_out: Collection[UUID]) -> Self:
        """Without those of these visits and holds."""
        if not left_out:
            return self
        return self.exclude(models.Q(appointment_id__in=left_out) | models.Q(hold_id__in=left_out))

    def standing(self, now: datetime) -> Self:
        """Without those of holds that have run out."""
        return self.filter(models.Q(expires_at__isnull=True) | models.Q(expires_at__gt=now))


class Claim(ClinicOwned):
    """``unit`` counts the places of a room or the pieces of equipment from 1; ``free_at`` is the end of the turnover.

    ``is_doubled``: a person decided to promise it although it was taken. ``expires_at`` is that of its hold.
    """

    clinic_rules = ClinicRules(is_audited=False)

    kind = models.CharField(max_length=9, choices=ClaimKind)
    resource_id = models.UUIDField()
    unit = models.PositiveSmallIntegerField(default=1)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    free_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True)
    is_doubled = models.BooleanField(default=False)
    appointment = ClinicForeignKey("scheduling.Appointment", null=True, related_name="+")
    hold = ClinicForeignKey("scheduling.SlotHold", null=True, related_name="+")
    # Nothing for Django to do: the database takes a block's claims away with it.
    room_block = ClinicForeignKey("scheduling.RoomBlock", on_delete=models.DO_NOTHING, null=True, related_name="+")

    objects: ClassVar[ClaimQuerySet] = manager_of(ClaimQuerySet)

    class Meta:
        verbose_name = _("taken time")
        indexes = [
            models.Index(fields=["clinic", "starts_at"], name="scheduling_claim_starts"),
            # The constraint's index leaves them out, and every new claim asks for them.
            models.Index(
                fields=["clinic", "resource_id"],
                condition=models.Q(is_doubled=True),
                name="scheduling_claim_doubled",
            ),
        ]
        constraints = [
            ExclusionConstraint(
                name="scheduling_claim_once",
                expressions=[
                    ("clinic", RangeOperators.EQUAL),
                    ("resource_id", RangeOperators.EQUAL),
                    ("unit", RangeOperators.EQUAL),
                    (TsTzRange("starts_at", "ends_at", RangeBoundary()), RangeOperators.OVERLAPS),
                ],
                condition=models.Q(is_doubled=False),
            ),
            models.CheckConstraint(
                condition=models.Q(appointment__isnull=False, hold__isnull=True, room_block__isnull=True)
                | models.Q(appointment__isnull=True, hold__isnull=False, room_block__isnull=True)
                | models.Q(appointment__isnull=True, hold__isnull=True, room_block__isnull=False),
                name="scheduling_claim_of_one",
            ),
            models.CheckConstraint(condition=models.Q(kind__in=ClaimKind.values), name="scheduling_claim_kind"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.starts_at:%Y-%m-%d %H:%M}"
