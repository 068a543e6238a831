"""What the pain did: scores on the table and at home, and when relief ended."""

from typing import ClassVar, Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import ClinicForeignKey, ClinicOwnedQuerySet, ClinicRules, manager_of
from patients.models import PatientOwned
from sessions.choices import Moment, PointSide, Question, Source
from sessions.response import MAX_CYCLES

ON_THE_TABLE = (Moment.BEFORE, Moment.AFTER, Moment.OBSERVED)


class PainScoreQuerySet(ClinicOwnedQuerySet["PainScore"]):
    def on_the_table(self) -> Self:
        return self.filter(moment__in=ON_THE_TABLE)

    def overall(self) -> Self:
        """The scores of the whole complaint: what curves and results are made of, never one nerve's alone."""
        return self.filter(nerve__isnull=True)


class PainScore(PatientOwned):
    """NRS 0-10, whole numbers, 10 is the worst pain (domain.md §7). ``cycle`` counts re-injections from 1; what was
    asked before is asked once. A score of one nerve names it with its side, an overall one names neither.

    A clinician's and a patient's score stand beside each other; neither overwrites the other.
    """

    clinic_rules = ClinicRules(patient="r.patient_id", is_deletable=True)

    injection_session = ClinicForeignKey(
        "pit_sessions.InjectionSession", null=True, blank=True, related_name="pain_scores"
    )
    question = models.CharField(max_length=10, choices=Question)
    moment = models.CharField(max_length=10, choices=Moment)
    cycle = models.PositiveSmallIntegerField(_("cycle"), default=1)
    nerve = models.ForeignKey(
        "catalogue.Nerve", on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("nerve")
    )
    # Null, not empty: a signature leaves out nulls, so that records signed before this column keep theirs.
    side = models.CharField(_("side"), max_length=8, choices=PointSide, null=True, blank=True)  # noqa: DJ001 - see above
    score = models.PositiveSmallIntegerField(_("pain (0-10)"))
    measured_at = models.DateTimeField()
    received_at = models.DateTimeField()
    source = models.CharField(max_length=10, choices=Source)

    objects: ClassVar[PainScoreQuerySet] = manager_of(PainScoreQuerySet)

    class Meta:
        indexes = [models.Index(fields=["patient", "measured_at"], name="sessions_painscore_patient")]
        constraints = [
            models.CheckConstraint(condition=models.Q(score__lte=10), name="sessions_painscore_0_to_10"),
            models.CheckConstraint(
                condition=models.Q(question__in=Question.values), name="sessions_painscore_question"
            ),
            models.CheckConstraint(condition=models.Q(moment__in=Moment.values), name="sessions_painscore_moment"),
            models.CheckConstraint(condition=models.Q(source__in=Source.values), name="sessions_painscore_source"),
            models.CheckConstraint(
                condition=models.Q(cycle=1)
                | models.Q(cycle__gt=1, cycle__lte=MAX_CYCLES, moment__in=(Moment.AFTER, Moment.OBSERVED)),
                name="sessions_painscore_cycle",
            ),
            models.CheckConstraint(
                condition=models.Q(nerve__isnull=True, side__isnull=True)
                # A comparison with null is no refusal, so the side is asked for by itself.
                | models.Q(nerve__isnull=False, side__isnull=False, side__in=PointSide.values, moment__in=ON_THE_TABLE),
                name="sessions_painscore_nerve_and_side",
            ),
            # Two keys, because a score outside any session has none: nulls that count as equal would join those too.
            models.UniqueConstraint(
                fields=["clinic", "injection_session", "moment", "question", "source", "cycle"],
                condition=models.Q(nerve__isnull=True),
                name="sessions_painscore_once",
            ),
            models.UniqueConstraint(
                fields=["clinic", "injection_session", "moment", "question", "source", "cycle", "nerve", "side"],
                condition=models.Q(nerve__isnull=False),
                name="sessions_painscore_once_a_nerve",
            ),
        ]

    def __str__(self) -> str:
        return str(self.score)


class ReliefReport(PatientOwned):
    """Has the relief of a session ended, and after how many hours? Silence is missing, never zero."""

    clinic_rules = ClinicRules(patient="r.patient_id", is_deletable=True)

    injection_session = ClinicForeignKey("pit_sessions.InjectionSession", related_name="relief_reports")
    reported_at = models.DateTimeField()
    has_ended = models.BooleanField(_("the relief has ended"))
    ended_at = models.DateTimeField(_("came back at"), null=True, blank=True)
    source = models.CharField(max_length=10, choices=Source)

    objects: ClassVar[ClinicOwnedQuerySet["ReliefReport"]] = manager_of(ClinicOwnedQuerySet["ReliefReport"])

    class Meta:
        verbose_name = _("answer about relief")
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
