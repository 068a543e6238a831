"""A number under which somebody knows the patient: the clinic's own, a national one, another hospital's."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import ClinicOwned, ClinicOwnedQuerySet, ClinicRules
from patients.choices import NumberKind
from patients.models.patients import PatientOwned


class Identifier(PatientOwned):
    """One value of one system names one patient of a clinic. ``system`` is a ``NumberKind`` or a system's address.

    ``is_former``: it was the number of a record that was merged into this one.
    """

    clinic_rules = ClinicRules(patient="r.patient_id", is_deletable=True)

    system = models.CharField(_("kind of number"), max_length=200)
    value = models.CharField(_("number"), max_length=120)
    is_former = models.BooleanField(_("former"), default=False, editable=False)

    objects = ClinicOwnedQuerySet["Identifier"].as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["clinic", "system", "value"], name="patients_identifier_once"),
            models.CheckConstraint(condition=~models.Q(value=""), name="patients_identifier_not_empty"),
        ]
        indexes = [models.Index(fields=["clinic", "value"], name="patients_identifier_value")]

    def __str__(self) -> str:
        return self.value

    @property
    def label(self) -> str:
        """The kind of number in words; a system known only by its address is another system's number."""
        known = self.system if self.system in NumberKind.values else NumberKind.PREVIOUS
        return str(NumberKind(known).label)


class LastClinicNumber(ClinicOwned):
    """The last clinic number given out. Its row lock makes the next one certain."""

    clinic_rules = ClinicRules(is_audited=False)

    number = models.PositiveIntegerField(default=0)

    objects = ClinicOwnedQuerySet["LastClinicNumber"].as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["clinic"], name="patients_lastclinicnumber_once")]

    def __str__(self) -> str:
        return str(self.number)
