"""The clinic's own words of consent; every version stays as it was read and signed."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import ClinicForeignKey, ClinicOwned, ClinicOwnedQuerySet, manager_of


class ConsentWording(ClinicOwned):
    """``lines`` are read to a patient who signs, ``guardian_lines`` to whoever signs for one, ``risk_lines`` (risk
    flag → line) to both where the region has that risk.

    ``corrects_version``: only a slip of that version was mended, so what was signed under it stands.
    Where a clinic has none, the product's text stands (``sessions.consent_wordings``).
    """

    version = models.CharField(max_length=20)
    language = models.CharField(max_length=12, default="en")
    lines = ArrayField(models.TextField())
    guardian_lines = ArrayField(models.TextField())
    risk_lines = models.JSONField()
    reason = models.CharField(_("why it was changed"), max_length=300)
    corrects_version = models.CharField(max_length=20, blank=True)
    made_at = models.DateTimeField()
    made_by = ClinicForeignKey("accounts.Membership", related_name="+")

    objects: ClassVar[ClinicOwnedQuerySet["ConsentWording"]] = manager_of(ClinicOwnedQuerySet["ConsentWording"])

    class Meta:
        ordering = ["-made_at"]
        constraints = [
            models.UniqueConstraint(fields=["clinic", "version"], name="sessions_consentwording_version"),
            models.CheckConstraint(condition=~models.Q(lines=[]), name="sessions_consentwording_lines"),
            models.CheckConstraint(condition=~models.Q(reason=""), name="sessions_consentwording_reason"),
            models.CheckConstraint(condition=~models.Q(language=""), name="sessions_consentwording_language"),
        ]

    def __str__(self) -> str:
        return self.version
