"""Courses a session can belong to, and how far one has come."""

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from accounts.actors import Actor
from accounts.changes import Entry
from patients.models import PatientCondition
from scheduling.models import VisitSeries
from sessions.choices import RecordStatus
from sessions.models import Course, CourseGoal, InjectionSession
from sessions.queries.history import history_of_rows


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


def conditions_without_course(actor: Actor, patient_id: UUID) -> QuerySet[PatientCondition]:
    """Unresolved conditions of the patient for which no course is open."""
    opened = Course.objects.visible_to(actor).filter(patient_id=patient_id, status=Course.Status.OPEN)
    return (
        PatientCondition.objects.visible_to(actor)
        .filter(patient_id=patient_id, resolved_date__isnull=True)
        .exclude(pk__in=opened.values("patient_condition_id"))
        .order_by("name", "id")
    )


def course_for_page(actor: Actor, course_id: UUID) -> Course | None:
    rows = Course.objects.visible_to(actor).select_related("patient_condition").prefetch_related("goals")
    return rows.filter(pk=course_id).first()


def history_of(actor: Actor, course: Course) -> list[Entry]:
    """Every change of the course and of its goals, removed ones included, the newest first."""
    goals = Q(row_id__in=[goal.pk for goal in course.goals.all()]) | Q(changes__course_id=str(course.pk))
    rows = Q(table_name=Course._meta.db_table, row_id=course.pk) | (Q(table_name=CourseGoal._meta.db_table) & goals)
    return history_of_rows(actor, course.patient_id, rows)


def series_of(actor: Actor, course: Course) -> list[UUID]:
    """The series booked for this course: those it has a session of, and those no other open course could mean."""
    own = VisitSeries.objects.visible_to(actor).filter(patient_id=course.patient_id, released_at__isnull=True)
    others = Course.objects.visible_to(actor).filter(patient_id=course.patient_id, status=Course.Status.OPEN)
    if others.exclude(pk=course.pk).exists():
        used = InjectionSession.objects.visible_to(actor).filter(course=course, appointment__series__isnull=False)
        own = own.filter(pk__in=used.values("appointment__series_id"))
    return list(own.values_list("pk", flat=True))
