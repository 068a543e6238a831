"""The search index over names: equality only, which row-level security leaves fast."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import ClinicOwnedQuerySet, ClinicRules
from patients.models.patients import PatientOwned


class NameToken(PatientOwned):
    """A folded name part, or one with a letter left out (which finds missing, extra, wrong and swapped letters)."""

    # They say how the record itself is named: after a merge it is still found by them.
    clinic_rules = ClinicRules(patient="r.patient_id", is_deletable=True, is_audited=False, stays_when_merged=True)

    token = models.CharField(max_length=60, db_collation="C")
    is_whole = models.BooleanField()

    objects = ClinicOwnedQuerySet["NameToken"].as_manager()

    class Meta:
        verbose_name = _("part of a name")
        indexes = [
            models.Index(fields=["clinic", "is_whole", "token"], include=["patient"], name="patients_nametoken_token"),
        ]

    def __str__(self) -> str:
        return self.token
