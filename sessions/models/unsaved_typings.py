"""What a member typed into a draft and the draft could not take yet. It is no part of the record."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import ClinicForeignKey, ClinicOwned, ClinicOwnedQuerySet, ClinicRules, manager_of

_PATIENT = "(SELECT s.patient_id FROM pit_sessions_injectionsession s WHERE s.id = r.injection_session_id)"


class UnsavedTyping(ClinicOwned):
    """The fields of the page as they were sent, one row for each session and member, gone with the next good save.

    Not audited: half a word is no entry, and a copy of it for ever would be one. ``version`` is the draft's that it was
    typed over; ``page`` and ``number`` say which send of which open page it was, so that an older one never wins.
    """

    clinic_rules = ClinicRules(patient=_PATIENT, is_deletable=True, is_audited=False)

    injection_session = ClinicForeignKey("pit_sessions.InjectionSession", related_name="unsaved_typings")
    member = ClinicForeignKey("accounts.Membership", related_name="+")
    version = models.PositiveIntegerField()
    typed = models.JSONField(default=dict)
    typed_at = models.DateTimeField()
    page = models.UUIDField(null=True, blank=True)
    number = models.PositiveIntegerField(default=0)

    objects: ClassVar[ClinicOwnedQuerySet["UnsavedTyping"]] = manager_of(ClinicOwnedQuerySet["UnsavedTyping"])

    class Meta:
        verbose_name = _("typing that was not saved")
        constraints = [
            models.UniqueConstraint(
                fields=["clinic", "injection_session", "member"], name="sessions_unsavedtyping_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.typed_at:%Y-%m-%d %H:%M}"
