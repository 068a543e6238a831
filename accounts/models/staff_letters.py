"""One letter owed to a person who works at the clinic, or is invited to: sent by a sweep, its end recorded."""

from datetime import datetime, timedelta
from typing import ClassVar, Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.choices import SIGN_IN_LETTERS, LetterKind, LetterState
from accounts.models.clinic_owned import ClinicForeignKey, ClinicOwned, ClinicOwnedQuerySet, manager_of

# What ``last_error`` says while no mail server answers.
NO_SERVER = "no mail server"
# A sweep comes by every twenty seconds: a letter that waits longer does so because the worker is away.
_SOON = timedelta(minutes=2)


class StaffLetterQuerySet(ClinicOwnedQuerySet["StaffLetter"]):
    def planned(self) -> Self:
        return self.filter(state=LetterState.PLANNED)

    def due(self, now: datetime) -> Self:
        """Those to try now; one that a dead worker held is free again when its lease is over."""
        free = models.Q(lease_until__isnull=True) | models.Q(lease_until__lte=now)
        return self.planned().filter(free, next_at__lte=now).order_by("next_at", "id")

    def without_server(self) -> Self:
        """Those that wait for a mail server to answer; ``failing_since`` says since when."""
        return self.planned().filter(last_error=NO_SERVER)

    def with_lateness(self, now: datetime) -> Self:
        """``is_late``: it should have left by now, and nobody has even tried."""
        is_late = models.Q(state=LetterState.PLANNED, next_at__lte=now - _SOON)
        return self.annotate(is_late=models.ExpressionWrapper(is_late, output_field=models.BooleanField()))

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
    failing_since = models.DateTimeField(null=True, blank=True)
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
            models.UniqueConstraint(
                fields=["clinic", "membership", "kind"],
                condition=models.Q(state="planned", kind__in=[kind.value for kind in SIGN_IN_LETTERS]),
                name="accounts_staffletter_one_waits",
            ),
            models.CheckConstraint(
                condition=models.Q(kind="invitation", invitation__isnull=False, membership__isnull=True)
                | models.Q(
                    kind__in=("factor_reset", "rules", "new_password", "password_set"),
                    invitation__isnull=True,
                    membership__isnull=False,
                ),
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
