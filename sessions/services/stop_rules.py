"""Hold a course against the stop rules (domain.md §5): raise a review task for what trips. Nothing else happens."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from accounts.actors import Actor
from sessions import stop_rules
from sessions.models import Course, CourseReview
from sessions.models.course_reviews import CourseReviewQuerySet
from sessions.queries.course_reviews import Standing, standing


@transaction.atomic
def look_at(*, course_id: UUID, by: Actor, now: datetime) -> None:
    """Hold the course against the rules: raise what trips, withdraw what no longer holds. Locks the course.

    A rule is raised once for a course and session, and not again while it waits for a decision.
    """
    course = Course.objects.visible_to(by).select_for_update().get(pk=course_id)
    found = standing(course)
    waiting = {review.rule: review for review in _of(course, by).undecided()}
    for review in waiting.values():
        if review.rule not in {one.rule for one in found.tripped}:
            review.withdrawn_at = now
            review.save(update_fields=["withdrawn_at"])
    if course.status != Course.Status.OPEN:
        return
    for one in found.tripped:
        if one.rule not in waiting:
            _raise(course, found, one, by=by, now=now)


def _raise(course: Course, found: Standing, one: stop_rules.Tripped, *, by: Actor, now: datetime) -> None:
    session = found.sessions[one.number - 1]
    fields = {"evidence": found.evidence, "raised_at": now, "withdrawn_at": None}
    review, is_new = CourseReview.objects.get_or_create(
        clinic_id=by.clinic_id,
        course=course,
        rule=one.rule,
        injection_session=session,
        defaults={"patient_id": course.patient_id, **fields},
    )
    if not is_new and review.withdrawn_at is not None:
        for name, value in fields.items():
            setattr(review, name, value)
        review.save(update_fields=list(fields))


def _of(course: Course, by: Actor) -> CourseReviewQuerySet:
    return CourseReview.objects.visible_to(by).filter(course=course)
