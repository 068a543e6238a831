"""How the last proof of the records and of the audit trail went, over all clinics: what ``readyz`` says."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.choices import Proof


class IntegrityReport(models.Model):
    """One row for each kind of proof. It counts, and names no clinic and no record; each clinic's admin reads which."""

    proof = models.CharField(primary_key=True, max_length=10, choices=Proof)
    begun_at = models.DateTimeField(_("begun"))
    proven_at = models.DateTimeField(_("last proven to the end"), null=True)
    problem_count = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("state of the proofs")
        constraints = [
            models.CheckConstraint(condition=models.Q(proof__in=Proof.values), name="accounts_integrityreport_proof")
        ]

    def __str__(self) -> str:
        return self.proof
