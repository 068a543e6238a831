"""A code on its way to a phone or mailbox: whoever reads it out has that phone or mailbox."""

from typing import ClassVar, Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import ClinicForeignKey, ClinicOwned, ClinicOwnedQuerySet, ClinicRules, manager_of
from patients.choices import VerifiedHow
from patients.models.contact_points import ContactPoint

DIGITS = 6
MOST_TRIES = 5


class ContactCodeQuerySet(ClinicOwnedQuerySet["ContactCode"]):
    def standing(self) -> Self:
        """Neither used nor ended; its ten minutes may be over all the same."""
        return self.filter(used_at__isnull=True, ended_at__isnull=True)


class ContactCode(ClinicOwned):
    """Six digits that are kept nowhere: ``code_hash`` is keyed with the site's secret, ``nonce`` makes them again.

    One stands for a contact at a time. ``tries`` counts wrong ones. It ends (``ended_at``) with the fifth of them, with
    a newer code, and when its contact is changed, stopped or verified otherwise (patients/sql/contact_codes.sql).
    """

    clinic_rules = ClinicRules(
        patient="(SELECT c.patient_id FROM patients_contactpoint c WHERE c.id = r.contact_point_id)"
    )

    contact_point = ClinicForeignKey(ContactPoint, related_name="codes", db_index=False)
    nonce = models.BinaryField(max_length=16)
    code_hash = models.BinaryField(max_length=32)
    asked_at = models.DateTimeField()
    asked_by = ClinicForeignKey("accounts.Membership", null=True, related_name="+", db_index=False)
    expires_at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(_("wrong tries"), default=0)
    used_at = models.DateTimeField(null=True)
    used_how = models.CharField(max_length=9, choices=VerifiedHow, blank=True)
    ended_at = models.DateTimeField(null=True)

    objects: ClassVar[ContactCodeQuerySet] = manager_of(ContactCodeQuerySet)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["clinic", "contact_point"],
                condition=models.Q(used_at__isnull=True, ended_at__isnull=True),
                name="patients_contactcode_one_stands",
            ),
            models.CheckConstraint(condition=models.Q(tries__lte=MOST_TRIES), name="patients_contactcode_tries"),
            models.CheckConstraint(
                condition=models.Q(used_at__isnull=True, used_how="")
                | models.Q(used_at__isnull=False, ended_at__isnull=True, used_how="link")
                | models.Q(
                    used_at__isnull=False,
                    used_at__lt=models.F("expires_at"),
                    ended_at__isnull=True,
                    used_how="code",
                    tries__lt=MOST_TRIES,
                ),
                name="patients_contactcode_used_in_time",
            ),
        ]
        indexes = [
            models.Index(fields=["clinic", "contact_point", "-asked_at"], name="patients_contactcode_asked"),
            models.Index(
                fields=["clinic", "expires_at"],
                condition=models.Q(used_at__isnull=True, ended_at__isnull=True),
                name="patients_contactcode_standing",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.asked_at:%Y-%m-%d %H:%M}"
