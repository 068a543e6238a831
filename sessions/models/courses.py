"""A course: the planned series of sessions for one condition."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import ClinicForeignKey, ClinicOwnedQuerySet
from patients.models import PatientOwned


class Course(PatientOwned):
    class Status(models.TextChoices):
        OPEN = "open", _("open")
        ENDED = "ended", _("ended")

    patient_condition = ClinicForeignKey("patients.PatientCondition", related_name="+")
    status = models.CharField(max_length=8, choices=Status, default=Status.OPEN)
    started_date = models.DateField(_("started"))
    ended_date = models.DateField(_("ended"), null=True, blank=True)
    planned_sessions = models.PositiveSmallIntegerField(_("planned sessions"), default=6)
    interval_days = models.PositiveSmallIntegerField(_("days between sessions"), default=7)
    goal = models.CharField(_("goal in the patient's words"), max_length=300, blank=True)

    objects: ClassVar[ClinicOwnedQuerySet["Course"]] = ClinicOwnedQuerySet["Course"].as_manager()  # type: ignore[assignment]

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
        ]

    def __str__(self) -> str:
        return str(self.started_date)
