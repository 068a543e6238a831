"""A second name under a record: somebody who may sign alone has read it and agrees."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import ClinicForeignKey, ClinicOwned, ClinicRules
from sessions.models.injection_sessions import InjectionSession


class CoSignature(ClinicOwned):
    """``content_sha256`` is the hash of the record that was read. Never changed; the database says who gives it."""

    clinic_rules = ClinicRules(
        patient="(SELECT s.patient_id FROM pit_sessions_injectionsession s WHERE s.id = r.injection_session_id)"
    )

    injection_session = ClinicForeignKey(InjectionSession, related_name="co_signatures")
    co_signed_by = ClinicForeignKey("accounts.Membership", related_name="+", verbose_name=_("co-signed by"))
    co_signed_at = models.DateTimeField(_("co-signed"))
    content_sha256 = models.CharField(max_length=64)

    class Meta:
        verbose_name = _("co-signature")
        constraints = [
            models.UniqueConstraint(fields=["clinic", "injection_session"], name="sessions_cosignature_once"),
            models.CheckConstraint(condition=~models.Q(content_sha256=""), name="sessions_cosignature_hash"),
        ]

    def __str__(self) -> str:
        return f"{self.co_signed_at:%Y-%m-%d}"
