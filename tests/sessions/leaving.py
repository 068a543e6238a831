"""Somebody with open work of every kind."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import time_machine
from django.urls import reverse

from accounts.models import Clinic, Membership
from common.tenancy import tenant
from scheduling.models import Appointment, AvailabilityBlock, ExtraHours
from sessions.models import CourseReview, FollowUp, InjectionSession, SideEffect, VisitRecall
from tests.factories.sessions import (
    CourseReviewFactory,
    FollowUpFactory,
    InjectionSessionFactory,
    SideEffectFactory,
    signed_session,
)
from tests.scheduling.conftest import MONDAY, Practice, at, make_practice
from tests.scheduling.visits import a_visit

THEN = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
HOURS = ("pk", "weekday", "start_time", "end_time", "valid_from_date", "valid_until_date")


@dataclass
class Leaving:
    """Dr Ada Berg, who has one of everything open."""

    practice: Practice
    visit: Appointment
    draft: InjectionSession
    follow_up: FollowUp
    recall: VisitRecall
    review: CourseReview
    alert: SideEffect

    @property
    def member(self) -> Membership:
        return self.practice.clinician

    def owners(self) -> list[object]:
        """Who finishes, calls, asks back, reviews and answers; then the weekly hours and those of one day."""
        rows = (self.draft, self.follow_up, self.recall, self.review, self.alert)
        with tenant(self.practice.clinic.pk):
            for row in rows:
                row.refresh_from_db()
            hours = list(AvailabilityBlock.objects.order_by("pk").values_list(*HOURS))
            days = list(ExtraHours.objects.values_list("pk", "day"))
        owned = [row.owner_id for row in (self.follow_up, self.recall, self.review)]
        return [self.draft.handed_to_id, *owned, self.alert.acknowledged_by_id, hours, days]

    def url(self, name: str) -> str:
        return reverse(f"sessions:{name}", args=[self.member.pk])


@contextmanager
def one_of_everything(clinic: Clinic) -> Iterator[Leaving]:
    """On a Monday at 8:50."""
    with time_machine.travel(at(8, 50), tick=False), tenant(clinic.pk, actor="test"):
        practice = make_practice(clinic)
        owner = practice.clinician
        signed = signed_session(clinic=clinic, clinician=owner, signed_at=THEN)
        whose = {"clinic": clinic, "injection_session": signed, "owner": owner}
        AvailabilityBlock.objects.filter(weekday=4).update(valid_from_date=MONDAY + timedelta(days=7))
        hours = {"day": MONDAY + timedelta(days=5), "start_time": "09:00", "end_time": "12:00"}
        ExtraHours.objects.create(clinic=clinic, clinician=owner, **hours)
        yield Leaving(
            practice=practice,
            visit=a_visit(practice, starts_at=at(9, day=MONDAY + timedelta(days=1))),
            draft=InjectionSessionFactory(clinic=clinic, clinician=owner),
            follow_up=FollowUpFactory(**whose),
            recall=VisitRecall.objects.create(**whose, patient=signed.patient, kind="not_booked"),
            review=CourseReviewFactory(**whose),
            alert=SideEffectFactory(
                clinic=clinic, priority="P0", status="acknowledged", acknowledged_at=THEN, acknowledged_by=owner
            ),
        )
