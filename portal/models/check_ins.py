"""A check-in: the few questions of one step after one session, and which of them have been answered."""

from typing import ClassVar

from django.db import models

from accounts.models import ClinicForeignKey, ClinicOwnedQuerySet
from patients.models import PatientOwned


class CheckIn(PatientOwned):
    """One a step, however many links led to it. The answers themselves are scores, relief and side effects.

    A time says that the question was dealt with, perhaps by leaving it out: a missing answer stays missing.
    """

    injection_session = ClinicForeignKey("pit_sessions.InjectionSession", related_name="check_ins")
    step = models.CharField(max_length=20)
    relief_report = ClinicForeignKey("pit_sessions.ReliefReport", null=True, related_name="+")
    started_at = models.DateTimeField()
    pain_at = models.DateTimeField(null=True)
    relief_at = models.DateTimeField(null=True)
    worry_at = models.DateTimeField(null=True)

    objects: ClassVar[ClinicOwnedQuerySet["CheckIn"]] = ClinicOwnedQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["clinic", "injection_session", "step"], name="portal_checkin_once")
        ]

    def __str__(self) -> str:
        return self.step

    @property
    def next_question(self) -> str:
        """``pain``, ``relief``, ``worry``, or empty when all have been dealt with."""
        asked = (("pain", self.pain_at), ("relief", self.relief_at), ("worry", self.worry_at))
        return next((name for name, at in asked if at is None), "")

    @property
    def number(self) -> int:
        """Which of the three questions comes next, from 1."""
        return {"pain": 1, "relief": 2, "worry": 3}.get(self.next_question, 3)
