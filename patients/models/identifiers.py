"""A number under which somebody knows the patient: the clinic's own, a national one, another hospital's."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import ClinicRules
from patients.models.patients import PatientOwned


class Identifier(PatientOwned):
    """One value of one system names one patient of a clinic. ``system`` is ``clinic`` for the clinic's own number."""

    clinic_rules = ClinicRules(patient="r.patient_id", is_deletable=True)

    CLINIC_NUMBER = "clinic"

    system = models.CharField(_("kind of number"), max_length=200)
    value = models.CharField(_("number"), max_length=120)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["clinic", "system", "value"], name="patients_identifier_once"),
            models.CheckConstraint(condition=~models.Q(value=""), name="patients_identifier_not_empty"),
        ]
        indexes = [models.Index(fields=["clinic", "value"], name="patients_identifier_value")]

    def __str__(self) -> str:
        return self.value
