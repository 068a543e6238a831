"""A file of patients on its way in: all of it or nothing."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import ClinicForeignKey, ClinicOwned, ClinicOwnedQuerySet, ClinicRules


class PatientImport(ClinicOwned):
    """``errors`` holds row numbers and reasons (never values), ``counts`` what was or would be done."""

    class Kind(models.TextChoices):
        CSV = "csv", _("Table (CSV)")
        FHIR = "fhir", _("FHIR R4 bundle")

    class State(models.TextChoices):
        UPLOADED = "uploaded", _("uploaded")
        QUEUED = "queued", _("waiting")
        RUNNING = "running", _("running")
        CHECKED = "checked", _("checked")
        DONE = "done", _("done")
        FAILED = "failed", _("failed")

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


class ImportProgress(ClinicOwned):
    """How far a running import is. Written beside its all-or-nothing transaction, so that it can be watched."""

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
