"""What waits for somebody: alerts, follow-ups due, unsigned sessions; each with its age and its owner."""

from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Case, Count, F, IntegerField, Max, OuterRef, Q, QuerySet, Subquery, When
from django.db.models.functions import Coalesce

from accounts.actors import Actor
from accounts.models import Clinic, OnCallPerson
from accounts.permissions import ALLOWED, Act
from patients.choices import Departure
from patients.models import AlikePair
from patients.names import full_name
from patients.queries.phones import phone_of_patient
from sessions.choices import AlertStatus, Priority, StopRule
from sessions.models import (
    CoSignatureReturn,
    CourseReview,
    FollowUp,
    InjectionSession,
    LotRecall,
    RuleProposal,
    SideEffect,
)
from sessions.models.side_effects import called_by
from sessions.queries.course_reviews import Evidence, evidence_of
from sessions.triage import is_assessment_overdue

URGENT = (Priority.P0, Priority.P1)
# Nobody has taken it within this time: P0 escalates after 10 minutes, P1 is a call within 2 hours (domain.md §8).
TAKE_WITHIN = {Priority.P0: timedelta(minutes=10), Priority.P1: timedelta(hours=2)}


@dataclass(frozen=True)
class Counts:
    """What the top bar shows; ``urgent`` are alerts of priority 0 and 1 that nobody has taken yet.

    ``on_call`` are the people whom a P0 wakes; ``sent_back`` are the reader's own records that a supervisor sent back;
    ``lot_recalls`` are those that have patients to tell; ``rules`` is a change of the safety rules that waits for a
    clinician.
    """

    urgent: int = 0
    alerts: int = 0
    follow_ups: int = 0
    unsigned: int = 0
    reviews: int = 0
    to_co_sign: int = 0
    sent_back: int = 0
    rules: int = 0
    lot_recalls: int = 0
    alike: int = 0
    on_call: int = 0


@dataclass(frozen=True, kw_only=True)
class Row:
    """One thing that waits: about whom, since when, whose it is. ``phone`` is the one to ring; ``departure`` says that
    the patient died or left."""

    id: UUID
    patient_id: UUID
    patient_name: str
    phone: str
    since: datetime
    owner_id: UUID | None
    owner_name: str
    departure: str = ""
    is_overdue: bool = False


@dataclass(frozen=True, kw_only=True)
class AlertRow(Row):
    """What happened stays empty for who may not open a chart."""

    priority: str
    priority_label: str
    status: str
    version: int
    taken_back_at: datetime | None = None
    is_assessment_overdue: bool = False
    called: str = ""
    to_rule_out: str = ""
    description: str = ""


@dataclass(frozen=True, kw_only=True)
class ReviewRow(Row):
    """A course a rule asks to look at, with its evidence; only for who may plan courses."""

    rule: str
    condition: str
    evidence: Evidence


@dataclass(frozen=True)
class NewAlerts:
    """Urgent alerts that came in since somebody looked, and the moment to ask from next time."""

    p0: int
    p1: int
    latest: datetime | None


def counts(actor: Actor, *, now: datetime) -> Counts:
    """Count the clinic's worklists in one query over partial indexes; cheap enough for every page."""
    rows = Clinic.objects.filter(pk=actor.clinic_id).annotate(
        urgent=_count(SideEffect.objects.filter(priority__in=URGENT, status=AlertStatus.OPEN).open()),
        alerts=_count(SideEffect.objects.open()),
        follow_ups=_count(FollowUp.objects.due(now)),
        unsigned=_count(InjectionSession.objects.drafts()),
        reviews=_count(CourseReview.objects.undecided()),
        to_co_sign=_count(InjectionSession.objects.to_co_sign())
        + _count(InjectionSession.objects.addenda_to_co_sign())
        + _count(InjectionSession.objects.voids_to_co_sign()),
        sent_back=_count(CoSignatureReturn.objects.open().of_member(actor.membership_id)),
        rules=_count(RuleProposal.objects.open()),
        lot_recalls=_count(LotRecall.objects.open().with_patients_to_tell()),
        alike=_count(AlikePair.objects.open()),
        on_call=_count(OnCallPerson.objects.able()),
    )
    row = rows.values(*(field.name for field in fields(Counts))).first()
    return Counts(**row) if row else Counts()


def alerts(actor: Actor) -> QuerySet[Any]:
    """Open side effects, the most urgent first, as values for ``alert_rows``."""
    columns = ["version", "priority", "status", "is_serious", "outcome", "causality", "taken_back_at"]
    names = {"since": F("reported_at"), "owner_name": F("acknowledged_by__user__full_name")}
    if actor.may(Act.SEE_CHART):
        columns += ["description", "danger_signs"]
        names["event_name"] = F("event_type__name")
        names["suspected"] = F("suspected_type__name")
    rows = SideEffect.objects.visible_to(actor).open().most_urgent_first()
    return with_people(rows, *columns, whose=F("acknowledged_by_id"), **names)


def follow_ups_due(actor: Actor, *, now: datetime) -> QuerySet[Any]:
    """Outstanding follow-ups that are due, the longest due first, as values for ``plain_rows``."""
    rows = FollowUp.objects.visible_to(actor).due(now).order_by("due_at", "id")
    return with_people(rows, since=F("due_at"), whose=F("owner_id"), owner_name=F("owner__user__full_name"))


def unsigned_sessions(actor: Actor) -> QuerySet[Any]:
    """Drafts, the oldest first, as values for ``plain_rows``; the owner treats, or finishes what a leaver began.

    Whoever may not finish it, because they left or have another role now, does not own it.
    """
    rows = InjectionSession.objects.visible_to(actor).drafts().order_by("started_at", "id")
    whose = [
        (Q(**{f"{one}__is_active": True, f"{one}__role__in": ALLOWED[Act.LOG_SESSIONS]}), one)
        for one in ("handed_to", "clinician")
    ]
    return with_people(
        rows,
        since=F("started_at"),
        whose=Case(*(When(able, then=f"{one}_id") for able, one in whose)),
        owner_name=Case(*(When(able, then=f"{one}__user__full_name") for able, one in whose)),
    )


def course_reviews(actor: Actor) -> QuerySet[Any]:
    """Undecided course reviews, the oldest first, as values for ``review_rows``."""
    rows = CourseReview.objects.visible_to(actor).undecided().order_by("raised_at", "id")
    return with_people(
        rows,
        "rule",
        "evidence",
        since=F("raised_at"),
        whose=F("owner_id"),
        owner_name=F("owner__user__full_name"),
        condition=F("course__patient_condition__name"),
    )


def review_rows(values: Iterable[dict[str, Any]], now: datetime, overdue_after: timedelta) -> list[ReviewRow]:
    return [
        ReviewRow(
            **people_of(value),
            is_overdue=now - value["since"] > overdue_after,
            rule=str(StopRule(value["rule"]).label),
            condition=value["condition"],
            evidence=evidence_of(value["rule"], value["evidence"]),
        )
        for value in values
    ]


def alert_rows(values: Iterable[dict[str, Any]], now: datetime) -> list[AlertRow]:
    return [_alert_row(value, now) for value in values]


def plain_rows(values: Iterable[dict[str, Any]], now: datetime, overdue_after: timedelta) -> list[Row]:
    return [_row(value, is_overdue=now - value["since"] > overdue_after) for value in values]


def urgent_alerts_since(actor: Actor, since: datetime | None) -> NewAlerts:
    """Count open P0 and P1 reported after ``since``; without it nothing is new. One query."""
    newer = Q(reported_at__gt=since) if since else Q(pk__in=[])
    rows = SideEffect.objects.visible_to(actor).open().filter(priority__in=URGENT)
    found = rows.aggregate(
        p0=Count("pk", filter=newer & Q(priority=Priority.P0)),
        p1=Count("pk", filter=newer & Q(priority=Priority.P1)),
        latest=Max("reported_at"),
    )
    return NewAlerts(**found)


def _count(rows: QuerySet[Any]) -> Any:
    """A correlated count over the rows of the outer clinic."""
    counted = rows.filter(clinic_id=OuterRef("pk")).order_by().values("clinic_id").annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)


def with_people(rows: QuerySet[Any], *columns: str, **named: Any) -> QuerySet[Any]:
    return rows.values(
        "id",
        "patient_id",
        *columns,
        given=F("patient__given_names"),
        family=F("patient__family_name"),
        language=F("patient__language"),
        is_deceased=F("patient__is_deceased"),
        left_date=F("patient__left_date"),
        phone=phone_of_patient(),
        **named,
    )


def _row(value: dict[str, Any], *, is_overdue: bool) -> Row:
    return Row(**people_of(value), is_overdue=is_overdue)


def people_of(value: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": value["id"],
        "patient_id": value["patient_id"],
        "patient_name": full_name(value["given"], value["family"], value["language"]),
        "phone": value["phone"] or "",
        "since": value["since"],
        "owner_id": value["whose"],
        "owner_name": value["owner_name"] or "",
        "departure": departure_of(value),
    }


def departure_of(value: dict[str, Any]) -> str:
    if value["is_deceased"]:
        return str(Departure.DECEASED.label)
    return str(Departure.LEFT.label) if value["left_date"] else ""


def _alert_row(value: dict[str, Any], now: datetime) -> AlertRow:
    priority = Priority(value["priority"])
    age = now - value["since"]
    limit = TAKE_WITHIN.get(priority)
    row = AlertRow(
        **people_of(value),
        priority=priority,
        priority_label=str(priority.label),
        status=value["status"],
        taken_back_at=value["taken_back_at"],
        version=value["version"],
        is_overdue=value["status"] == AlertStatus.OPEN and limit is not None and age > limit,
        is_assessment_overdue=is_assessment_overdue(
            is_serious=value["is_serious"], outcome=value["outcome"], causality=value["causality"], age=age
        ),
    )
    if "event_name" not in value:
        return row
    return replace(
        row,
        called=value["event_name"] or called_by(value["danger_signs"]),
        to_rule_out="" if value["event_name"] else value["suspected"] or "",
        description=value["description"],
    )
