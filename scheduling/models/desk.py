"""What the front desk notes about a visit: whom it checked in and how, who did not come and why; and its own rules."""

from itertools import combinations
from typing import ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import ClinicForeignKey, ClinicOwned, ClinicOwnedQuerySet, ClinicRules, manager_of
from patients.models import PatientOwned
from scheduling.choices import IdentityMark, NoShowReason

NO_SHOW_AFTER_MINUTES = 15  # [DEF] until the clinic sets its own

_OF_VISIT = ClinicRules(patient="(SELECT a.patient_id FROM scheduling_appointment a WHERE a.id = r.appointment_id)")
_MARKS = tuple(f"has_{mark.value}" for mark in IdentityMark)


class DeskRules(ClinicOwned):
    """One row a clinic; none: the defaults."""

    no_show_after_minutes = models.PositiveSmallIntegerField(
        _("minutes after which a visit may be a no-show"),
        default=NO_SHOW_AFTER_MINUTES,
        validators=[MinValueValidator(1), MaxValueValidator(240)],
    )

    objects: ClassVar[ClinicOwnedQuerySet["DeskRules"]] = manager_of(ClinicOwnedQuerySet["DeskRules"])

    class Meta:
        verbose_name = _("rules of the desk")
        constraints = [
            models.UniqueConstraint(fields=["clinic"], name="scheduling_deskrules_once"),
            models.CheckConstraint(
                condition=models.Q(no_show_after_minutes__gte=1, no_show_after_minutes__lte=240),
                name="scheduling_deskrules_no_show_after",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.no_show_after_minutes} min"


class IdentityCheck(ClinicOwned):
    """Which two identifiers (or more) a patient gave when arriving, and who asked: a person, or a tablet.

    On a tablet the full name is its first letters.
    """

    clinic_rules = _OF_VISIT

    appointment = ClinicForeignKey("scheduling.Appointment", related_name="identity_checks")
    has_birth_date = models.BooleanField(_("date of birth"), default=False)
    has_full_name = models.BooleanField(_("full name"), default=False)
    has_phone = models.BooleanField(_("phone"), default=False)
    has_number = models.BooleanField(_("number"), default=False)
    checked_at = models.DateTimeField()
    checked_by = ClinicForeignKey("accounts.Membership", null=True, related_name="+")
    tablet = ClinicForeignKey("scheduling.CheckInTablet", null=True, related_name="+")

    objects: ClassVar[ClinicOwnedQuerySet["IdentityCheck"]] = manager_of(ClinicOwnedQuerySet["IdentityCheck"])

    class Meta:
        verbose_name = _("check of who has come")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(
                    *(models.Q(**{one: True, other: True}) for one, other in combinations(_MARKS, 2)),
                    _connector=models.Q.OR,
                ),
                name="scheduling_identitycheck_two_marks",
            ),
            models.CheckConstraint(
                condition=models.Q(checked_by__isnull=False, tablet__isnull=True)
                | models.Q(checked_by__isnull=True, tablet__isnull=False),
                name="scheduling_identitycheck_by_one",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.checked_at:%Y-%m-%d %H:%M}"


class NoShow(PatientOwned):
    """Why nobody came to a visit. It counts while the visit's status says so; an undone one stays as it was noted."""

    appointment = ClinicForeignKey("scheduling.Appointment", related_name="+")
    reason = models.CharField(_("reason"), max_length=12, choices=NoShowReason)
    noted_at = models.DateTimeField()
    noted_by = ClinicForeignKey("accounts.Membership", null=True, related_name="+")

    objects: ClassVar[ClinicOwnedQuerySet["NoShow"]] = manager_of(ClinicOwnedQuerySet["NoShow"])

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["clinic", "appointment"], name="scheduling_noshow_once"),
            models.CheckConstraint(condition=models.Q(reason__in=NoShowReason.values), name="scheduling_noshow_reason"),
        ]

    def __str__(self) -> str:
        return self.get_reason_display()
