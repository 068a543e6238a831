"""A file of patients on its way in: its good rows, and the rest back to whoever brought it."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import ClinicForeignKey, ClinicOwned, ClinicOwnedQuerySet, ClinicRules
from patients.models.patients import PatientOwned


class PatientImport(ClinicOwned):
    """``errors`` holds row numbers and reasons (never values), ``counts`` what was or would be done.

    ``taken_back`` says how many patients are gone since it was taken back, and how many stayed since they are in use
    (``stayed``); ``is_taking_back`` while somebody has asked for it.

    ``returned_key`` is the file of the rows that came back, as they were written and with what is wrong; it is kept for
    a week. ``returned_rows`` are so many.
    """

    class Kind(models.TextChoices):
        CSV = "csv", _("Table")
        FHIR = "fhir", _("FHIR R4")

    class State(models.TextChoices):
        UPLOADED = "uploaded", _("uploaded")
        QUEUED = "queued", _("waiting")
        RUNNING = "running", _("running")
        CHECKED = "checked", _("checked")
        DONE = "done", _("done")
        FAILED = "failed", _("failed")
        TAKEN_BACK = "taken_back", _("taken back")

    kind = models.CharField(max_length=4, choices=Kind)
    state = models.CharField(max_length=10, choices=State, default=State.UPLOADED)
    is_dry_run = models.BooleanField(default=True)
    file_name = models.CharField(max_length=200)
    file_key = models.CharField(max_length=100, blank=True)
    file_sha256 = models.CharField(max_length=64)
    column_map = models.JSONField(default=dict, blank=True)
    counts = models.JSONField(default=dict, blank=True)
    errors = models.JSONField(default=list, blank=True)
    error_count = models.PositiveIntegerField(default=0)
    returned_key = models.CharField(max_length=100, blank=True, default="")
    returned_rows = models.PositiveIntegerField(default=0)
    taken_back = models.JSONField(default=dict, blank=True)
    # The database transaction that wrote it all: whatever another one recorded about a patient came later.
    made_in = models.BigIntegerField(null=True)
    is_taking_back = models.BooleanField(default=False)
    taken_back_at = models.DateTimeField(null=True)
    # Who works on it: a second worker that also believes it holds the job cannot end it.
    claim = models.UUIDField(null=True)
    uploaded_by = ClinicForeignKey("accounts.Membership", null=True, related_name="+")
    started_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    objects = ClinicOwnedQuerySet["PatientImport"].as_manager()

    class Meta:
        indexes = [models.Index(fields=["clinic", "-created_at"], name="patients_patientimport_recent")]

    def __str__(self) -> str:
        return self.file_name

    @property
    def good_rows(self) -> int:
        """People of the file who go in, or are here already."""
        return sum(int(self.counts.get(name) or 0) for name in ("new", "extended", "unchanged"))


class ImportProgress(ClinicOwned):
    """How far a running import is. Written beside its one transaction, so that it can be watched."""

    clinic_rules = ClinicRules(is_audited=False)

    patient_import = ClinicForeignKey(PatientImport, related_name="progress")
    rows_done = models.PositiveIntegerField(default=0)
    rows_total = models.PositiveIntegerField(default=0)
    alive_at = models.DateTimeField()

    objects = ClinicOwnedQuerySet["ImportProgress"].as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["clinic", "patient_import"], name="patients_importprogress_once")
        ]

    def __str__(self) -> str:
        return f"{self.rows_done} / {self.rows_total}"


class ImportedPart(PatientOwned):
    """What an import made: a patient, or a row it added to one who was here; ``deceased`` and ``said_inactive`` instead
    of a table for what it said of one. By it the import is taken back (patients/sql/imports.sql)."""

    clinic_rules = ClinicRules(patient="r.patient_id", is_audited=False, stays_when_merged=True)

    patient_import = ClinicForeignKey(PatientImport, related_name="+")
    table_name = models.CharField(max_length=63, db_collation="C")
    row_id = models.UUIDField()

    objects = ClinicOwnedQuerySet["ImportedPart"].as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["clinic", "patient_import", "table_name", "row_id"], name="patients_importedpart_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.table_name} {self.row_id}"
