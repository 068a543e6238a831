"""The patient's chart: everything about one patient that the treatment record knows, in a fixed number of queries."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from accounts.actors import Actor
from scheduling.choices import VisitStatus
from scheduling.models import Appointment
from sessions.choices import RecordStatus
from sessions.models import Course, FollowUp, InjectionSession, PainScore, ReliefReport, SideEffect
from sessions.queries.pain_scores import Following, SessionScores, question_of, scores_of

R = TypeVar("R", PainScore, ReliefReport)

SHOWN_AT_MOST = 300  # of each kind; a course has 5 to 10 sessions
# What the page shows; a record of years is many rows.
VISIT_COLUMNS = ("starts_at", "status", "cancel_reason", "visit_type__name", "clinician__user__full_name")
SESSION_COLUMNS = (
    "patient_id",
    "appointment_id",
    "course_id",
    "status",
    "started_at",
    "first_injected_at",
    "ended_at",
    "signed_at",
    "void_reason",
    "cycles_injected_at",
    "technique__name",
    "clinician__user__full_name",
)


@dataclass(frozen=True)
class SessionLine:
    """One session with what it did. ``number`` counts the signed sessions of its course from 1; 0 outside of it."""

    session: InjectionSession
    number: int
    scores: SessionScores


@dataclass(frozen=True)
class Record:
    """The rows of one patient's record, newest first, the sessions oldest first."""

    visits: list[Appointment]
    courses: list[Course]
    sessions: list[InjectionSession]
    scores: dict[UUID, list[PainScore]]
    reports: dict[UUID, list[ReliefReport]]
    side_effects: list[SideEffect]
    follow_ups: list[FollowUp]

    @property
    def is_empty(self) -> bool:
        return not (self.visits or self.courses or self.sessions or self.side_effects)

    def course(self, chosen: UUID | None) -> Course | None:
        """The course asked for, else the open one, else the newest."""
        open_first = sorted(self.courses, key=lambda course: course.status != Course.Status.OPEN)
        by_id = {course.pk: course for course in self.courses}
        return by_id.get(chosen) if chosen else next(iter(open_first), None)

    def lines(self, course: Course | None) -> list[SessionLine]:
        """The signed sessions of the course (of none: those outside any course), oldest first."""
        own = [
            session
            for session in self.sessions
            if session.status == RecordStatus.SIGNED and session.course_id == (course.pk if course else None)
        ]
        question = question_of(score for session in own for score in self.scores[session.pk])
        following = [*(Following(session, self.scores[session.pk]) for session in own[1:]), None]
        return [
            SessionLine(
                session=session,
                number=number if course else 0,
                scores=scores_of(
                    session,
                    self.scores[session.pk],
                    self.reports[session.pk],
                    question=question,
                    following=after,
                ),
            )
            for number, (session, after) in enumerate(zip(own, following, strict=False), start=1)
        ]

    def all_lines(self) -> dict[UUID, SessionLine]:
        """Every signed session by its id."""
        groups = [*self.courses, None]
        return {line.session.pk: line for course in groups for line in self.lines(course)}

    def without_session(self, day: tuple[datetime, datetime], statuses: Collection[str]) -> list[Appointment]:
        """The day's visits in one of the statuses that have no session yet."""
        begun = {s.appointment_id for s in self.sessions if s.status != RecordStatus.VOIDED}
        return [
            visit
            for visit in self.visits
            if visit.status in statuses and visit.pk not in begun and day[0] <= visit.starts_at < day[1]
        ]

    def next_visit(self, now: datetime) -> Appointment | None:
        """The soonest visit ahead that still stands."""
        ahead = [
            v for v in self.visits if v.starts_at > now and v.status in (VisitStatus.BOOKED, VisitStatus.CONFIRMED)
        ]
        return min(ahead, key=lambda visit: visit.starts_at, default=None)

    def drafts(self) -> list[InjectionSession]:
        return [session for session in self.sessions if session.status == RecordStatus.DRAFT]


def record_of(actor: Actor, patient_id: UUID) -> Record:
    """Read the record of a patient of the actor's clinic. Eight queries."""
    sessions = list(
        InjectionSession.objects.visible_to(actor)
        .filter(patient_id=patient_id)
        .select_related("clinician__user", "technique")
        .only(*SESSION_COLUMNS)
        .order_by("-started_at", "-id")[:SHOWN_AT_MOST]
    )[::-1]
    return Record(
        visits=list(
            Appointment.objects.visible_to(actor)
            .filter(patient_id=patient_id)
            .select_related("visit_type", "clinician__user")
            .only(*VISIT_COLUMNS)
            .order_by("-starts_at", "-id")[:SHOWN_AT_MOST]
        ),
        courses=list(
            Course.objects.visible_to(actor)
            .filter(patient_id=patient_id)
            .select_related("patient_condition")
            .prefetch_related("goals")
            .order_by("-started_date", "-id")
        ),
        sessions=sessions,
        scores=by_session(PainScore.objects.visible_to(actor).overall().filter(patient_id=patient_id)),
        reports=by_session(ReliefReport.objects.visible_to(actor).filter(patient_id=patient_id)),
        side_effects=list(
            SideEffect.objects.visible_to(actor)
            .filter(patient_id=patient_id)
            .select_related("event_type", "acknowledged_by__user")
            .order_by("-reported_at", "-id")[:SHOWN_AT_MOST]
        ),
        follow_ups=list(
            FollowUp.objects.visible_to(actor)
            .filter(patient_id=patient_id)
            .select_related("owner__user", "completed_by__user")
            .order_by("-due_at", "-id")[:SHOWN_AT_MOST]
        ),
    )


def by_session(rows: Iterable[R]) -> dict[UUID, list[R]]:
    """The rows of each session; an empty list for a session that has none."""
    found: dict[UUID, list[R]] = defaultdict(list)
    for row in rows:
        if row.injection_session_id:
            found[row.injection_session_id].append(row)
    return found
