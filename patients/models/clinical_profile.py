"""What the patient comes with: conditions, allergies, risk flags, weight."""

from decimal import Decimal
from typing import ClassVar, Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import ClinicForeignKey, ClinicOwned, ClinicOwnedQuerySet, ClinicRules, manager_of
from patients.choices import Flag, Side, Substance, allergy_words
from patients.models.patients import PatientOwned


class PatientCondition(PatientOwned):
    """A diagnosis with its complete ICD-10-CM code, side, onset and the nerves suspected."""

    condition = models.ForeignKey(
        "catalogue.Condition", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    name = models.CharField(_("condition"), max_length=200)
    icd10cm_code = models.CharField(_("ICD-10-CM code"), max_length=10, blank=True)
    side = models.CharField(_("side"), max_length=10, choices=Side, blank=True)
    onset_date = models.DateField(_("since"), null=True, blank=True)
    resolved_date = models.DateField(_("until"), null=True, blank=True)
    note = models.TextField(_("note"), blank=True)
    source_id = models.CharField(max_length=200, blank=True, editable=False)

    objects = ClinicOwnedQuerySet["PatientCondition"].as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(side="") | models.Q(side__in=Side.values), name="patients_condition_side"
            ),
            models.CheckConstraint(
                condition=models.Q(resolved_date__isnull=True)
                | models.Q(onset_date__isnull=True)
                | models.Q(resolved_date__gte=models.F("onset_date")),
                name="patients_condition_ends_after_start",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class PatientConditionNerve(ClinicOwned):
    clinic_rules = ClinicRules(
        patient="(SELECT c.patient_id FROM patients_patientcondition c WHERE c.id = r.patient_condition_id)",
        is_deletable=True,
    )

    patient_condition = ClinicForeignKey(PatientCondition, related_name="suspected_nerves")
    nerve = models.ForeignKey("catalogue.Nerve", on_delete=models.PROTECT, related_name="+")

    objects = ClinicOwnedQuerySet["PatientConditionNerve"].as_manager()

    class Meta:
        verbose_name = _("nerve of a condition")
        constraints = [
            models.UniqueConstraint(
                fields=["clinic", "patient_condition", "nerve"], name="patients_conditionnerve_once"
            )
        ]

    def __str__(self) -> str:
        return str(self.nerve_id)


class AllergyQuerySet(ClinicOwnedQuerySet["Allergy"]):
    def current(self) -> Self:
        return self.filter(ended_at__isnull=True)


class Allergy(PatientOwned):
    substance = models.CharField(_("allergic to"), max_length=20, choices=Substance)
    substance_text = models.CharField(_("which"), max_length=200, blank=True)
    reaction = models.CharField(_("reaction"), max_length=200, blank=True)
    recorded_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    source_id = models.CharField(max_length=200, blank=True, editable=False)

    objects: ClassVar[AllergyQuerySet] = manager_of(AllergyQuerySet)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(substance__in=Substance.values), name="patients_allergy_substance"
            ),
            models.CheckConstraint(
                condition=~models.Q(substance=Substance.OTHER) | ~models.Q(substance_text=""),
                name="patients_allergy_other_is_named",
            ),
            models.UniqueConstraint(
                fields=["clinic", "patient", "substance", "substance_text"],
                condition=models.Q(ended_at__isnull=True),
                name="patients_allergy_once",
            ),
        ]

    def __str__(self) -> str:
        return allergy_words(self.substance, self.substance_text)


class NoKnownAllergyQuerySet(ClinicOwnedQuerySet["NoKnownAllergy"]):
    def current(self) -> Self:
        return self.filter(ended_at__isnull=True)


class NoKnownAllergy(PatientOwned):
    """Somebody asked and no allergy is known; ``is_from_file``: a file says so, and nobody here has asked.

    The database ends it with the first allergy, and refuses it beside one (patients/sql/allergies.sql).
    """

    is_from_file = models.BooleanField(_("from a file"), default=False, db_default=False)
    recorded_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[NoKnownAllergyQuerySet] = manager_of(NoKnownAllergyQuerySet)

    class Meta:
        verbose_name = _("no known allergy")
        constraints = [
            models.UniqueConstraint(
                fields=["clinic", "patient"],
                condition=models.Q(ended_at__isnull=True),
                name="patients_noknownallergy_once",
            )
        ]

    def __str__(self) -> str:
        return str(_("no known allergy"))


class RiskFlagQuerySet(ClinicOwnedQuerySet["RiskFlag"]):
    def current(self) -> Self:
        return self.filter(ended_at__isnull=True)

    def confirmed(self) -> Self:
        return self.filter(is_to_confirm=False)


class RiskFlag(PatientOwned):
    """``is_to_confirm``: it came with a file and nobody has asked the patient; a question, no fact."""

    flag = models.CharField(_("flag"), max_length=20, choices=Flag)
    detail = models.CharField(_("detail"), max_length=200, blank=True)
    is_to_confirm = models.BooleanField(_("to confirm"), default=False, db_default=False, editable=False)
    recorded_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[RiskFlagQuerySet] = manager_of(RiskFlagQuerySet)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(flag__in=Flag.values), name="patients_riskflag_flag"),
            models.UniqueConstraint(
                fields=["clinic", "patient", "flag"],
                condition=models.Q(ended_at__isnull=True),
                name="patients_riskflag_once",
            ),
        ]

    def __str__(self) -> str:
        return self.get_flag_display()


class BodyWeight(PatientOwned):
    """Kilograms on a day; a dose of local anaesthetic needs one not older than 6 months (domain.md §4)."""

    weight_kg = models.DecimalField(_("weight (kg)"), max_digits=5, decimal_places=1)
    measured_date = models.DateField(_("measured on"))

    objects = ClinicOwnedQuerySet["BodyWeight"].as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(weight_kg__gt=Decimal(1)) & models.Q(weight_kg__lt=Decimal(500)),
                name="patients_bodyweight_plausible",
            )
        ]

    def __str__(self) -> str:
        return f"{self.weight_kg} kg"
