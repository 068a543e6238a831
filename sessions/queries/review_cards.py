"""The review card: what a clinician reads in five seconds before the needle. The number of queries is fixed."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, prefetch_related_objects

from accounts.actors import Actor
from scheduling.models import Appointment
from sessions.choices import Moment, Question, RecordStatus, Source
from sessions.models import (
    Course,
    CourseReview,
    InjectionPoint,
    InjectionSession,
    PainScore,
    ReliefReport,
    SideEffect,
)
from sessions.queries.chart import Record, SessionLine, by_session
from sessions.queries.course_reviews import undecided_of
from sessions.queries.pain_scores import question_of
from sessions.response import Asked, response
from sessions.response import Response as Told

SHOWN_SESSIONS = 6  # a course has 5 to 10; what is older is on the chart
SHOWN_EFFECTS = 5


@dataclass(frozen=True)
class Response:
    """One question, or one nerve, of the last session on the table: NRS before the first and after the last cycle."""

    name: str
    told: Told

    @property
    def before(self) -> int | None:
        return self.told.before

    @property
    def after(self) -> int | None:
        return self.told.after

    @property
    def percent(self) -> int | None:
        return self.told.whole_percent


@dataclass(frozen=True)
class LotReaction:
    """Reports of harm after sessions of this clinic in which the lot was used; ``own`` are this patient's."""

    lot_number: str
    reports: int
    own: int


@dataclass(frozen=True)
class ReviewCard:
    """``lines`` are the signed sessions of the course (of none: those outside any course), oldest first."""

    course: Course | None
    lines: list[SessionLine]
    question: str
    points: list[InjectionPoint]
    responses: list[Response]
    side_effects: list[SideEffect]
    lot_reactions: list[LotReaction]
    reviews: list[CourseReview]
    earlier_sessions: int

    @property
    def last(self) -> SessionLine | None:
        return self.lines[-1] if self.lines else None

    @property
    def number(self) -> int:
        """The number that the session at hand has in its course."""
        return len(self.lines) + 1

    @property
    def latest_first(self) -> list[SessionLine]:
        return self.lines[::-1][:SHOWN_SESSIONS]

    @cached_property
    def has_more(self) -> bool:
        return len(self.lines) > SHOWN_SESSIONS


def card_of(
    actor: Actor, patient_id: UUID, course_id: UUID | None, *, before: datetime, course: Course | None = None
) -> ReviewCard:
    """The card for a session of that course which begins at ``before``. Nine queries, fewer without a past session and
    where the course was read already with its condition."""
    if course is None:
        course = _course(actor, patient_id, course_id)
    else:
        prefetch_related_objects([course], "goals")
    sessions = _sessions(actor, patient_id, before)
    own = [session for session in sessions if session.course_id == (course.pk if course else None)]
    ids = [session.pk for session in own]
    record = Record(
        visits=[],
        courses=[course] if course else [],
        sessions=own,
        scores=by_session(PainScore.objects.visible_to(actor).filter(injection_session_id__in=ids) if ids else ()),
        reports=by_session(ReliefReport.objects.visible_to(actor).filter(injection_session_id__in=ids) if ids else ()),
        side_effects=[],
        follow_ups=[],
    )
    lines = record.lines(course)
    last = own[-1] if own else None
    points = _points(last) if last else []
    return ReviewCard(
        course=course,
        lines=lines,
        question=str(Question(question_of(score for pk in ids for score in record.scores[pk])).label),
        points=points,
        responses=_responses(last, record.scores[last.pk], points) if last else [],
        side_effects=_side_effects(actor, patient_id, last) if last else [],
        lot_reactions=_lot_reactions(actor, patient_id, points),
        reviews=[one for one in undecided_of(actor, patient_id) if one.course_id == course_id] if course else [],
        earlier_sessions=len(sessions) - len(own),
    )


def drafts_of(actor: Actor, patient_id: UUID) -> list[InjectionSession]:
    return list(
        InjectionSession.objects.visible_to(actor).drafts().filter(patient_id=patient_id).order_by("started_at")
    )


def visits_to_start(
    actor: Actor, patient_id: UUID, day: tuple[datetime, datetime], statuses: Collection[str]
) -> list[Appointment]:
    """The day's visits of the patient in one of the statuses that have no session yet."""
    begun = InjectionSession.objects.visible_to(actor).exclude(status=RecordStatus.VOIDED)
    # Asked visit by visit: "not in" all that have begun would read every session of the clinic.
    has_begun = Exists(begun.filter(appointment=OuterRef("pk")))
    own = Appointment.objects.visible_to(actor).filter(patient_id=patient_id, status__in=statuses)
    today = own.filter(starts_at__gte=day[0], starts_at__lt=day[1])
    return list(today.exclude(has_begun).order_by("starts_at"))


def _course(actor: Actor, patient_id: UUID, course_id: UUID | None) -> Course | None:
    if course_id is None:
        return None
    own = Course.objects.visible_to(actor).filter(patient_id=patient_id, pk=course_id)
    return own.select_related("patient_condition").prefetch_related("goals").first()


def _sessions(actor: Actor, patient_id: UUID, before: datetime) -> list[InjectionSession]:
    rows = InjectionSession.objects.visible_to(actor).signed().filter(patient_id=patient_id, started_at__lt=before)
    return list(rows.select_related("clinician__user", "technique").order_by("started_at", "id"))


def _points(session: InjectionSession) -> list[InjectionPoint]:
    return list(session.points.select_related("nerve", "solution", "lot", "point_type").order_by("number"))


def _responses(session: InjectionSession, scores: list[PainScore], points: list[InjectionPoint]) -> list[Response]:
    """The overall scores at rest and on the movement, then those of each nerve that was asked for."""
    tables = [score for score in scores if score.source == Source.CLINICIAN]
    names = {(one.nerve_id, one.side): f"{one.get_side_display()}, {one.nerve.short_name}" for one in points}
    found = [
        _response(session, str(question.label).capitalize(), [one for one in tables if one.question == question], None)
        for question in (Question.REST, Question.PROVOKED)
    ] + [_response(session, name, tables, key) for key, name in names.items()]
    return [one for one in found if one.before is not None or one.after is not None]


def _response(
    session: InjectionSession, name: str, scores: list[PainScore], nerve: tuple[UUID, str] | None
) -> Response:
    """Before the first cycle and after the last one."""
    own = [one for one in scores if ((one.nerve_id, one.side) == nerve if nerve else one.nerve_id is None)]
    asked = sorted(own, key=lambda one: one.cycle)
    before = [one.score for one in asked if one.moment == Moment.BEFORE]
    after = [Asked(one.cycle, one.score, one.measured_at) for one in asked if one.moment == Moment.AFTER]
    since = session.first_injected_at or session.started_at
    return Response(name, response(before[0] if before else None, after, session.cycles_injected_at, since=since))


def _side_effects(actor: Actor, patient_id: UUID, last: InjectionSession) -> list[SideEffect]:
    rows = SideEffect.objects.visible_to(actor).filter(patient_id=patient_id, reported_at__gte=last.started_at)
    return list(rows.select_related("event_type").most_urgent_first()[:SHOWN_EFFECTS])


def _lot_reactions(actor: Actor, patient_id: UUID, points: list[InjectionPoint]) -> list[LotReaction]:
    """What was reported in the clinic after sessions with the lots of the last session, most first."""
    lots = {point.lot_id: point.lot.lot_number for point in points if point.lot}
    if not lots:
        return []
    used = SideEffect.objects.visible_to(actor).filter(injection_session__points__lot__in=lots)
    rows = used.values("injection_session__points__lot", "patient_id").annotate(n=Count("pk", distinct=True))
    found = {lot: LotReaction(name, 0, 0) for lot, name in lots.items()}
    for row in rows:
        lot, n = row["injection_session__points__lot"], row["n"]
        so_far = found[lot]
        own = n if row["patient_id"] == patient_id else 0
        found[lot] = LotReaction(so_far.lot_number, so_far.reports + n, so_far.own + own)
    return sorted((one for one in found.values() if one.reports), key=lambda one: (-one.reports, one.lot_number))
