"""What limits the booking of a person: credentials, the most treatments a day, and who can chaperone."""

from datetime import date
from typing import ClassVar, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import ClinicForeignKey, ClinicOwned, ClinicOwnedQuerySet, ClinicRules, manager_of
from catalogue.choices import BodyPart

# Where on the body a clinician can be trusted: the catalogue's regions lie in these; “not one place” is no place.
TRUSTED_PARTS = [(part.value, part.label) for part in BodyPart if part != BodyPart.UNSPECIFIC]


class CredentialQuerySet(ClinicOwnedQuerySet["Credential"]):
    def valid_on(self, day: date) -> Self:
        return self.filter(valid_from_date__lte=day).exclude(valid_until_date__lt=day)


class Credential(ClinicOwned):
    """The clinic trusts this clinician with a technique from one day to another (domain.md §12: technique and region).

    ``body_parts`` empty: wherever on the body.
    """

    clinic_rules = ClinicRules(is_deletable=True)

    clinician = ClinicForeignKey("accounts.Membership", related_name="+")
    technique = models.ForeignKey("catalogue.Technique", on_delete=models.PROTECT, related_name="+")
    valid_from_date = models.DateField(_("valid from"))
    valid_until_date = models.DateField(_("valid until"), null=True, blank=True)
    body_parts = ArrayField(
        models.CharField(max_length=16, choices=TRUSTED_PARTS), verbose_name=_("only for"), default=list, blank=True
    )

    objects: ClassVar[CredentialQuerySet] = manager_of(CredentialQuerySet)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["clinic", "clinician", "technique"], name="scheduling_credential_once"),
            models.CheckConstraint(
                condition=models.Q(valid_until_date__isnull=True)
                | models.Q(valid_until_date__gte=models.F("valid_from_date")),
                name="scheduling_credential_valid",
            ),
            models.CheckConstraint(
                condition=models.Q(body_parts__contained_by=[code for code, _label in TRUSTED_PARTS]),
                name="scheduling_credential_parts",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.valid_from_date}"

    @property
    def parts_words(self) -> list[str]:
        """The parts it is limited to, in words."""
        return [str(BodyPart(part).label) for part in self.body_parts]


class BookingRule(ClinicOwned):
    """One row a person at most; without one there is no limit, and the person does not chaperone."""

    member = ClinicForeignKey("accounts.Membership", related_name="+")
    max_treatments_per_day = models.PositiveSmallIntegerField(_("most treatments a day"), null=True, blank=True)
    can_chaperone = models.BooleanField(_("can chaperone"), default=False)

    objects: ClassVar[ClinicOwnedQuerySet["BookingRule"]] = manager_of(ClinicOwnedQuerySet["BookingRule"])

    class Meta:
        verbose_name = _("rules of booking for a person")
        constraints = [
            models.UniqueConstraint(fields=["clinic", "member"], name="scheduling_bookingrule_once"),
            models.CheckConstraint(
                condition=models.Q(max_treatments_per_day__isnull=True)
                | models.Q(max_treatments_per_day__gte=1, max_treatments_per_day__lte=100),
                name="scheduling_bookingrule_most",
            ),
        ]

    def __str__(self) -> str:
        return str(self.max_treatments_per_day or "")
