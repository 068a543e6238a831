"""Photographs and ultrasound stills of a session. The bytes have a table of their own, so that no list reads them."""

from typing import ClassVar, Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import ClinicForeignKey, ClinicOwned, ClinicOwnedQuerySet, ClinicRules, manager_of
from patients.models import PatientOwned
from sessions.choices import ConsentSigner, PictureKind, PointSide
from sessions.models.injection_sessions import InjectionSession

_OF_SESSION = "(SELECT s.patient_id FROM pit_sessions_injectionsession s WHERE s.id = r.injection_session_id)"


class PictureConsentQuerySet(ClinicOwnedQuerySet["PictureConsent"]):
    def standing(self) -> Self:
        return self.filter(withdrawn_at__isnull=True)


class PictureConsent(PatientOwned):
    """A patient agrees to photographs, apart from the consent to treatment. Withdrawn once, otherwise never changed."""

    wording_version = models.CharField(max_length=20)
    signed_name = models.CharField(_("signed by (full name)"), max_length=120)
    signed_as = models.CharField(max_length=10, choices=ConsentSigner, default=ConsentSigner.PATIENT)
    given_at = models.DateTimeField()
    taken_by = ClinicForeignKey("accounts.Membership", related_name="+")
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = ClinicForeignKey("accounts.Membership", null=True, blank=True, related_name="+")

    objects: ClassVar[PictureConsentQuerySet] = manager_of(PictureConsentQuerySet)

    class Meta:
        verbose_name = _("consent to photographs")
        indexes = [models.Index(fields=["patient", "-given_at"], name="sessions_picconsent_patient")]
        constraints = [
            models.UniqueConstraint(
                fields=["clinic", "patient"],
                condition=models.Q(withdrawn_at__isnull=True),
                name="sessions_picconsent_one_standing",
            ),
            models.CheckConstraint(condition=~models.Q(signed_name=""), name="sessions_picconsent_name"),
            models.CheckConstraint(
                condition=models.Q(signed_as__in=ConsentSigner.values), name="sessions_picconsent_signed_as"
            ),
            models.CheckConstraint(
                condition=models.Q(withdrawn_at__isnull=True, withdrawn_by__isnull=True)
                | models.Q(
                    withdrawn_at__isnull=False, withdrawn_at__gte=models.F("given_at"), withdrawn_by__isnull=False
                ),
                name="sessions_picconsent_withdrawal",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.given_at:%Y-%m-%d}"


class Picture(ClinicOwned):
    """What is known of a picture. ``is_part_of_draft``, made by the database: it was there when the session was signed,
    and belongs to the hash; one that came later has its own author and time.

    Taken out of a draft it is gone; afterwards it is struck out with a reason, and stays.
    """

    clinic_rules = ClinicRules(patient=_OF_SESSION, is_deletable=True)

    injection_session = ClinicForeignKey(InjectionSession, related_name="pictures")
    kind = models.CharField(_("kind"), max_length=10, choices=PictureKind)
    side = models.CharField(_("side"), max_length=8, choices=PointSide)
    caption = models.CharField(_("caption"), max_length=200, blank=True)
    width = models.PositiveSmallIntegerField()
    height = models.PositiveSmallIntegerField()
    sha256 = models.CharField(max_length=64)
    consent = ClinicForeignKey(PictureConsent, null=True, blank=True, related_name="+")
    is_part_of_draft = models.BooleanField(default=True, editable=False)
    added_at = models.DateTimeField(_("added"))
    added_by = ClinicForeignKey("accounts.Membership", related_name="+", verbose_name=_("added by"))
    struck_at = models.DateTimeField(_("struck out"), null=True, blank=True)
    struck_by = ClinicForeignKey(
        "accounts.Membership", null=True, blank=True, related_name="+", verbose_name=_("struck out by")
    )
    strike_reason = models.CharField(_("why it is struck out"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("picture")
        ordering = ["added_at", "id"]
        indexes = [models.Index(fields=["injection_session"], name="sessions_picture_session")]
        constraints = [
            models.CheckConstraint(condition=models.Q(kind__in=PictureKind.values), name="sessions_picture_kind"),
            models.CheckConstraint(condition=models.Q(side__in=PointSide.values), name="sessions_picture_side"),
            models.CheckConstraint(
                condition=~models.Q(kind="photo") | models.Q(consent__isnull=False), name="sessions_picture_consent"
            ),
            models.CheckConstraint(
                condition=models.Q(struck_at__isnull=True, struck_by__isnull=True, strike_reason="")
                | (models.Q(struck_at__isnull=False, struck_by__isnull=False) & ~models.Q(strike_reason="")),
                name="sessions_picture_strike_is_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.added_at:%Y-%m-%d}"


class PictureContent(ClinicOwned):
    """The bytes: JPEG, made by ``sessions.pictures``. The audit trail keeps the hash of ``Picture``, not a copy."""

    clinic_rules = ClinicRules(is_deletable=True, is_audited=False)

    picture = ClinicForeignKey(Picture, related_name="contents")
    image = models.BinaryField()
    thumbnail = models.BinaryField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["clinic", "picture"], name="sessions_picture_content_once")]

    def __str__(self) -> str:
        return f"{self.picture_id}"
