"""Somebody leaves: what is open of them is listed, and goes to a colleague in one step."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from django.urls import reverse

from accounts.choices import Role
from accounts.models import Clinic, OnCallPerson
from common.tenancy import tenant
from sessions.models import VisitRecall
from tests.factories.accounts import MembershipFactory, on_call
from tests.factories.sessions import CourseReviewFactory, FollowUpFactory, InjectionSessionFactory, signed_session
from tests.staff import StaffClient

THEN = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


@pytest.fixture
def admin(clinic: Clinic, staff_client: Callable[..., StaffClient]) -> StaffClient:
    return staff_client(Role.CLINIC_ADMIN, clinic=clinic)


def test_open_work_is_listed_and_handed_over_in_one_step(clinic: Clinic, admin: StaffClient) -> None:
    with tenant(clinic.pk, actor="test"):
        (place,) = on_call(clinic, "+4915112345678")
        leaver = place.membership
        signed = signed_session(clinic=clinic, signed_at=THEN)
        follow_up = FollowUpFactory(clinic=clinic, injection_session=signed, owner=leaver)
        recall = VisitRecall.objects.create(
            clinic=clinic, patient=signed.patient, injection_session=signed, kind="not_booked", owner=leaver
        )
        review = CourseReviewFactory(clinic=clinic, injection_session=signed, owner=leaver)
        InjectionSessionFactory(clinic=clinic, clinician=leaver)
        desk = MembershipFactory(clinic=clinic, role=Role.FRONT_DESK)
        clinician = MembershipFactory(clinic=clinic)
    page = admin.get(reverse("sessions:open_work", args=[leaver.pk])).content.decode()
    for words in ("1 follow-up", "1 recall", "1 course to review", "A place on call", "1 session not signed yet"):
        assert words in page

    url = reverse("sessions:hand_over", args=[leaver.pk])
    assert admin.post(url, {"to": leaver.pk}).status_code == 422
    assert "2 items are handed over" in admin.post(url, {"to": desk.pk}, follow=True).content.decode()
    rest = admin.post(url, {"to": clinician.pk}, follow=True).content.decode()

    assert "2 items are handed over" in rest
    assert "1 session not signed yet" in rest
    with tenant(clinic.pk):
        for row, owner in ((follow_up, desk), (recall, desk), (review, clinician)):
            row.refresh_from_db()
            assert row.owner_id == owner.pk
        (place,) = OnCallPerson.objects.filter(clinic=clinic)
        assert (place.membership_id, place.position, str(place.mobile)) == (clinician.pk, 1, "")


def test_who_is_on_call_already_keeps_the_place_and_nobody_is_named_twice(clinic: Clinic, admin: StaffClient) -> None:
    with tenant(clinic.pk, actor="test"):
        leaver, other = on_call(clinic, "", "+4915112345678")
    admin.post(reverse("sessions:hand_over", args=[leaver.membership_id]), {"to": other.membership_id})
    with tenant(clinic.pk):
        (place,) = OnCallPerson.objects.filter(clinic=clinic)
        assert (place.membership_id, place.position) == (other.membership_id, 1)
        assert str(place.mobile) == "+4915112345678"
    page = admin.get(reverse("sessions:open_work", args=[leaver.membership_id])).content.decode()
    assert "No open work" in page
