"""The clinic's own rules: limits, levels and maximums, a new row for every change."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import ClinicForeignKey, ClinicOwned, ClinicOwnedQuerySet, manager_of


class RuleSet(ClinicOwned):
    """A whole snapshot (``sessions.rules.settings``); the highest version is in force and none is ever changed.

    ``made_by`` is null where the product's own defaults were written down for a clinic that had set nothing.
    """

    version = models.PositiveIntegerField()
    settings = models.JSONField()
    defaults_version = models.CharField(max_length=20)
    reason = models.CharField(_("why it was changed"), max_length=300)
    made_at = models.DateTimeField()
    made_by = ClinicForeignKey("accounts.Membership", null=True, blank=True, related_name="+")

    objects: ClassVar[ClinicOwnedQuerySet["RuleSet"]] = manager_of(ClinicOwnedQuerySet["RuleSet"])

    class Meta:
        ordering = ["-version"]
        constraints = [
            models.UniqueConstraint(fields=["clinic", "version"], name="sessions_ruleset_version"),
            models.CheckConstraint(condition=models.Q(version__gte=1), name="sessions_ruleset_from_one"),
            models.CheckConstraint(condition=~models.Q(reason=""), name="sessions_ruleset_reason"),
        ]

    def __str__(self) -> str:
        return str(self.version)
