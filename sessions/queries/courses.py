"""Courses a session can belong to, and how far one has come."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, Q

from accounts.actors import Actor
from patients.models import PatientCondition
from sessions.choices import RecordStatus
from sessions.models import Course


@dataclass(frozen=True)
class CourseChoice:
    """``number`` is the number the next session of the course would have."""

    id: UUID
    condition: str
    side: str
    planned_sessions: int
    number: int


def open_courses(actor: Actor, patient_id: UUID) -> list[CourseChoice]:
    """The patient's open courses, the newest first."""
    is_signed = Q(injection_sessions__status=RecordStatus.SIGNED)
    rows = (
        Course.objects.visible_to(actor)
        .filter(patient_id=patient_id, status=Course.Status.OPEN)
        .select_related("patient_condition")
        .annotate(signed=Count("injection_sessions", filter=is_signed))
        .order_by("-started_date", "-id")
    )
    return [
        CourseChoice(
            id=row.pk,
            condition=row.patient_condition.name,
            side=row.patient_condition.get_side_display(),
            planned_sessions=row.planned_sessions,
            number=row.signed + 1,
        )
        for row in rows
    ]


def conditions_without_course(actor: Actor, patient_id: UUID) -> Iterable[PatientCondition]:
    """Unresolved conditions of the patient for which no course is open."""
    opened = Course.objects.visible_to(actor).filter(patient_id=patient_id, status=Course.Status.OPEN)
    return (
        PatientCondition.objects.visible_to(actor)
        .filter(patient_id=patient_id, resolved_date__isnull=True)
        .exclude(pk__in=opened.values("patient_condition_id"))
        .order_by("name", "id")
    )
