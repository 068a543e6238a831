"""Is every signed record still what was signed? Asked of all of them each night, and what was found."""

from typing import ClassVar, Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import ClinicForeignKey, ClinicOwned, ClinicOwnedQuerySet, ClinicRules, manager_of
from sessions.choices import Breakage, Proven


class SignatureCheckQuerySet(ClinicOwnedQuerySet["SignatureCheck"]):
    def ended(self) -> Self:
        return self.filter(ended_at__isnull=False)


class SignatureCheck(ClinicOwned):
    """One walk through all that is sealed: sessions, then pictures, then papers (``stage``), each by their ids.

    ``reached`` is the last one of the stage that was looked at, so that a walk that was stopped goes on.
    """

    clinic_rules = ClinicRules(is_audited=False)

    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    stage = models.CharField(max_length=8, choices=Proven, default=Proven.SESSION)
    reached = models.UUIDField(null=True, blank=True)
    checked_count = models.PositiveIntegerField(default=0)

    objects: ClassVar[SignatureCheckQuerySet] = manager_of(SignatureCheckQuerySet)

    class Meta:
        verbose_name = _("check of the signatures")
        indexes = [models.Index(fields=["clinic", "-started_at"], name="sessions_check_started")]
        constraints = [
            models.UniqueConstraint(
                fields=["clinic"], condition=models.Q(ended_at__isnull=True), name="sessions_check_one_walks"
            ),
            models.CheckConstraint(
                condition=models.Q(ended_at__isnull=True) | models.Q(ended_at__gte=models.F("started_at")),
                name="sessions_check_ends_after_start",
            ),
            models.CheckConstraint(condition=models.Q(stage__in=Proven.values), name="sessions_check_stage"),
        ]

    def __str__(self) -> str:
        return f"{self.started_at:%Y-%m-%d}"


class SignatureProblem(ClinicOwned):
    """Something that is not what was signed. Ids without foreign keys: the row itself may be gone."""

    clinic_rules = ClinicRules(is_audited=False)

    check_run = ClinicForeignKey(SignatureCheck, related_name="problems")
    what = models.CharField(max_length=8, choices=Proven)
    row_id = models.UUIDField()
    session_id = models.UUIDField()
    problem = models.CharField(max_length=12, choices=Breakage)

    objects: ClassVar[ClinicOwnedQuerySet["SignatureProblem"]] = manager_of(ClinicOwnedQuerySet["SignatureProblem"])

    class Meta:
        verbose_name = _("broken signature")
        constraints = [
            models.UniqueConstraint(fields=["clinic", "check_run", "what", "row_id"], name="sessions_problem_once"),
            models.CheckConstraint(condition=models.Q(what__in=Proven.values), name="sessions_problem_what"),
            models.CheckConstraint(condition=models.Q(problem__in=Breakage.values), name="sessions_problem_problem"),
        ]

    def __str__(self) -> str:
        return f"{self.what} {self.row_id}"
