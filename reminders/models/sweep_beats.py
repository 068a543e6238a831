"""When the sweep last came by: the sign of life that the clinic watches."""

from typing import ClassVar

from django.db import models

from accounts.models import ClinicOwned, ClinicOwnedQuerySet, ClinicRules, manager_of


class SweepBeat(ClinicOwned):
    """One row a clinic. It says nothing about any patient and changes each minute, so it is not audited."""

    clinic_rules = ClinicRules(is_audited=False)

    swept_at = models.DateTimeField()
    mail_away_since = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[ClinicOwnedQuerySet["SweepBeat"]] = manager_of(ClinicOwnedQuerySet["SweepBeat"])

    class Meta:
        constraints = [models.UniqueConstraint(fields=["clinic"], name="reminders_sweepbeat_one_a_clinic")]

    def __str__(self) -> str:
        return f"{self.swept_at:%H:%M:%S}"
