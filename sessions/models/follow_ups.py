"""Call back: what the clinic owes the patient after a session, with an owner and an outcome."""

from datetime import datetime
from typing import ClassVar, Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import ClinicForeignKey, ClinicOwnedQuerySet, manager_of
from patients.models import PatientOwned
from sessions.choices import FollowUpOutcome


class FollowUpQuerySet(ClinicOwnedQuerySet["FollowUp"]):
    def outstanding(self) -> Self:
        return self.filter(completed_at__isnull=True, cancelled_at__isnull=True)

    def closed_as_gone(self) -> Self:
        """Without a call, as the patient counted as deceased or as having left."""
        return self.filter(outcome=FollowUpOutcome.GONE, cancelled_at__isnull=True)

    def due(self, now: datetime) -> Self:
        return self.outstanding().filter(due_at__lte=now)


class FollowUp(PatientOwned):
    injection_session = ClinicForeignKey("pit_sessions.InjectionSession", related_name="follow_ups")
    due_at = models.DateTimeField(_("due"))
    owner = ClinicForeignKey("accounts.Membership", null=True, blank=True, related_name="+")
    completed_at = models.DateTimeField(null=True, blank=True)
    completed_by = ClinicForeignKey("accounts.Membership", null=True, blank=True, related_name="+")
    cancelled_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(_("outcome"), max_length=12, choices=FollowUpOutcome, blank=True)
    note = models.TextField(_("note"), blank=True)

    objects: ClassVar[FollowUpQuerySet] = manager_of(FollowUpQuerySet)

    class Meta:
        verbose_name = _("follow-up")
        indexes = [
            models.Index(
                fields=["clinic", "due_at"],
                condition=models.Q(completed_at__isnull=True, cancelled_at__isnull=True),
                name="sessions_followup_due",
            )
        ]
        constraints = [
            models.UniqueConstraint(fields=["clinic", "injection_session"], name="sessions_followup_one_a_session"),
            models.CheckConstraint(
                condition=models.Q(completed_at__isnull=True, completed_by__isnull=True, outcome="")
                | (models.Q(completed_at__isnull=False, completed_by__isnull=False) & ~models.Q(outcome="")),
                name="sessions_followup_completed_has_outcome",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.due_at:%Y-%m-%d}"
