"""A key to the patient's door: single-purpose, short-lived, worth nothing without the date of birth."""

from typing import ClassVar, Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import ClinicOwnedQuerySet, manager_of
from patients.models.patients import PatientOwned


class AccessLinkQuerySet(ClinicOwnedQuerySet["AccessLink"]):
    def with_token_hash(self, token_hash: bytes) -> Self:
        return self.filter(token_hash=token_hash)


class AccessLink(PatientOwned):
    """Only the SHA-256 of the token is kept. ``failed_attempts`` counts wrong second factors."""

    class Purpose(models.TextChoices):
        CHECK_IN = "check_in", _("Check-in after a visit")
        OFFER = "offer", _("A free time on offer")
        CONTACT = "contact", _("An address to confirm")

    purpose = models.CharField(max_length=12, choices=Purpose)
    token_hash = models.BinaryField(max_length=32)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)
    failed_attempts = models.PositiveSmallIntegerField(default=0)
    last_failed_at = models.DateTimeField(null=True)

    objects: ClassVar[AccessLinkQuerySet] = manager_of(AccessLinkQuerySet)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["clinic", "token_hash"], name="patients_accesslink_token")]

    def __str__(self) -> str:
        return self.purpose
