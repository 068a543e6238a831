"""Asking a patient back: who takes care of it, until when it rests, and every call with its outcome.

What has to be done is read from sessions and visits; a row here exists once somebody acted.
"""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import ClinicForeignKey, ClinicOwned, ClinicOwnedQuerySet, ClinicRules, manager_of
from patients.models import PatientOwned
from sessions.choices import RecallKind, RecallOutcome


class VisitRecall(PatientOwned):
    injection_session = ClinicForeignKey("pit_sessions.InjectionSession", related_name="+")
    kind = models.CharField(max_length=12, choices=RecallKind)
    owner = ClinicForeignKey("accounts.Membership", null=True, blank=True, related_name="+")
    quiet_until_date = models.DateField(_("quiet until"), null=True, blank=True)

    objects: ClassVar[ClinicOwnedQuerySet["VisitRecall"]] = manager_of(ClinicOwnedQuerySet["VisitRecall"])

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["clinic", "injection_session", "kind"], name="sessions_visitrecall_once"),
            models.CheckConstraint(condition=models.Q(kind__in=RecallKind.values), name="sessions_visitrecall_kind"),
        ]

    def __str__(self) -> str:
        return self.kind


class RecallCall(ClinicOwned):
    """One call. The note is the desk's: nothing clinical."""

    clinic_rules = ClinicRules(
        patient="(SELECT v.patient_id FROM pit_sessions_visitrecall v WHERE v.id = r.visit_recall_id)"
    )

    visit_recall = ClinicForeignKey(VisitRecall, related_name="calls")
    outcome = models.CharField(_("outcome"), max_length=12, choices=RecallOutcome)
    again_date = models.DateField(_("call again on"), null=True, blank=True)
    note = models.CharField(_("note"), max_length=300, blank=True)
    called_at = models.DateTimeField()
    called_by = ClinicForeignKey("accounts.Membership", null=True, related_name="+")

    objects: ClassVar[ClinicOwnedQuerySet["RecallCall"]] = manager_of(ClinicOwnedQuerySet["RecallCall"])

    class Meta:
        ordering = ["-called_at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(outcome__in=RecallOutcome.values), name="sessions_recallcall_outcome"
            ),
            models.CheckConstraint(
                condition=models.Q(outcome=RecallOutcome.CALL_AGAIN, again_date__isnull=False)
                | (~models.Q(outcome=RecallOutcome.CALL_AGAIN) & models.Q(again_date__isnull=True)),
                name="sessions_recallcall_again_has_a_day",
            ),
        ]

    def __str__(self) -> str:
        return self.outcome
