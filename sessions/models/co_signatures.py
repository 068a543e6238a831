"""A second name under a record: somebody who may sign alone has read it and agrees, or sends it back."""

from datetime import timedelta
from typing import ClassVar, Self
from uuid import UUID

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import ClinicForeignKey, ClinicOwned, ClinicOwnedQuerySet, ClinicRules, manager_of
from sessions.choices import CoSigned
from sessions.models.injection_sessions import PATIENT_OF_SESSION, Addendum, InjectionSession

# [DEF] a second name is owed within a day of the first.
CO_SIGN_WITHIN = timedelta(hours=24)


class CoSignature(ClinicOwned):
    """``content_sha256`` is the hash of what was read: the record's own, or that of the words of an addendum or of why
    the record was voided. Never changed; the database says who gives it.
    """

    clinic_rules = ClinicRules(patient=PATIENT_OF_SESSION)

    injection_session = ClinicForeignKey(InjectionSession, related_name="co_signatures")
    about = models.CharField(max_length=8, choices=CoSigned, default=CoSigned.RECORD)
    addendum = ClinicForeignKey(Addendum, null=True, blank=True, related_name="co_signatures")
    co_signed_by = ClinicForeignKey("accounts.Membership", related_name="+", verbose_name=_("co-signed by"))
    co_signed_at = models.DateTimeField(_("co-signed"))
    content_sha256 = models.CharField(max_length=64)

    class Meta:
        verbose_name = _("co-signature")
        constraints = [
            models.UniqueConstraint(
                fields=["clinic", "injection_session", "about"],
                condition=~models.Q(about="addendum"),
                name="sessions_cosignature_once",
            ),
            models.UniqueConstraint(fields=["clinic", "addendum"], name="sessions_cosignature_once_an_addendum"),
            models.CheckConstraint(
                condition=models.Q(about="addendum", addendum__isnull=False)
                | models.Q(about__in=("record", "void"), addendum__isnull=True),
                name="sessions_cosignature_about",
            ),
            models.CheckConstraint(condition=~models.Q(content_sha256=""), name="sessions_cosignature_hash"),
        ]

    def __str__(self) -> str:
        return f"{self.co_signed_at:%Y-%m-%d}"


class CoSignatureReturnQuerySet(ClinicOwnedQuerySet["CoSignatureReturn"]):
    def open(self) -> Self:
        """With the one who signed, wrote or voided: neither asked again, nor co-signed all the same, nor voided."""
        given = CoSignature.objects.filter(
            models.Q(addendum=models.OuterRef("addendum")) | models.Q(addendum__isnull=True),
            injection_session=models.OuterRef("injection_session"),
            about=models.OuterRef("about"),
        )
        is_over = models.Q(about=CoSigned.RECORD) & ~models.Q(injection_session__status="signed")
        return self.filter(~is_over, ~models.Exists(given), asked_again_at__isnull=True)

    def of_member(self, membership_id: UUID | None) -> Self:
        """Of what the member treated, signed, wrote or voided; of nobody's for the machine."""
        record = models.Q(injection_session__signed_by_id=membership_id) | models.Q(
            injection_session__clinician_id=membership_id
        )
        return self.filter(
            models.Q(record, about=CoSigned.RECORD)
            | models.Q(addendum__written_by_id=membership_id, about=CoSigned.ADDENDUM)
            | models.Q(injection_session__voided_by_id=membership_id, about=CoSigned.VOID)
        )


class CoSignatureReturn(ClinicOwned):
    """A record, an addendum or a voiding that was sent back with a comment before it was co-signed. It stays as it is;
    whoever stands behind it answers, with an addendum where one is needed, and asks again."""

    clinic_rules = ClinicRules(patient=PATIENT_OF_SESSION)

    injection_session = ClinicForeignKey(InjectionSession, related_name="returns")
    about = models.CharField(max_length=8, choices=CoSigned, default=CoSigned.RECORD)
    addendum = ClinicForeignKey(Addendum, null=True, blank=True, related_name="returns")
    comment = models.CharField(_("what is missing"), max_length=500)
    returned_at = models.DateTimeField(_("sent back"))
    returned_by = ClinicForeignKey("accounts.Membership", related_name="+", verbose_name=_("sent back by"))
    asked_again_at = models.DateTimeField(_("asked again"), null=True, blank=True)
    asked_again_by = ClinicForeignKey("accounts.Membership", null=True, blank=True, related_name="+")

    objects: ClassVar[CoSignatureReturnQuerySet] = manager_of(CoSignatureReturnQuerySet)

    class Meta:
        verbose_name = _("record sent back before its co-signature")
        ordering = ["returned_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["clinic", "injection_session", "about"],
                condition=models.Q(asked_again_at__isnull=True) & ~models.Q(about="addendum"),
                name="sessions_return_one_open",
            ),
            models.UniqueConstraint(
                fields=["clinic", "addendum"],
                condition=models.Q(asked_again_at__isnull=True),
                name="sessions_return_one_open_an_addendum",
            ),
            models.CheckConstraint(
                condition=models.Q(about="addendum", addendum__isnull=False)
                | models.Q(about__in=("record", "void"), addendum__isnull=True),
                name="sessions_return_about",
            ),
            models.CheckConstraint(condition=~models.Q(comment=""), name="sessions_return_comment"),
            models.CheckConstraint(
                condition=models.Q(asked_again_at__isnull=True, asked_again_by__isnull=True)
                | models.Q(
                    asked_again_at__isnull=False,
                    asked_again_at__gte=models.F("returned_at"),
                    asked_again_by__isnull=False,
                ),
                name="sessions_return_asked_again_is_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.returned_at:%Y-%m-%d}"
