"""What the pain did: scores on the table and at home, and when relief ended."""

from typing import ClassVar, Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import ClinicForeignKey, ClinicOwnedQuerySet, ClinicRules
from patients.models import PatientOwned
from sessions.choices import Moment, Question, Source


class PainScoreQuerySet(ClinicOwnedQuerySet["PainScore"]):
    def on_the_table(self) -> Self:
        return self.filter(moment__in=(Moment.BEFORE, Moment.AFTER))


class PainScore(PatientOwned):
    """NRS 0-10, whole numbers, 10 is the worst pain (domain.md §7). ``cycle`` counts re-injections from 1.

    A clinician's and a patient's score stand beside each other; neither overwrites the other.
    """

    clinic_rules = ClinicRules(patient="r.patient_id", is_deletable=True)

    injection_session = ClinicForeignKey(
        "pit_sessions.InjectionSession", null=True, blank=True, related_name="pain_scores"
    )
    question = models.CharField(max_length=10, choices=Question)
    moment = models.CharField(max_length=10, choices=Moment)
    cycle = models.PositiveSmallIntegerField(default=1)
    score = models.PositiveSmallIntegerField(_("pain (0-10)"))
    measured_at = models.DateTimeField()
    received_at = models.DateTimeField()
    source = models.CharField(max_length=10, choices=Source)

    objects: ClassVar[PainScoreQuerySet] = PainScoreQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        indexes = [models.Index(fields=["patient", "measured_at"], name="sessions_painscore_patient")]
        constraints = [
            models.CheckConstraint(condition=models.Q(score__lte=10), name="sessions_painscore_0_to_10"),
            models.CheckConstraint(
                condition=models.Q(question__in=Question.values), name="sessions_painscore_question"
            ),
            models.CheckConstraint(condition=models.Q(moment__in=Moment.values), name="sessions_painscore_moment"),
            models.CheckConstraint(condition=models.Q(source__in=Source.values), name="sessions_painscore_source"),
            models.UniqueConstraint(
                fields=["clinic", "injection_session", "moment", "question", "source", "cycle"],
                name="sessions_painscore_once",
            ),
        ]

    def __str__(self) -> str:
        return str(self.score)


class ReliefReport(PatientOwned):
    """Has the relief of a session ended, and after how many hours? Silence is missing, never zero."""

    clinic_rules = ClinicRules(patient="r.patient_id")

    injection_session = ClinicForeignKey("pit_sessions.InjectionSession", related_name="relief_reports")
    reported_at = models.DateTimeField()
    has_ended = models.BooleanField(_("the relief has ended"))
    ended_at = models.DateTimeField(_("came back at"), null=True, blank=True)
    source = models.CharField(max_length=10, choices=Source)

    objects: ClassVar[ClinicOwnedQuerySet["ReliefReport"]] = ClinicOwnedQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        indexes = [models.Index(fields=["injection_session", "reported_at"], name="sessions_reliefreport_session")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ended_at__isnull=True)
                | models.Q(has_ended=True, ended_at__lte=models.F("reported_at")),
                name="sessions_reliefreport_ended",
            )
        ]

    def __str__(self) -> str:
        return str(self.has_ended)
