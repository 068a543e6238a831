"""The clinic's own rules: limits, levels and maximums, a new row for every change; and what waits for a clinician."""

from typing import ClassVar, Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import ClinicForeignKey, ClinicOwned, ClinicOwnedQuerySet, manager_of


class RuleSet(ClinicOwned):
    """A whole snapshot (``sessions.rules.settings``); the highest version is in force and none is ever changed.

    ``made_by`` is null where the product's own defaults were written down for a clinic that had set nothing.
    ``agreed_by`` is the clinician who answers for a version that ``weakens`` a rule (sessions/sql/rule_sets.sql).
    """

    version = models.PositiveIntegerField()
    settings = models.JSONField()
    defaults_version = models.CharField(max_length=20)
    reason = models.CharField(_("why it was changed"), max_length=300)
    made_at = models.DateTimeField()
    made_by = ClinicForeignKey("accounts.Membership", null=True, blank=True, related_name="+")
    weakens = models.BooleanField(default=False)
    agreed_by = ClinicForeignKey("accounts.Membership", null=True, blank=True, related_name="+")

    objects: ClassVar[ClinicOwnedQuerySet["RuleSet"]] = manager_of(ClinicOwnedQuerySet["RuleSet"])

    class Meta:
        verbose_name = _("rules of the clinic")
        ordering = ["-version"]
        constraints = [
            models.UniqueConstraint(fields=["clinic", "version"], name="sessions_ruleset_version"),
            models.CheckConstraint(condition=models.Q(version__gte=1), name="sessions_ruleset_from_one"),
            models.CheckConstraint(condition=~models.Q(reason=""), name="sessions_ruleset_reason"),
            models.CheckConstraint(
                condition=models.Q(weakens=False) | models.Q(agreed_by__isnull=False), name="sessions_ruleset_agreed"
            ),
        ]

    def __str__(self) -> str:
        return str(self.version)


class RuleProposalQuerySet(ClinicOwnedQuerySet["RuleProposal"]):
    def open(self) -> Self:
        return self.filter(decided_at__isnull=True)


class RuleProposal(ClinicOwned):
    """A change that weakens a rule: asked for by an admin, in force only when a clinician has agreed.

    ``base_version`` is the version it was asked against, 0 where there was none; one waits at a time.
    """

    settings = models.JSONField()
    base_version = models.PositiveIntegerField()
    reason = models.CharField(_("why it is changed"), max_length=300)
    asked_at = models.DateTimeField()
    asked_by = ClinicForeignKey("accounts.Membership", related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = ClinicForeignKey("accounts.Membership", null=True, blank=True, related_name="+")
    is_agreed = models.BooleanField(null=True)
    answer = models.CharField(_("why not"), max_length=300, blank=True)

    objects: ClassVar[RuleProposalQuerySet] = manager_of(RuleProposalQuerySet)

    class Meta:
        verbose_name = _("change of rules that waits for a clinician")
        ordering = ["-asked_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["clinic"], condition=models.Q(decided_at__isnull=True), name="sessions_ruleproposal_one_open"
            ),
            models.CheckConstraint(condition=~models.Q(reason=""), name="sessions_ruleproposal_reason"),
            models.CheckConstraint(
                condition=models.Q(decided_at__isnull=True, decided_by__isnull=True, is_agreed__isnull=True, answer="")
                | models.Q(decided_at__isnull=False, decided_by__isnull=False, is_agreed__isnull=False)
                & models.Q(is_agreed=True, answer="")
                | (
                    models.Q(decided_at__isnull=False, decided_by__isnull=False, is_agreed__isnull=False)
                    & models.Q(is_agreed=False)
                    & ~models.Q(answer="")
                ),
                name="sessions_ruleproposal_decision_is_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.asked_at:%Y-%m-%d}"
