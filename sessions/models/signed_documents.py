"""What a signature is made over: the record as an explicit document, kept word for word."""

from typing import ClassVar

from django.db import models

from accounts.models import ClinicForeignKey, ClinicOwned, ClinicOwnedQuerySet, ClinicRules, manager_of
from sessions.models.injection_sessions import InjectionSession


class SignedDocument(ClinicOwned):
    """The JSON whose SHA-256 is the session's ``content_sha256`` (docs/adr/0031). A table of its own, so that no list
    reads it; written by the database at the signature, from the rows as they stand, and never changed."""

    clinic_rules = ClinicRules(is_written_by_database=True, is_audited=False)

    injection_session = ClinicForeignKey(InjectionSession, related_name="signed_documents")
    content = models.TextField()

    objects: ClassVar[ClinicOwnedQuerySet["SignedDocument"]] = manager_of(ClinicOwnedQuerySet["SignedDocument"])

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["clinic", "injection_session"], name="sessions_document_once"),
            models.CheckConstraint(condition=~models.Q(content=""), name="sessions_document_content"),
        ]

    def __str__(self) -> str:
        return f"{self.injection_session_id}"
