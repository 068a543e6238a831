"""A paper that left the record: a procedure note or a letter, kept as it was made."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import ClinicForeignKey, ClinicOwned, ClinicRules
from sessions.choices import PaperKind, RecordStatus
from sessions.models.injection_sessions import InjectionSession


class Paper(ClinicOwned):
    """``sha256`` is made by the database over ``pdf``; neither changes. ``of_status``: the record's state then."""

    clinic_rules = ClinicRules(
        patient="(SELECT s.patient_id FROM pit_sessions_injectionsession s WHERE s.id = r.injection_session_id)"
    )

    injection_session = ClinicForeignKey(InjectionSession, related_name="papers")
    kind = models.CharField(_("kind"), max_length=8, choices=PaperKind)
    of_status = models.CharField(max_length=8, choices=RecordStatus)
    recipient = models.CharField(_("to"), max_length=400, blank=True)
    made_at = models.DateTimeField(_("made"))
    made_by = ClinicForeignKey("accounts.Membership", related_name="+", verbose_name=_("made by"))
    pdf = models.BinaryField()
    sha256 = models.CharField(max_length=64)

    class Meta:
        verbose_name = _("paper")
        ordering = ["-made_at", "-id"]
        indexes = [models.Index(fields=["injection_session", "-made_at"], name="sessions_paper_session")]
        constraints = [
            models.CheckConstraint(condition=models.Q(kind__in=PaperKind.values), name="sessions_paper_kind"),
            models.CheckConstraint(
                condition=~models.Q(kind="letter") | (models.Q(of_status="signed") & ~models.Q(recipient="")),
                name="sessions_paper_letter",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.made_at:%Y-%m-%d}"
