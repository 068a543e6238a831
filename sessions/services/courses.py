"""Open and end a course."""

from datetime import datetime

from django.db import transaction

from accounts.actors import Actor
from common.wall_clock import local_day
from patients.models import PatientCondition
from sessions.models import Course
from sessions.policies.courses import check_can_end


@transaction.atomic
def open_course(
    *,
    patient_condition: PatientCondition,
    by: Actor,
    now: datetime,
    planned_sessions: int = 6,
    interval_days: int = 7,
    goal: str = "",
) -> Course:
    """Open a course for the condition, or return the one that is open already: there is one at a time."""
    # The lock on the condition makes two who open at once agree.
    PatientCondition.objects.select_for_update().get(pk=patient_condition.pk)
    course, _is_new = Course.objects.get_or_create(
        clinic_id=by.clinic_id,
        patient_condition=patient_condition,
        status=Course.Status.OPEN,
        defaults={
            "patient_id": patient_condition.patient_id,
            "started_date": local_day(now, by.zone),
            "planned_sessions": planned_sessions,
            "interval_days": interval_days,
            "goal": goal,
        },
    )
    return course


@transaction.atomic
def end(*, course: Course, by: Actor, now: datetime) -> Course:
    course = Course.objects.visible_to(by).select_for_update().get(pk=course.pk)
    check_can_end(course)
    course.status = Course.Status.ENDED
    course.ended_date = max(local_day(now, by.zone), course.started_date)
    course.save(update_fields=["status", "ended_date"])
    return course
