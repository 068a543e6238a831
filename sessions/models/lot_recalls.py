"""A lot is recalled: whoever received something of it is told, and every attempt is kept.

Who has to be told is read from the points; a row here exists once somebody acted.
"""

from typing import ClassVar, Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import ClinicForeignKey, ClinicOwned, ClinicOwnedQuerySet, manager_of
from patients.models import PatientOwned
from sessions.models.injected_points import InjectionPoint
from sessions.stock_choices import ENDS_THE_TASK, ContactOutcome, ContactWay


class LotRecallQuerySet(ClinicOwnedQuerySet["LotRecall"]):
    def open(self) -> Self:
        return self.filter(ended_at__isnull=True)

    def with_patients_to_tell(self) -> Self:
        """Somebody received something of the lot, in a point or in a preparation, and nobody has told them."""
        told = RecallContact.objects.ending().filter(
            clinic_id=models.OuterRef("clinic_id"),
            lot_recall=models.OuterRef(models.OuterRef("pk")),
            patient_id=models.OuterRef("injection_session__patient_id"),
        )
        given = InjectionPoint.objects.filter(~models.Exists(told), clinic_id=models.OuterRef("clinic_id"))
        lot = models.OuterRef("lot_id")
        mixed = given.filter(preparation__parts__container__lot=lot)
        return self.filter(models.Exists(given.filter(lot=lot)) | models.Exists(mixed))


class LotRecall(ClinicOwned):
    lot = ClinicForeignKey("pit_sessions.SolutionLot", related_name="recalls")
    reason = models.CharField(_("reason"), max_length=200)
    started_at = models.DateTimeField()
    started_by = ClinicForeignKey("accounts.Membership", related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = ClinicForeignKey("accounts.Membership", null=True, blank=True, related_name="+")

    objects: ClassVar[LotRecallQuerySet] = manager_of(LotRecallQuerySet)

    class Meta:
        ordering = ["-started_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["clinic", "lot"], condition=models.Q(ended_at__isnull=True), name="sessions_lotrecall_one_open"
            ),
            models.CheckConstraint(condition=~models.Q(reason=""), name="sessions_lotrecall_reason"),
            models.CheckConstraint(
                condition=models.Q(ended_at__isnull=True, ended_by__isnull=True)
                | models.Q(ended_at__isnull=False, ended_at__gte=models.F("started_at"), ended_by__isnull=False),
                name="sessions_lotrecall_ended_whole",
            ),
        ]

    def __str__(self) -> str:
        return self.reason


class RecallContactQuerySet(ClinicOwnedQuerySet["RecallContact"]):
    def standing(self) -> Self:
        return self.filter(taken_back_at__isnull=True)

    def ending(self) -> Self:
        """Those that ended a patient's task."""
        return self.standing().filter(outcome__in=ENDS_THE_TASK)


class RecallContact(PatientOwned):
    """One attempt to tell one patient; a slip is taken back, and stays to be read."""

    lot_recall = ClinicForeignKey(LotRecall, related_name="contacts")
    way = models.CharField(_("how"), max_length=12, choices=ContactWay)
    outcome = models.CharField(_("outcome"), max_length=12, choices=ContactOutcome)
    note = models.CharField(_("note"), max_length=300, blank=True)
    contacted_at = models.DateTimeField()
    contacted_by = ClinicForeignKey("accounts.Membership", related_name="+")
    taken_back_at = models.DateTimeField(null=True, blank=True)
    taken_back_by = ClinicForeignKey("accounts.Membership", null=True, blank=True, related_name="+")

    objects: ClassVar[RecallContactQuerySet] = manager_of(RecallContactQuerySet)

    class Meta:
        ordering = ["-contacted_at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(outcome__in=ContactOutcome.values), name="sessions_recallcontact_outcome"
            ),
            models.CheckConstraint(condition=models.Q(way__in=ContactWay.values), name="sessions_recallcontact_way"),
            models.CheckConstraint(
                condition=models.Q(taken_back_at__isnull=True, taken_back_by__isnull=True)
                | models.Q(
                    taken_back_at__isnull=False,
                    taken_back_at__gte=models.F("contacted_at"),
                    taken_back_by__isnull=False,
                ),
                name="sessions_recallcontact_taken_back_whole",
            ),
        ]

    def __str__(self) -> str:
        return self.outcome
