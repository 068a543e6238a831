"""One row for each change and each view; written by database functions only (``audit/sql/audit.sql``)."""

from collections.abc import Sequence
from typing import Self
from uuid import UUID

from django.db import models
from django.utils.translation import gettext_lazy as _

from common.database import UUIDv7


class AuditEventQuerySet(models.QuerySet["AuditEvent"]):
    def in_clinic(self, clinic_id: UUID) -> Self:
        return self.filter(clinic_id=clinic_id)

    def about_patient(self, patient_id: UUID) -> Self:
        return self.filter(patient_id=patient_id)

    def about_patients(self, patient_ids: Sequence[UUID]) -> Self:
        """About one person who may have had several records: most have one, which the index answers in order."""
        return self.filter(patient_id__in=patient_ids) if len(patient_ids) > 1 else self.about_patient(patient_ids[0])

    def of_row(self, table_name: str, row_id: UUID) -> Self:
        """About one row that belongs to no patient."""
        return self.filter(patient_id__isnull=True, row_id=row_id, table_name=table_name)

    def newest_first(self) -> Self:
        return self.order_by("-at", "-id")


class AuditEvent(models.Model):
    """A change (by trigger) or a view (by the application), with actor, request and reason.

    ``changes`` maps a column to ``[before, after]`` for an update, and holds the whole row for a deletion. An insertion
    keeps no copy: its values are the row's present ones with the later updates undone.
    """

    class Kind(models.TextChoices):
        INSERT = "insert", _("created")
        UPDATE = "update", _("changed")
        DELETE = "delete", _("removed")
        VIEW = "view", _("viewed")
        EXPORT = "export", _("exported")

    id = models.UUIDField(primary_key=True, db_default=UUIDv7(), editable=False)
    clinic_id = models.UUIDField()
    at = models.DateTimeField()
    xid = models.BigIntegerField()
    kind = models.CharField(max_length=10, choices=Kind)
    table_name = models.CharField(max_length=63)
    row_id = models.UUIDField(null=True)
    patient_id = models.UUIDField(null=True)
    actor = models.CharField(max_length=80)
    request_id = models.CharField(max_length=64)
    reason = models.TextField()
    changes = models.JSONField(null=True)

    objects = AuditEventQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["clinic_id", "xid", "id"], name="audit_event_seal"),
            models.Index(fields=["clinic_id", "at"], name="audit_event_at"),
            models.Index(
                fields=["clinic_id", "patient_id", "at"],
                condition=models.Q(patient_id__isnull=False),
                name="audit_event_patient",
            ),
            # the history of a setting: rows that belong to nobody
            models.Index(
                fields=["clinic_id", "row_id", "at"],
                condition=models.Q(patient_id__isnull=True, row_id__isnull=False),
                name="audit_event_row",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.table_name} {self.row_id}"


class AuditSeal(models.Model):
    """A link of the chain: the hash of the next run of events together with the hash of the link before."""

    id = models.UUIDField(primary_key=True, db_default=UUIDv7(), editable=False)
    clinic_id = models.UUIDField()
    number = models.BigIntegerField()
    sealed_at = models.DateTimeField()
    last_xid = models.BigIntegerField()
    last_event_id = models.UUIDField()
    event_count = models.BigIntegerField()
    events_hash = models.BinaryField()
    previous_hash = models.BinaryField()
    hash = models.BinaryField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["clinic_id", "number"], name="audit_seal_number")]

    def __str__(self) -> str:
        return f"seal {self.number}"
