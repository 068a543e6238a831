"""What the stop rules say of a course, the evidence beside each review, and the reviews themselves."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from accounts.actors import Actor
from sessions import stop_rules
from sessions.choices import OverallChange, Question, Source, StopRule
from sessions.models import Course, CourseReview, InjectionSession, PainScore
from sessions.models.course_reviews import CourseReviewQuerySet
from sessions.queries.chart import by_session
from sessions.queries.measures import latest_change
from sessions.queries.pain_scores import question_of, scores_of
from sessions.response import WITHIN_MINUTES, Undefined, relief_percent, whole_percent


@dataclass(frozen=True)
class Standing:
    """A course as the rules see it: its signed sessions, oldest first, and what each did."""

    sessions: list[InjectionSession]
    scores: list[stop_rules.Scores]
    question: str
    tripped: list[stop_rules.Tripped]
    evidence: dict[str, Any]


def standing(course: Course) -> Standing:
    """Four queries: sessions, scores, the latest overall change, goals."""
    sessions = list(
        InjectionSession.objects.filter(clinic_id=course.clinic_id, course_id=course.pk)
        .signed()
        .order_by("started_at", "id")
    )
    rows = by_session(
        PainScore.objects.filter(
            clinic_id=course.clinic_id, injection_session_id__in=[session.pk for session in sessions]
        )
        .on_the_table()
        .overall()
    )
    question = question_of(score for session in sessions for score in rows[session.pk])
    found = [scores_of(session, rows[session.pk], [], question=question, following=None) for session in sessions]
    scores = [
        stop_rules.Scores(
            before=one.trough,
            after=one.peak,
            is_late=one.table.undefined == Undefined.TOO_LATE,
            is_untimed=one.table.undefined == Undefined.UNKNOWN_TIME,
        )
        for one in found
    ]
    change = latest_change(course)
    pgic = change.change if change else None
    goals = list(course.goals.all())
    reached = sum(goal.reached_date is not None for goal in goals)
    return Standing(
        sessions=sessions,
        scores=scores,
        question=question,
        tripped=stop_rules.tripped(scores, pgic=pgic, goals=len(goals), goals_reached=reached),
        evidence={
            "scores": [[one.before, one.after, *_when(one)] for one in scores],
            "question": question,
            "pgic": pgic,
            **({"pgic_day": change.day.isoformat(), "pgic_source": change.source} if change else {}),
            "goals": len(goals),
            "goals_reached": reached,
        },
    )


def _when(scores: stop_rules.Scores) -> list[bool]:
    """What follows the two scores: nothing, late, or not late as far as anybody knows."""
    return [False, True] if scores.is_untimed else [True] if scores.is_late else []


@dataclass(frozen=True)
class EvidenceRow:
    """One session as it stood when the review was raised."""

    number: int
    before: int | None
    after: int | None
    is_late: bool = False
    is_untimed: bool = False

    @property
    def percent(self) -> float | None:
        """Relief on the table; none where the score after came later than 30 minutes, or nobody knows when
        (domain.md §10)."""
        return None if self.late_words else relief_percent(self.before, self.after)

    @property
    def late_words(self) -> str:
        if self.is_untimed:
            return _("when it was asked is not known")
        if not self.is_late:
            return ""
        return _("after %(minutes)s min") % {"minutes": WITHIN_MINUTES}

    @property
    def whole_percent(self) -> int | None:
        return None if self.percent is None else whole_percent(self.percent)


@dataclass(frozen=True)
class Evidence:
    """The stored evidence of one review, ready to read."""

    rule: str
    question: str
    rows: list[EvidenceRow]
    goals: int
    goals_reached: int
    pgic: int | None
    pgic_day: date | None = None
    pgic_source: str = ""

    @property
    def pgic_words(self) -> str:
        return str(OverallChange(self.pgic).label) if self.pgic is not None else ""

    @property
    def befores(self) -> list[int | None]:
        return [row.before for row in self.rows]

    @property
    def asks_pgic(self) -> bool:
        return self.rule == StopRule.TOO_LITTLE


def evidence_of(rule: str, stored: dict[str, Any]) -> Evidence:
    rows = [EvidenceRow(number, *pair) for number, pair in enumerate(stored.get("scores", []), start=1)]
    return Evidence(
        rule=rule,
        question=str(Question(stored.get("question", Question.REST)).label),
        rows=rows[:2] if rule == StopRule.FIRST_TWO else rows,
        goals=stored.get("goals", 0),
        goals_reached=stored.get("goals_reached", 0),
        pgic=stored.get("pgic"),
        pgic_day=date.fromisoformat(stored["pgic_day"]) if "pgic_day" in stored else None,
        pgic_source=str(Source(stored["pgic_source"]).label) if "pgic_source" in stored else "",
    )


def undecided_of(actor: Actor, patient_id: UUID) -> list[CourseReview]:
    """The open reviews of a patient, the oldest first."""
    rows = CourseReview.objects.visible_to(actor).undecided().filter(patient_id=patient_id)
    return list(rows.select_related("owner__user").order_by("raised_at", "id"))


def reviews_of_course(actor: Actor, course_id: UUID) -> list[CourseReview]:
    """Every review of a course that stands, the newest first."""
    rows = CourseReview.objects.visible_to(actor).filter(course_id=course_id, withdrawn_at__isnull=True)
    return list(rows.select_related("owner__user", "decided_by__user").order_by("-raised_at", "-id"))


def review_for_page(actor: Actor, review_id: UUID) -> CourseReview | None:
    related = ("course__patient_condition", "owner__user", "decided_by__user")
    return _visible(actor).select_related(*related).filter(pk=review_id).first()


def _visible(actor: Actor) -> CourseReviewQuerySet:
    return CourseReview.objects.visible_to(actor)
