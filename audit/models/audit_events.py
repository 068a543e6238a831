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


# Kinds that are few among the changes and the views.
_RARE = (
    "export",
    "delete",
    "sign_in",
    "sign_in_failed",
    "locked_out",
    "sign_out",
    "password_reset",
    "password_changed",
    "factor_added",
    "factor_removed",
    "factors_reset",
    "recovery_made",
    "recovery_used",
)


class AuditEvent(models.Model):
    """A change (by trigger), a view or an export (by the application), an act of a sign-in; with actor and request.

    ``changes`` maps a column to ``[before, after]`` for an update, and holds the whole row for a deletion. An insertion
    keeps no copy: its values are the row's present ones with the later updates undone. Of a view or an export it tells
    how much was shown, of a sign-in how it was made.
    """

    class Kind(models.TextChoices):
        INSERT = "insert", _("created")
        UPDATE = "update", _("changed")
        DELETE = "delete", _("removed")
        VIEW = "view", _("viewed")
        EXPORT = "export", _("exported")
        SIGN_IN = "sign_in", _("signed in")
        SIGN_IN_FAILED = "sign_in_failed", _("sign-in refused")
        LOCKED_OUT = "locked_out", _("sign-in locked after too many tries")
        SIGN_OUT = "sign_out", _("signed out")
        PASSWORD_RESET = "password_reset", _("password reset by mail")
        PASSWORD_CHANGED = "password_changed", _("password changed")
        FACTOR_ADDED = "factor_added", _("second factor added")
        FACTOR_REMOVED = "factor_removed", _("second factor removed")
        FACTORS_RESET = "factors_reset", _("second factors reset by an admin")
        RECOVERY_MADE = "recovery_made", _("new recovery codes made")
        RECOVERY_USED = "recovery_used", _("recovery code used")

    id = models.UUIDField(primary_key=True, db_default=UUIDv7(), editable=False)
    clinic_id = models.UUIDField()
    at = models.DateTimeField()
    xid = models.BigIntegerField()
    kind = models.CharField(max_length=16, choices=Kind)
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
            # what one person did
            models.Index(fields=["clinic_id", "actor", "at"], name="audit_event_actor"),
            models.Index(
                fields=["clinic_id", "patient_id", "at"],
                condition=models.Q(patient_id__isnull=False),
                name="audit_event_patient",
            ),
            # who exported what, who was refused at the door
            models.Index(fields=["clinic_id", "at"], condition=models.Q(kind__in=_RARE), name="audit_event_rare"),
            # the history of a setting: rows that belong to nobody
            models.Index(
                fields=["clinic_id", "row_id", "at"],
                condition=models.Q(patient_id__isnull=True, row_id__isnull=False),
                name="audit_event_row",
            ),
            # the event that tells of a signature, by the row that was signed
            models.Index(
                fields=["clinic_id", "row_id"],
                condition=models.Q(changes__has_key="content_sha256"),
                name="audit_event_signed",
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


class AuditCheck(models.Model):
    """A stretch of the chain was recomputed at ``checked_at``, up to the link ``last_number``: how many breaks there
    are from the first link on, and the first. ``is_whole``: it reached the head of the chain; the next begins anew.
    """

    id = models.UUIDField(primary_key=True, db_default=UUIDv7(), editable=False)
    clinic_id = models.UUIDField()
    checked_at = models.DateTimeField()
    last_number = models.BigIntegerField()
    is_whole = models.BooleanField()
    problem_count = models.BigIntegerField()
    first_problem = models.TextField()

    class Meta:
        indexes = [models.Index(fields=["clinic_id", "checked_at"], name="audit_check_at")]

    def __str__(self) -> str:
        return f"check up to {self.last_number}"
