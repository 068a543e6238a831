"""What of a file became or met a patient: the same again is known by it, without a guess."""

from django.db import models

from accounts.models import ClinicForeignKey, ClinicOwnedQuerySet, ClinicRules
from patients.models.patients import PatientOwned


class ImportedRow(PatientOwned):
    """``mark`` is a checksum of all that a row said, or of the address its system gave the person."""

    # Derived from what the import wrote, which is audited; it says which record a file made, whatever that became.
    clinic_rules = ClinicRules(patient="r.patient_id", is_audited=False, stays_when_merged=True)

    patient_import = ClinicForeignKey("patients.PatientImport", related_name="+")
    mark = models.CharField(max_length=64, db_collation="C")

    objects = ClinicOwnedQuerySet["ImportedRow"].as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["clinic", "mark"], name="patients_importedrow_once")]

    def __str__(self) -> str:
        return self.mark[:8]
