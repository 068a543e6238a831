"""A course as tests tell it: signed sessions a week apart with the scores they had."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from sessions.choices import Moment
from sessions.models import Course, InjectionSession
from tests.factories.sessions import InjectionSessionFactory, PainScoreFactory, sign

FIRST = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def treated(course: Course, week: int, before: int | None, after: int | None) -> InjectionSession:
    """A signed session of the course in that week with these scores at rest; no rule has looked at it."""
    return sign(drafted(course, week, before, after), signed_at=FIRST + timedelta(weeks=week, minutes=30))


def drafted(course: Course, week: int, before: int | None, after: int | None) -> InjectionSession:
    at = FIRST + timedelta(weeks=week)
    session = InjectionSessionFactory(
        clinic=course.clinic,
        course=course,
        patient=course.patient,
        appointment__patient=course.patient,
        appointment__starts_at=at,
    )
    for moment, score, minutes in [(Moment.BEFORE, before, 1), (Moment.AFTER, after, 20)]:
        if score is not None:
            PainScoreFactory(
                clinic=course.clinic,
                injection_session=session,
                moment=moment,
                score=score,
                measured_at=at + timedelta(minutes=minutes),
            )
    return session


def treat(course: Course, *scores: tuple[int | None, int | None]) -> Sequence[InjectionSession]:
    return [treated(course, week, *pair) for week, pair in enumerate(scores)]
