"""What is still open of a person who leaves the clinic: what a colleague can take over, and what only a person can."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from accounts.actors import Actor
from accounts.choices import Role
from accounts.models import Membership, OnCallPerson
from accounts.permissions import ALLOWED, Act
from scheduling.models import Appointment
from sessions.models import CourseReview, FollowUp, InjectionSession, SideEffect, VisitRecall


@dataclass(frozen=True)
class OpenWork:
    """``drafts``, ``alerts`` and ``visits`` are not handed over by a tap: a colleague looks at each of them."""

    drafts: list[InjectionSession]
    follow_ups: list[FollowUp]
    recalls: list[VisitRecall]
    reviews: list[CourseReview]
    alerts: int
    visits: int
    is_on_call: bool
    supervised: list[Membership]

    @property
    def can_be_handed_over(self) -> bool:
        return bool(self.follow_ups or self.recalls or self.reviews or self.is_on_call or self.supervised)

    @property
    def patient_ids(self) -> list[UUID]:
        """Whose work is named on the page."""
        rows = (*self.drafts, *self.follow_ups, *self.recalls, *self.reviews)
        return [row.patient_id for row in rows]

    @property
    def is_nothing(self) -> bool:
        return not (self.can_be_handed_over or self.drafts or self.alerts or self.visits)


def open_work(actor: Actor, member: Membership, *, now: datetime) -> OpenWork:
    """Eight queries."""
    own = {"clinic_id": actor.clinic_id, "owner": member}
    drafts = InjectionSession.objects.visible_to(actor).drafts().filter(clinician=member).select_related("patient")
    alerts = SideEffect.objects.visible_to(actor).open().filter(acknowledged_by=member)
    visits = Appointment.objects.visible_to(actor).filter(clinician=member, starts_at__gt=now)
    return OpenWork(
        drafts=list(drafts.order_by("started_at", "id")),
        follow_ups=list(
            FollowUp.objects.outstanding().filter(**own).select_related("patient").order_by("due_at", "id")
        ),
        recalls=list(VisitRecall.objects.filter(**own).select_related("patient").order_by("created_at", "id")),
        reviews=list(CourseReview.objects.undecided().filter(**own).select_related("patient").order_by("raised_at")),
        alerts=alerts.count(),
        visits=visits.filter(status__in=("booked", "confirmed")).count(),
        is_on_call=OnCallPerson.objects.visible_to(actor).filter(membership=member).exists(),
        supervised=list(Membership.objects.visible_to(actor).filter(supervisor=member).select_related("user")),
    )


def colleagues(actor: Actor, member: Membership) -> QuerySet[Membership]:
    """Who may take over: whoever completes follow-ups, clinicians first."""
    able = Membership.objects.visible_to(actor).active().filter(role__in=ALLOWED[Act.COMPLETE_FOLLOW_UPS])
    return able.exclude(pk=member.pk).select_related("user").order_by("role", "user__full_name", "id")


def may_take_all(member: Membership) -> bool:
    """Reviews and the place on call are a clinician's."""
    return member.role == Role.CLINICIAN
