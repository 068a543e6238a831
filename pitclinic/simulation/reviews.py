"""Which open courses ask for a review: the stop rules look at those treated last, as they do at each signature."""

from collections.abc import Iterator

from django.db.models import Max

from accounts.models import Clinic
from pitclinic.simulation.writing import Ids
from sessions.choices import RecordStatus
from sessions.models import Course, CourseReview
from sessions.queries.course_reviews import standing

# Enough for a worklist; looking at every course of a large clinic would take longer than writing it.
LOOKED_AT = 120


def raise_reviews(clinic: Clinic, ids: Ids) -> None:
    """In the clinic's own context; each was raised when the last session it rests on was signed."""
    signed = Course.objects.filter(
        clinic=clinic, status=Course.Status.OPEN, injection_sessions__status=RecordStatus.SIGNED
    )
    latest = signed.annotate(last_at=Max("injection_sessions__signed_at")).order_by("-last_at", "id")
    CourseReview.objects.bulk_create(
        [review for course in latest.prefetch_related("goals")[:LOOKED_AT] for review in _reviews(course, ids)]
    )


def _reviews(course: Course, ids: Ids) -> Iterator[CourseReview]:
    found = standing(course)
    for one in found.tripped:
        session = found.sessions[one.number - 1]
        yield CourseReview(
            id=ids.take(),
            clinic_id=course.clinic_id,
            patient_id=course.patient_id,
            course=course,
            injection_session=session,
            rule=one.rule,
            evidence=found.evidence,
            raised_at=session.signed_at or session.started_at,
        )
