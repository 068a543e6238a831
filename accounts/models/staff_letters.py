"""One letter owed to a person who works at the clinic, or is invited to: sent by a sweep, its end recorded."""

from datetime import datetime
from typing import ClassVar, Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.choices import LetterKind, LetterState
from accounts.models.clinic_owned import ClinicForeignKey, ClinicOwned, ClinicOwnedQuerySet, manager_of


class StaffLetterQuerySet(ClinicOwnedQuerySet["StaffLetter"]):
    def planned(self) -> Self:
        return self.filter(state=LetterState.PLANNED)

    def due(self, now: datetime) -> Self:
        """Those to try now; one that a dead worker held is free again when its lease is over."""
        free = models.Q(lease_until__isnull=True) | models.Q(lease_until__lte=now)
        return self.planned().filter(free, next_at__lte=now).order_by("next_at", "id")

    def newest_first(self) -> Self:
        return self.order_by("-created_at", "-id")


class StaffLetter(ClinicOwned):
    """No address, no words and no key are kept: they are derived when it is sent, from what holds then.

    A second copy does no harm, so one that may have left is simply tried again.
    """

    kind = models.CharField(_("kind"), max_length=12, choices=LetterKind)
    invitation = ClinicForeignKey("accounts.Invitation", null=True, blank=True, related_name="letters")
    issued = models.PositiveSmallIntegerField(default=0)
    membership = ClinicForeignKey("accounts.Membership", null=True, blank=True, related_name="+")
    state = models.CharField(_("state"), max_length=8, choices=LetterState, default=LetterState.PLANNED)
    next_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    lease_until = models.DateTimeField(null=True, blank=True)
    last_error = models.CharField(max_length=60, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[StaffLetterQuerySet] = manager_of(StaffLetterQuerySet)

    class Meta:
        verbose_name = _("letter to a person who works here")
        indexes = [
            models.Index(
                fields=["clinic", "next_at"], condition=models.Q(state="planned"), name="accounts_staffletter_due"
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["clinic", "invitation", "issued"], name="accounts_staffletter_once"),
            models.CheckConstraint(
                condition=models.Q(kind="invitation", invitation__isnull=False, membership__isnull=True)
                | models.Q(kind__in=("factor_reset", "rules"), invitation__isnull=True, membership__isnull=False),
                name="accounts_staffletter_about",
            ),
            models.CheckConstraint(condition=models.Q(state__in=LetterState.values), name="accounts_staffletter_state"),
            models.CheckConstraint(
                condition=models.Q(state="sent", sent_at__isnull=False)
                | ~models.Q(state="sent") & models.Q(sent_at__isnull=True),
                name="accounts_staffletter_sent_at",
            ),
        ]

    def __str__(self) -> str:
        return self.kind
