"""A course: the planned series of sessions for one condition, with what the patient wants from it."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import ClinicForeignKey, ClinicOwned, ClinicOwnedQuerySet, ClinicRules, manager_of
from patients.models import PatientOwned
from sessions.choices import EndReason

GOALS_AT_MOST = 5  # domain.md §5: 3 to 5 activities that the patient chooses

_BASELINE = ("baseline_now", "baseline_average_7d", "baseline_worst_7d")


def _nrs(name: str) -> models.Q:
    return models.Q(**{f"{name}__isnull": True}) | models.Q(**{f"{name}__lte": 10})


class Course(PatientOwned):
    """The baseline is NRS 0-10 as told at the initial evaluation (domain.md §5); None: not asked."""

    class Status(models.TextChoices):
        OPEN = "open", _("open")
        ENDED = "ended", _("ended")

    patient_condition = ClinicForeignKey("patients.PatientCondition", related_name="+")
    status = models.CharField(_("state"), max_length=8, choices=Status, default=Status.OPEN)
    started_date = models.DateField(_("started"))
    ended_date = models.DateField(_("ended"), null=True, blank=True)
    end_reason = models.CharField(_("why it ended"), max_length=12, choices=EndReason, blank=True)
    end_note = models.CharField(_("in words"), max_length=300, blank=True)
    planned_sessions = models.PositiveSmallIntegerField(_("planned sessions"), default=6)
    interval_days = models.PositiveSmallIntegerField(_("days between sessions"), default=7)
    baseline_now = models.PositiveSmallIntegerField(_("baseline pain now"), null=True, blank=True)
    baseline_average_7d = models.PositiveSmallIntegerField(_("baseline average of 7 days"), null=True, blank=True)
    baseline_worst_7d = models.PositiveSmallIntegerField(_("baseline worst of 7 days"), null=True, blank=True)
    baseline_date = models.DateField(_("baseline asked on"), null=True, blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    objects: ClassVar[ClinicOwnedQuerySet["Course"]] = manager_of(ClinicOwnedQuerySet["Course"])

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ended_date__isnull=True) | models.Q(ended_date__gte=models.F("started_date")),
                name="sessions_course_ends_after_start",
            ),
            models.CheckConstraint(
                condition=models.Q(planned_sessions__gte=1, planned_sessions__lte=50),
                name="sessions_course_planned",
            ),
            models.UniqueConstraint(
                fields=["clinic", "patient_condition"],
                condition=models.Q(status="open"),
                name="sessions_course_one_open",
            ),
            models.CheckConstraint(
                condition=models.Q(status="open", ended_date__isnull=True, end_reason="")
                | (models.Q(status="ended", ended_date__isnull=False) & ~models.Q(end_reason="")),
                name="sessions_course_end_is_whole",
            ),
            models.CheckConstraint(
                condition=_nrs("baseline_now") & _nrs("baseline_average_7d") & _nrs("baseline_worst_7d"),
                name="sessions_course_baseline_0_to_10",
            ),
            models.CheckConstraint(
                condition=models.Q(interval_days__gte=1, interval_days__lte=365), name="sessions_course_interval"
            ),
        ]

    def __str__(self) -> str:
        return str(self.started_date)

    @property
    def has_baseline(self) -> bool:
        return any(getattr(self, name) is not None for name in _BASELINE)


class CourseGoal(ClinicOwned):
    """What the patient wants to be able to do, in the patient's words; ``position`` 1 to 5."""

    clinic_rules = ClinicRules(
        patient="(SELECT c.patient_id FROM pit_sessions_course c WHERE c.id = r.course_id)", is_deletable=True
    )

    course = ClinicForeignKey(Course, related_name="goals")
    position = models.PositiveSmallIntegerField()
    words = models.CharField(_("goal in the patient's words"), max_length=300)
    reached_date = models.DateField(_("goal reached on"), null=True, blank=True)

    objects: ClassVar[ClinicOwnedQuerySet["CourseGoal"]] = manager_of(ClinicOwnedQuerySet["CourseGoal"])

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["clinic", "course", "position"], name="sessions_goal_position"),
            models.CheckConstraint(
                condition=models.Q(position__gte=1, position__lte=GOALS_AT_MOST), name="sessions_goal_at_most_five"
            ),
            models.CheckConstraint(condition=~models.Q(words=""), name="sessions_goal_words"),
        ]

    def __str__(self) -> str:
        return self.words
