"""A review task: a rule of domain.md §5 asks a clinician to look at a course; nothing happens by itself."""

from typing import ClassVar, Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import ClinicForeignKey, ClinicOwnedQuerySet, manager_of
from patients.models import PatientOwned
from sessions.choices import ReviewDecision, StopRule


class CourseReviewQuerySet(ClinicOwnedQuerySet["CourseReview"]):
    def undecided(self) -> Self:
        return self.filter(decided_at__isnull=True, withdrawn_at__isnull=True)


class CourseReview(PatientOwned):
    """``injection_session`` is the last session the rule rests on. ``evidence`` is what was known when it was raised:
    ``scores`` as [before, after] of each session, oldest first, with a third value where the one after came too late,
    ``question``, ``pgic`` (None: not asked) with its day and source, and the goals reached of those set. Withdrawn:
    what it rested on changed (a session was voided, the patient called it better): the rule no longer holds."""

    course = ClinicForeignKey("pit_sessions.Course", related_name="reviews")
    injection_session = ClinicForeignKey("pit_sessions.InjectionSession", related_name="course_reviews")
    rule = models.CharField(_("rule"), max_length=8, choices=StopRule)
    evidence = models.JSONField(default=dict)
    raised_at = models.DateTimeField()
    owner = ClinicForeignKey("accounts.Membership", null=True, blank=True, related_name="+")
    decision = models.CharField(_("decision"), max_length=8, choices=ReviewDecision, blank=True)
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = ClinicForeignKey("accounts.Membership", null=True, blank=True, related_name="+")
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[CourseReviewQuerySet] = manager_of(CourseReviewQuerySet)

    class Meta:
        indexes = [
            models.Index(
                fields=["clinic", "raised_at"],
                condition=models.Q(decided_at__isnull=True, withdrawn_at__isnull=True),
                name="sessions_review_undecided",
            ),
            models.Index(fields=["patient", "-raised_at"], name="sessions_review_patient"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["clinic", "course", "rule", "injection_session"], name="sessions_review_once"
            ),
            models.CheckConstraint(condition=models.Q(rule__in=StopRule.values), name="sessions_review_rule"),
            models.CheckConstraint(
                condition=models.Q(decided_at__isnull=True, decided_by__isnull=True, decision="")
                | (
                    models.Q(decided_at__isnull=False, decided_by__isnull=False, decision__in=ReviewDecision.values)
                    & ~models.Q(reason="")
                ),
                name="sessions_review_decision_is_whole",
            ),
            models.CheckConstraint(
                condition=models.Q(decided_at__isnull=True) | models.Q(withdrawn_at__isnull=True),
                name="sessions_review_decided_or_withdrawn",
            ),
        ]

    def __str__(self) -> str:
        return self.rule
