"""How to reach a patient, and what they allowed it to be used for."""

from typing import ClassVar, Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import ClinicForeignKey, ClinicOwned, ClinicOwnedQuerySet, ClinicRules, manager_of
from patients.choices import ContactKind, Purpose, VerifiedHow
from patients.models.patients import PatientOwned
from patients.records import NOTE_LENGTH


class ContactPointQuerySet(ClinicOwnedQuerySet["ContactPoint"]):
    def in_use(self) -> Self:
        return self.filter(stopped_at__isnull=True)

    def own(self) -> Self:
        """Those that say who the patient is: a guardian's is on the records of all the children, and on their own."""
        return self.filter(is_guardians=False)

    def emails(self) -> Self:
        return self.filter(kind=ContactKind.EMAIL)


class ContactPoint(PatientOwned):
    """``value`` is E.164 for a phone (``;ext=12`` behind it), lower case for an e-mail; ``digits_reversed`` serves the
    phone-tail search. ``note``: whose it is, or when to use it, in a few words.

    A shared phone or mailbox gets nothing that needs privacy; one that is the guardian's (``is_guardians``) may be the
    same for several children, and gets a minor's messages. ``stopped_at`` is set by STOP, a bounce or the desk.
    Unverified until somebody of the clinic read it back to the patient (``verified_by``), or a code reached it
    (patients/sql/contact_codes.sql: a change of ``value`` ends both). Without a ``verified_by`` the patient did it.
    """

    kind = models.CharField(_("kind"), max_length=8, choices=ContactKind)
    value = models.CharField(_("phone or e-mail"), max_length=254, db_collation="C")
    digits_reversed = models.CharField(max_length=20, blank=True, editable=False, db_collation="C")
    note = models.CharField(_("note"), max_length=NOTE_LENGTH, blank=True)
    is_shared = models.BooleanField(_("shared with somebody"), default=False)
    is_guardians = models.BooleanField(_("the guardian's"), default=False)
    is_preferred = models.BooleanField(_("preferred"), default=False)
    stopped_at = models.DateTimeField(null=True, blank=True)
    stopped_reason = models.CharField(max_length=40, blank=True)
    verified_at = models.DateTimeField(_("verified"), null=True, blank=True)
    verified_by = ClinicForeignKey(
        "accounts.Membership", null=True, blank=True, related_name="+", db_index=False, verbose_name=_("verified by")
    )
    verified_how = models.CharField(_("how"), max_length=9, choices=VerifiedHow, blank=True)

    objects: ClassVar[ContactPointQuerySet] = manager_of(ContactPointQuerySet)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["clinic", "patient", "kind", "value"], name="patients_contactpoint_once"),
            models.CheckConstraint(condition=models.Q(kind__in=ContactKind.values), name="patients_contactpoint_kind"),
            models.CheckConstraint(condition=~models.Q(value=""), name="patients_contactpoint_not_empty"),
            models.CheckConstraint(
                condition=models.Q(verified_by__isnull=True) | models.Q(verified_at__isnull=False),
                name="patients_contactpoint_verified_at_a_time",
            ),
            models.CheckConstraint(
                condition=models.Q(verified_how="")
                | models.Q(verified_how__in=VerifiedHow.values, verified_at__isnull=False),
                name="patients_contactpoint_verified_how",
            ),
        ]
        indexes = [
            # "C" collation: prefix search under row-level security needs a leakproof range
            models.Index(fields=["clinic", "digits_reversed"], name="patients_contactpoint_tail"),
            models.Index(fields=["clinic", "value"], name="patients_contactpoint_value"),
        ]

    def __str__(self) -> str:
        return self.value


class ContactConsent(ClinicOwned):
    """One decision, kept for ever; the latest for a purpose holds. Wording and proof as domain.md §13 asks."""

    clinic_rules = ClinicRules(
        patient="(SELECT c.patient_id FROM patients_contactpoint c WHERE c.id = r.contact_point_id)"
    )

    contact_point = ClinicForeignKey(ContactPoint, related_name="consents")
    purpose = models.CharField(_("purpose"), max_length=12, choices=Purpose)
    is_granted = models.BooleanField(_("allowed"))
    decided_at = models.DateTimeField()
    wording_version = models.CharField(max_length=20)
    proof = models.CharField(max_length=200, blank=True)

    objects = ClinicOwnedQuerySet["ContactConsent"].as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(purpose__in=Purpose.values), name="patients_contactconsent_purpose"
            )
        ]
        indexes = [
            models.Index(fields=["contact_point", "purpose", "-decided_at"], name="patients_contactconsent_latest")
        ]

    def __str__(self) -> str:
        return f"{self.purpose}: {self.is_granted}"
