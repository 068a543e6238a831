"""Who should be asked back, and why: read from sessions, answers, reviews and the book, in one query a page."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.core.cache import cache
from django.db.models import Exists, F, Func, IntegerField, OuterRef, Q, QuerySet, Subquery

from accounts.actors import Actor
from accounts.models import Clinic
from common.wall_clock import local_day
from patients.models import OF_PRESENT
from patients.names import full_name
from patients.queries.phones import phone_of_patient
from scheduling.choices import VisitStatus
from scheduling.models import Appointment, VisitType
from sessions.choices import SPOKEN, RecallKind, RecallOutcome, RecordStatus
from sessions.models import CourseReview, FollowUp, InjectionSession, PainScore, RecallCall, VisitRecall
from sessions.models.courses import Course
from sessions.models.pain_scores import ON_THE_TABLE
from sessions.visit_recall_rules import ANSWER_WITHIN, BOOK_WITHIN, LAPSED_AFTER, REVIEW_WITHIN

PAGE_SIZE = 50
COUNTED = 100
RECENT = timedelta(minutes=2)
_TO_COME = (
    VisitStatus.BOOKED,
    VisitStatus.CONFIRMED,
    VisitStatus.ARRIVED,
    VisitStatus.IN_ROOM,
    VisitStatus.OBSERVATION,
)
# What to book: the type that the clinic's defaults have for it.
BOOK_AS = {RecallKind.LAPSED: "initial-evaluation", RecallKind.REVIEW: "review"}
_USUAL = "follow-up"


@dataclass(frozen=True, kw_only=True)
class RecallRow:
    """One patient to ask back. ``since`` is the last session, or when the review was raised."""

    session_id: UUID
    patient_id: UUID
    patient_name: str
    phone: str
    since: datetime
    review_id: UUID | None
    owner_id: UUID | None
    owner_name: str
    last_outcome: str
    last_call_at: datetime | None


@dataclass(frozen=True)
class RecallPage:
    rows: list[RecallRow]
    number: int
    has_next: bool


@dataclass(frozen=True)
class RecallCounts:
    """Kind → how many, none above ``COUNTED``: a longer list is long, and counting on costs."""

    of_kind: dict[str, int]

    @property
    def total(self) -> str:
        """Lines on all lists, for a button; a patient can be on two."""
        return f"{sum(self.of_kind.values())}{self._more(*self.of_kind.values())}"

    @property
    def rows(self) -> list[tuple[RecallKind, str]]:
        """Every list with its number as it is shown."""
        numbers = ((kind, self.of_kind.get(kind.value, 0)) for kind in RecallKind)
        return [(kind, f"{number}{self._more(number)}") for kind, number in numbers]

    @staticmethod
    def _more(*numbers: int) -> str:
        return "+" if any(number >= COUNTED for number in numbers) else ""


def recall_page(actor: Actor, kind: RecallKind, *, now: datetime, number: int = 1) -> RecallPage:
    """One page of those who wait, without counting the rest; quiet ones are left out. One query."""
    rows = _AS[kind](actor, now)
    start = (number - 1) * PAGE_SIZE
    values = list(_with_state(rows, kind, local_day(now, actor.zone))[start : start + PAGE_SIZE + 1])
    return RecallPage([_row(value, kind) for value in values[:PAGE_SIZE]], number, len(values) > PAGE_SIZE)


def recall_counts(actor: Actor, *, now: datetime) -> RecallCounts:
    """How many wait on each list now. One query."""
    today = local_day(now, actor.zone)
    awake = {kind.value: _awake(_AS[kind](actor, now), kind, today).order_by() for kind in RecallKind}
    columns: dict[str, Any] = {
        kind: Func(ArraySubquery(rows.values("pk")[:COUNTED]), function="CARDINALITY", output_field=IntegerField())
        for kind, rows in awake.items()
    }
    found: Any = Clinic.objects.filter(pk=actor.clinic_id).values(**columns).get()
    return RecallCounts(dict(found))


def recent_recall_counts(actor: Actor, *, now: datetime) -> RecallCounts:
    """As counted for anybody of the clinic in the last two minutes: every page asks, and the lists are long to walk.

    One query, of the cache, as a rule.
    """
    key = f"recall-counts:{actor.clinic_id}"
    found = cache.get(key)
    if found is None:
        found = recall_counts(actor, now=now).of_kind
        cache.set(key, found, timeout=RECENT.total_seconds())
    return RecallCounts(found)


def type_to_book(actor: Actor, kind: RecallKind) -> UUID | None:
    """The visit type the booking page opens with."""
    code = BOOK_AS.get(kind, _USUAL)
    return VisitType.objects.visible_to(actor).filter(code=code, is_active=True).values_list("pk", flat=True).first()


def calls_of(actor: Actor, session: InjectionSession, kind: RecallKind) -> QuerySet[RecallCall]:
    calls = RecallCall.objects.visible_to(actor)
    of_this = calls.filter(visit_recall__injection_session=session, visit_recall__kind=kind)
    return of_this.select_related("called_by__user")


def state_of(actor: Actor, session: InjectionSession, kind: RecallKind) -> VisitRecall | None:
    rows = VisitRecall.objects.visible_to(actor).select_related("owner__user")
    return rows.filter(injection_session=session, kind=kind).first()


def _last_sessions(actor: Actor) -> QuerySet[Any]:
    """The last signed session of each patient who neither died nor left."""
    later = InjectionSession.objects.filter(
        clinic_id=OuterRef("clinic_id"),
        patient_id=OuterRef("patient_id"),
        started_at__gt=OuterRef("started_at"),
        status__in=(RecordStatus.DRAFT, RecordStatus.SIGNED),
    )
    rows = InjectionSession.objects.visible_to(actor).filter(OF_PRESENT, status=RecordStatus.SIGNED)
    return rows.filter(~Exists(later))


def _without_visit(rows: QuerySet[Any], now: datetime) -> QuerySet[Any]:
    """Those with nothing in the book from yesterday on."""
    booked = Appointment.objects.filter(
        clinic_id=OuterRef("clinic_id"),
        patient_id=OuterRef("patient_id"),
        starts_at__gte=now - timedelta(days=1),
        status__in=_TO_COME,
    )
    return rows.filter(~Exists(booked))


def _not_booked(actor: Actor, now: datetime) -> QuerySet[Any]:
    rows = _last_sessions(actor).filter(ended_at__lte=now - BOOK_WITHIN, ended_at__gte=now - LAPSED_AFTER)
    goes_on = rows.filter(Q(course__isnull=True) | Q(course__status=Course.Status.OPEN))
    return _without_visit(goes_on, now).order_by("ended_at", "id")


def _lapsed(actor: Actor, now: datetime) -> QuerySet[Any]:
    """The latest first: they are the likeliest to come back."""
    rows = _last_sessions(actor).filter(ended_at__lt=now - LAPSED_AFTER, course__status=Course.Status.OPEN)
    return _without_visit(rows, now).order_by("-ended_at", "id")


def _no_answer(actor: Actor, now: datetime) -> QuerySet[Any]:
    """Neither a score from home nor a call that reached the patient since the last session."""
    rows = _last_sessions(actor).filter(ended_at__lte=now - ANSWER_WITHIN, ended_at__gte=now - LAPSED_AFTER)
    own = {"clinic_id": OuterRef("clinic_id"), "injection_session_id": OuterRef("pk")}
    scored = PainScore.objects.filter(**own).exclude(moment__in=ON_THE_TABLE)
    spoken = FollowUp.objects.filter(**own, completed_at__isnull=False).filter(outcome__in=SPOKEN)
    return rows.filter(~Exists(scored), ~Exists(spoken)).order_by("ended_at", "id")


def _reviews(actor: Actor, now: datetime) -> QuerySet[Any]:
    rows = CourseReview.objects.visible_to(actor).undecided().filter(OF_PRESENT, raised_at__lte=now - REVIEW_WITHIN)
    return rows.order_by("raised_at", "id")


_AS = {
    RecallKind.NOT_BOOKED: _not_booked,
    RecallKind.NO_ANSWER: _no_answer,
    RecallKind.LAPSED: _lapsed,
    RecallKind.REVIEW: _reviews,
}


def _state_of_row(kind: RecallKind) -> QuerySet[VisitRecall]:
    anchor = OuterRef("injection_session_id" if kind == RecallKind.REVIEW else "pk")
    return VisitRecall.objects.filter(clinic_id=OuterRef("clinic_id"), injection_session_id=anchor, kind=kind)


def _awake(rows: QuerySet[Any], kind: RecallKind, today: date) -> QuerySet[Any]:
    """Without those that rest until a later day."""
    return rows.filter(~Exists(_state_of_row(kind).filter(quiet_until_date__gt=today)))


def _with_state(rows: QuerySet[Any], kind: RecallKind, today: date) -> QuerySet[Any]:
    is_review = kind == RecallKind.REVIEW
    anchor = OuterRef("injection_session_id" if is_review else "pk")
    state = _state_of_row(kind)
    calls = RecallCall.objects.filter(
        clinic_id=OuterRef("clinic_id"), visit_recall__injection_session_id=anchor, visit_recall__kind=kind
    ).order_by("-called_at", "-id")
    return _awake(rows, kind, today).values(
        "patient_id",
        session_id=F("injection_session_id") if is_review else F("pk"),
        review_id=F("pk"),
        since=F("raised_at") if is_review else F("ended_at"),
        given=F("patient__given_names"),
        family=F("patient__family_name"),
        language=F("patient__language"),
        phone=phone_of_patient(),
        whose=Subquery(state.values("owner_id")[:1]),
        owner_name=Subquery(state.values("owner__user__full_name")[:1]),
        last_outcome=Subquery(calls.values("outcome")[:1]),
        last_call_at=Subquery(calls.values("called_at")[:1]),
    )


def _row(value: dict[str, Any], kind: RecallKind) -> RecallRow:
    outcome = value["last_outcome"]
    return RecallRow(
        session_id=value["session_id"],
        patient_id=value["patient_id"],
        patient_name=full_name(value["given"], value["family"], value["language"]),
        phone=value["phone"] or "",
        since=value["since"],
        review_id=value["review_id"] if kind == RecallKind.REVIEW else None,
        owner_id=value["whose"],
        owner_name=value["owner_name"] or "",
        last_outcome=str(RecallOutcome(outcome).label) if outcome else "",
        last_call_at=value["last_call_at"],
    )
