"""A patient: names, birth date and the zone their messages are timed in."""

from datetime import date, timedelta
from typing import ClassVar, Self
from uuid import UUID

from django.db import models
from django.db.models.fields.tuple_lookups import Tuple, TupleGreaterThan
from django.db.models.functions import Now
from django.utils.formats import date_format
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from accounts.models import ClinicForeignKey, ClinicOwned, ClinicOwnedQuerySet, ClinicRules, manager_of
from accounts.models.clinics import validate_zone
from common.lines import TURNING, UNSEEN
from patients import ages
from patients.choices import Departure, Sex
from patients.names import LONGEST_KEY, full_name, listed_name

# A day that has begun somewhere on earth is not in the future.
_EARLIEST_CLOCK = timedelta(hours=14)


PRESENT = models.Q(is_deceased=False, left_date__isnull=True)
# The same, asked of a row about a patient.
OF_PRESENT = models.Q(patient__is_deceased=False, patient__left_date__isnull=True)


class PatientQuerySet(ClinicOwnedQuerySet["Patient"]):
    def by_name(self) -> Self:
        return self.order_by("sort_key", "id")

    def standing(self) -> Self:
        """Without the records that were merged into another."""
        return self.filter(merged_into__isnull=True)

    def present(self) -> Self:
        """Without those who died and those who left the clinic."""
        return self.filter(PRESENT)

    def after_in_list(self, patient: "Patient | None") -> Self:
        """Those after ``patient`` by name; all when there is none. Compared as one row, which the index answers."""
        if patient is None:
            return self
        place = (bytes(patient.sort_key), patient.pk)
        return self.filter(TupleGreaterThan(Tuple("sort_key", "id"), place))


class Patient(ClinicOwned):
    """``merged_into``: everything of this record was moved to that one; it stays as it was, and takes nothing new.

    ``deceased_date`` may be unknown. ``is_said_inactive``: a file had the record as not active, which may mean that the
    patient left, died or was entered twice; a person asks.

    ``sort_key`` is where the name stands in a list, ``named_by`` the edition of the rules it was made by.
    """

    clinic_rules = ClinicRules(patient="r.id", stays_when_merged=True, derived=("sort_key", "named_by"))

    given_names = models.CharField(_("given names"), max_length=120)
    family_name = models.CharField(_("family name"), max_length=120)
    preferred_name = models.CharField(_("preferred name"), max_length=60, blank=True)
    birth_date = models.DateField(_("date of birth"))
    sex = models.CharField(_("sex"), max_length=8, choices=Sex, default=Sex.UNKNOWN)
    language = models.CharField(_("language"), max_length=12, default="en")
    zone = models.CharField(_("time zone"), max_length=64, validators=[validate_zone])
    emergency_contact_name = models.CharField(_("emergency contact"), max_length=120, blank=True)
    emergency_contact_phone = models.CharField(_("emergency contact's phone"), max_length=32, blank=True)
    emergency_contact_relation = models.CharField(_("relation"), max_length=60, blank=True)
    guardian_name = models.CharField(_("guardian"), max_length=120, blank=True)
    guardian_phone = models.CharField(_("guardian's phone"), max_length=32, blank=True)
    file_note = models.CharField(_("to check, from a file"), max_length=600, blank=True, default="", db_default="")
    is_deceased = models.BooleanField(_("deceased"), default=False, editable=False)
    deceased_date = models.DateField(_("date of death"), null=True, blank=True, editable=False)
    left_date = models.DateField(_("left the clinic on"), null=True, blank=True, editable=False)
    left_reason = models.CharField(_("why they left"), max_length=200, blank=True, editable=False)
    is_said_inactive = models.BooleanField(_("not active in a file"), default=False, editable=False)
    merged_into = ClinicForeignKey("self", null=True, blank=True, editable=False, related_name="+", db_index=False)
    version = models.PositiveIntegerField(default=1, editable=False)
    sort_key = models.BinaryField(max_length=LONGEST_KEY, default=b"", editable=False)
    named_by = models.CharField(max_length=40, default="", blank=True, editable=False, db_collation="C")

    objects: ClassVar[PatientQuerySet] = manager_of(PatientQuerySet)

    class Meta:
        indexes = [
            models.Index(fields=["clinic", "birth_date"], name="patients_patient_birth_date"),
            models.Index(fields=["clinic", "sort_key", "id"], name="patients_patient_sorted"),
            models.Index(fields=["clinic", "named_by"], name="patients_patient_named_by"),
            models.Index(fields=["clinic", "-created_at"], name="patients_patient_recent"),
            models.Index(
                fields=["clinic", "merged_into"],
                condition=models.Q(merged_into__isnull=False),
                name="patients_patient_merged",
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(birth_date__gte=date(1890, 1, 1)) & models.Q(birth_date__lte=Now()),
                name="patients_patient_birth_date_plausible",
            ),
            models.CheckConstraint(
                condition=~models.Q(given_names="") | ~models.Q(family_name=""),
                name="patients_patient_has_name",
            ),
            *(
                models.CheckConstraint(
                    condition=~models.Q(**{f"{name}__regex": UNSEEN}), name=f"patients_patient_{short}_is_seen"
                )
                for name, short in (
                    ("given_names", "given"),
                    ("family_name", "family"),
                    ("preferred_name", "preferred"),
                    ("guardian_name", "guardian"),
                    ("emergency_contact_name", "emergency"),
                )
            ),
            *(
                models.CheckConstraint(
                    condition=~models.Q(**{f"{name}__regex": TURNING}), name=f"patients_patient_{short}_runs_one_way"
                )
                for name, short in (
                    ("given_names", "given"),
                    ("family_name", "family"),
                    ("preferred_name", "preferred"),
                    ("guardian_name", "guardian"),
                    ("emergency_contact_name", "emergency"),
                )
            ),
            models.CheckConstraint(condition=models.Q(sex__in=Sex.values), name="patients_patient_sex"),
            models.CheckConstraint(
                condition=models.Q(deceased_date__isnull=True) | models.Q(is_deceased=True),
                name="patients_patient_died_on_a_day",
            ),
            models.CheckConstraint(
                condition=models.Q(deceased_date__isnull=True)
                | models.Q(deceased_date__gte=models.F("birth_date"), deceased_date__lte=Now() + _EARLIEST_CLOCK),
                name="patients_patient_died_plausibly",
            ),
            models.CheckConstraint(
                condition=models.Q(left_date__isnull=True)
                | models.Q(left_date__gte=models.F("birth_date"), left_date__lte=Now() + _EARLIEST_CLOCK),
                name="patients_patient_left_plausibly",
            ),
            models.CheckConstraint(
                condition=models.Q(left_reason="") | models.Q(left_date__isnull=False),
                name="patients_patient_reason_of_leaving",
            ),
            models.CheckConstraint(
                condition=models.Q(merged_into__isnull=True) | ~models.Q(merged_into=models.F("id")),
                name="patients_patient_not_into_itself",
            ),
        ]

    def __str__(self) -> str:
        return self.full_name

    @property
    def full_name(self) -> str:
        return full_name(self.given_names, self.family_name, self.language)

    @property
    def listed_name(self) -> str:
        return listed_name(self.given_names, self.family_name)

    @property
    def departure(self) -> Departure | None:
        """What came last, as far as it is known: who died after leaving is dead."""
        if self.is_deceased:
            return Departure.DECEASED
        return Departure.LEFT if self.left_date else None

    @property
    def departure_words(self) -> str:
        """A few words for a list; empty for everybody who is here."""
        return str(self.departure.label) if self.departure else ""

    @property
    def departure_sentence(self) -> str:
        """The same with its day."""
        if self.is_deceased and self.deceased_date:
            return _now("Died on %(day)s") % {"day": date_format(self.deceased_date, "j M Y")}
        if self.is_deceased:
            return _now("Deceased, date of death not known")
        if self.left_date:
            return _now("Left the clinic on %(day)s") % {"day": date_format(self.left_date, "j M Y")}
        return ""

    def age_on(self, day: date) -> int:
        """Completed years on ``day``, or on the day of death."""
        return ages.years_on(self.birth_date, self._counted_until(day))

    def age_in_words(self, day: date) -> str:
        """The age on ``day``; at death for who died, where that is known."""
        if self.is_deceased and not self.deceased_date:
            return _now("age at death not known")
        age = ages.in_words(self.birth_date, self._counted_until(day))
        return _now("%(age)s at death") % {"age": age} if self.is_deceased else age

    def _counted_until(self, day: date) -> date:
        return min(day, self.deceased_date) if self.deceased_date else day


class PatientOwned(ClinicOwned):
    """Abstract: a row about one patient of the same clinic."""

    clinic_rules = ClinicRules(patient="r.patient_id")

    patient = ClinicForeignKey("patients.Patient")
    patient_id: UUID

    class Meta:
        abstract = True
