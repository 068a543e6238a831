"""How the deployment's backups stand: one row for each kind of act, written by the backup itself."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.choices import BackupAct


class BackupReport(models.Model):
    """It is of the whole deployment and says nothing of any clinic; each clinic's admin reads it."""

    act = models.CharField(primary_key=True, max_length=8, choices=BackupAct)
    succeeded_at = models.DateTimeField(_("last done"), null=True)
    failed_at = models.DateTimeField(_("last failed"), null=True)
    problem = models.CharField(max_length=200, blank=True)

    class Meta:
        verbose_name = _("state of the backups")
        constraints = [
            models.CheckConstraint(condition=models.Q(act__in=BackupAct.values), name="accounts_backupreport_act"),
            models.CheckConstraint(
                condition=models.Q(failed_at__isnull=True, problem="")
                | models.Q(failed_at__isnull=False) & ~models.Q(problem=""),
                name="accounts_backupreport_problem",
            ),
        ]

    def __str__(self) -> str:
        return self.act
