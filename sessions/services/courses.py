"""Open, plan, end and open again a course."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, fields
from datetime import date, datetime
from uuid import UUID, uuid5

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actors import Actor
from common.database import held
from common.wall_clock import local_day
from patients.models import PatientCondition
from scheduling.policies import VisitRefusedError
from scheduling.services import series
from sessions.models import Course, CourseGoal
from sessions.policies import courses as policies
from sessions.queries.courses import series_of
from sessions.services import stop_rules


@dataclass(frozen=True, kw_only=True)
class Goal:
    """What the patient wants to do, in the patient's words, and whether it is reached."""

    words: str
    is_reached: bool = False


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What a course is to be. The baseline is NRS 0-10, None where it was not asked."""

    planned_sessions: int = 6
    interval_days: int = 7
    baseline_now: int | None = None
    baseline_average_7d: int | None = None
    baseline_worst_7d: int | None = None
    baseline_date: date | None = None


@transaction.atomic
def open_course(
    *,
    patient_condition: PatientCondition,
    by: Actor,
    now: datetime,
    plan: Plan | None = None,
    goals: Sequence[Goal] = (),
) -> Course:
    """Open a course for the condition, or return the one that is open already: there is one at a time.

    Raises ``CourseRefusedError`` for a patient who died or left.
    """
    policies.check_can_open(patient_condition.patient)
    policies.check_goals([goal.words for goal in goals])
    # The lock on the condition makes two who open at once agree.
    PatientCondition.objects.select_for_update().get(pk=patient_condition.pk)
    course, is_new = Course.objects.get_or_create(
        clinic_id=by.clinic_id,
        patient_condition=patient_condition,
        status=Course.Status.OPEN,
        defaults={
            "patient_id": patient_condition.patient_id,
            "started_date": local_day(now, by.zone),
            **_columns(plan or Plan()),
        },
    )
    if is_new:
        _save_goals(course, goals, day=local_day(now, by.zone))
    return course


@transaction.atomic
def change(*, course: Course, version: int, plan: Plan, goals: Sequence[Goal], by: Actor, now: datetime) -> Course:
    """Store the plan and the goals. Raises ``CourseChangedError`` when somebody saved in between.

    A goal that was reached may ask for a review of the course: stop for success (domain.md §5).
    """
    policies.check_goals([goal.words for goal in goals])
    course = _locked(course, by)
    policies.check_can_change(course, version=version)
    columns = _columns(plan)
    for name, value in columns.items():
        setattr(course, name, value)
    course.version += 1
    course.save(update_fields=[*columns, "version"])
    _save_goals(course, goals, day=local_day(now, by.zone))
    stop_rules.look_at(course_id=course.pk, by=by, now=now)
    return course


@transaction.atomic
def end(*, course: Course, reason: str, note: str = "", by: Actor, now: datetime) -> Course:
    """End it with a reason; what was asked about it and not decided stays on the worklist.

    Visits that were booked for it as a series and that nobody came to yet are given back (domain.md §12).
    """
    course = _locked(course, by)
    policies.check_can_end(course, reason=reason, note=note)
    course.status = Course.Status.ENDED
    course.ended_date = max(local_day(now, by.zone), course.started_date)
    course.end_reason, course.end_note = reason, note.strip()
    course.version += 1
    course.save(update_fields=["status", "ended_date", "end_reason", "end_note", "version"])
    series_ids = series_of(by, course)
    if series_ids:
        words = _("The treatment has ended.")
        act = _act_of_end(course)
        series.release_unused(series_ids=series_ids, by=by, now=now, reason=words, batch_id=act, tell_patient=True)
    return course


@transaction.atomic
def reopen(*, course: Course, by: Actor, now: datetime) -> Course:
    """Take the end back, and with it the visits that were given back, as long as nobody took their times."""
    PatientCondition.objects.select_for_update().get(pk=course.patient_condition_id)
    course = _locked(course, by)
    others = Course.objects.visible_to(by).filter(
        patient_condition_id=course.patient_condition_id, status=Course.Status.OPEN
    )
    policies.check_can_reopen(course, has_open_one=others.exclude(pk=course.pk).exists())
    act = _act_of_end(course)
    course.status, course.ended_date = Course.Status.OPEN, None
    course.end_reason = course.end_note = ""
    course.version += 1
    course.save(update_fields=["status", "ended_date", "end_reason", "end_note", "version"])
    with suppress(VisitRefusedError):
        series.undo(batch_id=act, by=by, now=now)
    return course


def _act_of_end(course: Course) -> UUID:
    """The name of the act that gave the visits of an ended course back."""
    return uuid5(course.pk, f"end {course.version}")


def _locked(course: Course, by: Actor) -> Course:
    return held(Course.objects.visible_to(by), course.pk, related=("patient_condition",))


def _columns(plan: Plan) -> dict[str, int | date | None]:
    return {field.name: getattr(plan, field.name) for field in fields(plan)}


def _save_goals(course: Course, goals: Sequence[Goal], *, day: date) -> None:
    """Goals keep their order; the day a goal was reached stays what it was, also where the goal moves up."""
    stored = {goal.position: goal for goal in course.goals.all()}
    reached_on = {goal.words: goal.reached_date for goal in stored.values()}
    for position, told in enumerate(goals, start=1):
        goal = stored.pop(position, None) or CourseGoal(clinic_id=course.clinic_id, course=course, position=position)
        reached = (reached_on.get(told.words) or day) if told.is_reached else None
        if goal._state.adding or (goal.words, goal.reached_date) != (told.words, reached):
            goal.words, goal.reached_date = told.words, reached
            goal.save()
    if stored:
        course.goals.filter(position__in=stored).delete()
