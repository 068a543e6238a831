"""What an instrument gave: how much changed overall, a pain line in millimetres, the score of a questionnaire."""

from typing import ClassVar, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import ClinicForeignKey, ClinicOwnedQuerySet, ClinicRules, manager_of
from patients.models import PatientOwned
from sessions.choices import Moment, Source

OVERALL_CHANGE = "PGIC:score"
PAIN_LINE = "VAS:score"


class MeasureQuerySet(ClinicOwnedQuerySet["Measure"]):
    def overall_changes(self) -> Self:
        """The patient's global impressions of change, the latest last."""
        return self.filter(scale__code=OVERALL_CHANGE).order_by("measured_at", "id")


class Measure(PatientOwned):
    """One answer to one instrument, never changed (sql/measures.sql); a newer one stands beside it. What a patient
    told in a check-in that is not final yet can be taken back whole.

    It is about ``course``, and about the session it was asked after where there is one; a patient whose session has no
    course still has an answer. ``items`` are the single answers in the order of the instrument, None where one was left
    out; ``value`` is the score, null where too few were answered (V28). The database holds both to the catalogue's
    scale, and ``unit`` to the scale's own (V02).
    """

    clinic_rules = ClinicRules(patient="r.patient_id", is_deletable=True)

    course = ClinicForeignKey("pit_sessions.Course", null=True, blank=True, related_name="measures")
    injection_session = ClinicForeignKey(
        "pit_sessions.InjectionSession", null=True, blank=True, related_name="measures"
    )
    scale = models.ForeignKey("catalogue.InstrumentScale", on_delete=models.PROTECT, related_name="+")
    items = ArrayField(models.PositiveSmallIntegerField(null=True), verbose_name=_("answers"), null=True, blank=True)
    value = models.DecimalField(_("score"), max_digits=7, decimal_places=2, null=True, blank=True)
    unit = models.CharField(_("unit"), max_length=24)
    moment = models.CharField(max_length=10, choices=Moment, default=Moment.OTHER)
    source = models.CharField(max_length=10, choices=Source)
    language = models.CharField(_("language"), max_length=12, blank=True)
    measured_at = models.DateTimeField()
    received_at = models.DateTimeField()

    objects: ClassVar[MeasureQuerySet] = manager_of(MeasureQuerySet)

    class Meta:
        indexes = [models.Index(fields=["course", "measured_at"], name="sessions_measure_course")]
        constraints = [
            models.CheckConstraint(condition=models.Q(source__in=Source.values), name="sessions_measure_source"),
            models.CheckConstraint(condition=models.Q(moment__in=Moment.values), name="sessions_measure_moment"),
            models.CheckConstraint(
                condition=models.Q(course__isnull=False) | models.Q(injection_session__isnull=False),
                name="sessions_measure_is_about_something",
            ),
            models.CheckConstraint(
                condition=models.Q(value__isnull=False) | models.Q(items__isnull=False),
                name="sessions_measure_says_something",
            ),
            models.UniqueConstraint(
                fields=["clinic", "injection_session", "scale", "moment"],
                condition=models.Q(source=Source.PORTAL),
                name="sessions_measure_told_once",
            ),
        ]

    def __str__(self) -> str:
        return str(self.value)
