"""What is still open of a person who leaves the clinic: what a colleague can take over, and what is listed."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from accounts.actors import Actor
from accounts.models import Membership, OnCallPerson
from accounts.permissions import ALLOWED, Act, may
from common.wall_clock import local_day
from scheduling.models import Appointment, AvailabilityBlock, SlotHold, WaitingEntry
from scheduling.queries import touched_visits
from sessions.models import CourseReview, FollowUp, InjectionSession, SideEffect, VisitRecall

VISITS_SHOWN = 20

# Kind of open work → what whoever has it must be allowed to do.
NEEDS: dict[str, Act] = {
    "drafts": Act.LOG_SESSIONS,
    "alerts": Act.WORK_ALERTS,
    "follow_ups": Act.COMPLETE_FOLLOW_UPS,
    "recalls": Act.COMPLETE_FOLLOW_UPS,
    "reviews": Act.PLAN_COURSES,
    "supervised": Act.SIGN_SESSIONS,
    "on_call": Act.WORK_ALERTS,
    "visits": Act.LOG_SESSIONS,
    "here": Act.LOG_SESSIONS,
    "hours": Act.LOG_SESSIONS,
}
KINDS = frozenset(NEEDS)


@dataclass(frozen=True)
class OpenWork:
    """``here``: the visits whose patient is in the person's room or watched at this moment. ``visits`` are the first
    of ``visit_count`` to come; ``hours`` are the weekly ones; ``held_times`` keep a time with the person, ``wishes`` of
    the waiting list name them."""

    here: list[Appointment]
    drafts: list[InjectionSession]
    follow_ups: list[FollowUp]
    recalls: list[VisitRecall]
    reviews: list[CourseReview]
    alerts: list[SideEffect]
    visits: list[Appointment]
    visit_count: int
    hours: list[AvailabilityBlock]
    held_times: list[SlotHold]
    wishes: list[WaitingEntry]
    is_on_call: bool
    supervised: list[Membership]

    @property
    def can_be_handed_over(self) -> bool:
        return bool(self.follow_ups or self.recalls or self.is_clinical or self.supervised)

    @property
    def is_clinical(self) -> bool:
        """There is something that only a clinician takes over."""
        return bool(self.drafts or self.reviews or self.alerts or self.is_on_call)

    @property
    def patient_ids(self) -> list[UUID]:
        """Whose work is named on the page."""
        rows = (*self.here, *self.drafts, *self.follow_ups, *self.recalls, *self.reviews, *self.alerts)
        rows += (*self.visits, *self.wishes)
        return [row.patient_id for row in rows] + [row.patient_id for row in self.held_times if row.patient_id]

    @property
    def is_nothing(self) -> bool:
        in_the_book = self.here or self.visits or self.hours or self.held_times or self.wishes
        return not (self.can_be_handed_over or in_the_book)

    def only(self, kinds: frozenset[str]) -> "OpenWork":
        """As if nothing of another kind were open."""
        listed = ("here", "drafts", "follow_ups", "recalls", "reviews", "alerts", "visits", "hours", "supervised")
        empty: dict[str, Any] = {name: [] for name in listed if name not in kinds}
        return replace(
            self,
            **empty,
            visit_count=self.visit_count if "visits" in kinds else 0,
            is_on_call=self.is_on_call and "on_call" in kinds,
        )


def open_work(actor: Actor, member: Membership, *, now: datetime) -> OpenWork:
    """Thirteen queries."""
    own = {"clinic_id": actor.clinic_id, "owner": member}
    drafts = InjectionSession.objects.visible_to(actor).to_be_finished_by(member)
    alerts = SideEffect.objects.visible_to(actor).open().filter(acknowledged_by=member)
    visits = touched_visits.of_leaver(actor, member.pk, now=now)
    hours = AvailabilityBlock.objects.visible_to(actor).filter(clinician=member)
    held_times = SlotHold.objects.visible_to(actor).standing(now).filter(Q(clinician=member) | Q(chaperone=member))
    wishes = WaitingEntry.objects.visible_to(actor).open().filter(clinician=member)
    follow_ups = FollowUp.objects.outstanding().filter(**own)
    recalls = VisitRecall.objects.filter(**own)
    reviews = CourseReview.objects.undecided().filter(**own)
    return OpenWork(
        here=list(touched_visits.under_treatment(actor, member.pk)),
        drafts=list(drafts.select_related("patient", "appointment").order_by("started_at", "id")),
        follow_ups=list(follow_ups.select_related("patient").order_by("due_at", "id")),
        recalls=list(recalls.select_related("patient").order_by("created_at", "id")),
        reviews=list(reviews.select_related("patient").order_by("raised_at")),
        alerts=list(alerts.select_related("patient").order_by("priority", "reported_at")),
        visits=list(visits[:VISITS_SHOWN]),
        visit_count=visits.count(),
        hours=list(hours.exclude(valid_until_date__lt=local_day(now, actor.zone)).order_by("weekday", "start_time")),
        held_times=list(held_times.select_related("patient", "visit_type").order_by("starts_at", "id")),
        wishes=list(wishes.select_related("patient", "visit_type").order_by("since", "id")),
        is_on_call=OnCallPerson.objects.visible_to(actor).filter(membership=member).exists(),
        supervised=list(Membership.objects.visible_to(actor).filter(supervisor=member).select_related("user")),
    )


def colleagues(actor: Actor, member: Membership) -> QuerySet[Membership]:
    """Who may take over: whoever completes follow-ups, clinicians first."""
    able = Membership.objects.visible_to(actor).active().filter(role__in=ALLOWED[Act.COMPLETE_FOLLOW_UPS])
    return able.exclude(pk=member.pk).select_related("user").order_by("role", "user__full_name", "id")


def has_other_clinicians(actor: Actor, member: Membership) -> bool:
    return Membership.objects.visible_to(actor).clinicians().exclude(pk=member.pk).exists()


def may_take_all(member: Membership) -> bool:
    """What a clinician answers for is a clinician's: drafts, alarms, reviews and the place on call."""
    return all(may(member.role, act) for act in NEEDS.values())


def kinds_of(role: str) -> frozenset[str]:
    """The kinds of work that somebody in this role may have."""
    return frozenset(kind for kind, act in NEEDS.items() if may(role, act))


def lost_kinds(was: str, became: str) -> frozenset[str]:
    return kinds_of(was) - kinds_of(became)
