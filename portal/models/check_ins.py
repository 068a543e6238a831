"""A check-in: the few questions of one step after one session, and which of them have been answered."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import ClinicForeignKey, ClinicOwnedQuerySet, manager_of
from patients.models import PatientOwned
from sessions.choices import Moment


class CheckIn(PatientOwned):
    """One a step, however many links led to it. The answers themselves are scores, relief and side effects.

    A time says that the question was dealt with, perhaps by leaving it out: a missing answer stays missing.
    """

    injection_session = ClinicForeignKey("pit_sessions.InjectionSession", related_name="check_ins")
    step = models.CharField(max_length=20, choices=Moment)
    relief_report = ClinicForeignKey("pit_sessions.ReliefReport", null=True, related_name="+")
    started_at = models.DateTimeField()
    pain_at = models.DateTimeField(null=True)
    relief_at = models.DateTimeField(null=True)
    change_at = models.DateTimeField(null=True)
    worry_at = models.DateTimeField(null=True)

    objects: ClassVar[ClinicOwnedQuerySet["CheckIn"]] = manager_of(ClinicOwnedQuerySet["CheckIn"])

    class Meta:
        verbose_name = _("check-in")
        constraints = [
            models.UniqueConstraint(fields=["clinic", "injection_session", "step"], name="portal_checkin_once")
        ]

    def __str__(self) -> str:
        return self.step

    @property
    def questions(self) -> list[str]:
        """``pain``, ``relief``, on day 7 the overall ``change`` (domain.md §6), and at last ``worry``."""
        return ["pain", "relief", *(["change"] if self.step == Moment.CHECK_7D else []), "worry"]

    @property
    def is_final(self) -> bool:
        """Every question was dealt with: until then each answer can still be changed."""
        return not self.next_question

    def question_before(self, name: str) -> str:
        """The question one step back, or empty at the first."""
        place = self.questions.index(name)
        return self.questions[place - 1] if place else ""

    @property
    def next_question(self) -> str:
        """The first that has not been dealt with, or empty."""
        return next((name for name in self.questions if getattr(self, f"{name}_at") is None), "")

    @property
    def number(self) -> int:
        """Which of the questions comes next, from 1."""
        return self.questions.index(self.next_question or "worry") + 1
