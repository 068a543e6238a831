"""Somebody leaves: what is open of them is listed, and goes to a colleague in one step."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.choices import Role
from accounts.models import Clinic, Membership, OnCallPerson
from common.tenancy import tenant
from scheduling.models import WaitingEntry
from sessions.models import FollowUp, VisitRecall
from sessions.services import injection_sessions
from tests.factories.accounts import MembershipFactory, on_call
from tests.factories.patients import PatientFactory
from tests.factories.scheduling import SlotHoldFactory
from tests.factories.sessions import (
    CourseReviewFactory,
    FollowUpFactory,
    InjectionSessionFactory,
    signed_session,
)
from tests.factories.treatments import SolutionLotFactory, a_draft
from tests.scheduling.conftest import MONDAY, at
from tests.scheduling.visits import a_visit
from tests.sessions.leaving import THEN, Leaving
from tests.staff import StaffClient


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
        draft = InjectionSessionFactory(clinic=clinic, clinician=leaver)
        desk = MembershipFactory(clinic=clinic, role=Role.FRONT_DESK)
        clinician = MembershipFactory(clinic=clinic)
    page = admin.get(reverse("sessions:open_work", args=[leaver.pk])).content.decode()
    for words in ("1 follow-up", "1 recall", "1 course to review", "A place on call", "1 session not signed yet"):
        assert words in page
    for row in (draft, follow_up, recall, review):
        assert reverse("patients:detail", args=[row.patient_id]) in page
    assert reverse("scheduling:appointment", args=[draft.appointment_id]) in page

    url = reverse("sessions:hand_over", args=[leaver.pk])
    assert admin.post(url, {"to": leaver.pk}).status_code == 422
    assert "2 items are handed over" in admin.post(url, {"to": desk.pk}, follow=True).content.decode()
    rest = admin.post(url, {"to": clinician.pk}, follow=True).content.decode()

    assert "3 items are handed over" in rest
    assert "session not signed yet" not in rest
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


def test_a_leaver_is_switched_off_and_all_that_is_open_goes_to_a_colleague_and_comes_back(
    leaving: Leaving, admin: StaffClient, staff_client: Callable[..., StaffClient]
) -> None:
    colleague = staff_client(Role.CLINICIAN, clinic=leaving.practice.clinic)
    desk = staff_client(Role.FRONT_DESK, clinic=leaving.practice.clinic)
    before, own = leaving.owners(), colleague.member.pk
    assert leaving.url("open_work") in admin.get(reverse("accounts:person", args=[leaving.member.pk])).content.decode()
    page = admin.get(leaving.url("open_work")).content.decode()
    for words in ("1 visit to come", "08:00–17:00", "1 side-effect report", "No other clinician"):
        assert (words in page) == (words != "No other clinician"), words
    for address in ("scheduling:appointment", "patients:detail"):
        pk = leaving.visit.pk if address.endswith("t") else leaving.visit.patient_id
        assert reverse(address, args=[pk]) in page

    listed = admin.post(leaving.url("switch_off"), {"to": own}, follow=True)

    body = listed.content.decode()
    assert "Dr Ada Berg left, last day 7 Sep 2026" in body
    assert leaving.url("bring_person_back") in body
    assert [one.visit for one in listed.context["visits"] if one.is_open] == [leaving.visit]
    assert "1 still to move" in desk.get(reverse("scheduling:setting_changes")).content.decode()
    *owners, hours, days = leaving.owners()
    assert owners == [own] * 5
    assert {until for *_rest, until in hours} == {MONDAY}
    assert (len(hours), days) == (4, [])
    unsigned = colleague.get(reverse("sessions:unsigned")).content.decode()
    assert colleague.member.user.full_name in unsigned[unsigned.index("<tbody") :]
    asked = {"visit_type": leaving.practice.visit_type.pk, "day": MONDAY}
    assert "Ada Berg" not in desk.get(reverse("scheduling:find"), asked).content.decode()
    change = listed.context["change"]
    move = f"{reverse('scheduling:move', args=[leaving.visit.pk])}?list={change.pk}"
    assert "does not work here any more" in desk.get(move).content.decode()
    assert admin.post(reverse("scheduling:undo_setting_change", args=[change.pk]), follow=True).context["left"] == 1
    assert leaving.owners() == [*owners, hours, days]

    again = admin.post(leaving.url("bring_person_back"), follow=True)

    assert "works here again" in again.content.decode()
    assert "The place on call and alarms that were given back stay" in again.content.decode()
    assert leaving.owners() == before
    assert "No visits to move" in desk.get(reverse("scheduling:setting_changes")).content.decode()


def test_a_patient_who_sits_in_the_room_of_the_leaver_is_named_before_anything_is_done(
    leaving: Leaving, admin: StaffClient
) -> None:
    with tenant(leaving.practice.clinic.pk, actor="test"):
        visit = a_visit(leaving.practice, starts_at=at(8, 30), status="in_room")

    page = admin.get(leaving.url("open_work")).content.decode()

    assert "1 patient is here now" in page
    assert f"in room, {visit.room.name}" in page
    asked = {"role": Role.FRONT_DESK}
    assert "1 patient is here now" in admin.post(leaving.url("change_role"), asked).content.decode()


def test_held_times_and_wishes_that_name_the_leaver_are_listed(leaving: Leaving, admin: StaffClient) -> None:
    clinic, member = leaving.practice.clinic, leaving.member
    with tenant(clinic.pk, actor="test"):
        starts_at = timezone.now() + timedelta(days=30)
        held = SlotHoldFactory(
            clinic=clinic, clinician=member, visit_type=leaving.practice.visit_type, starts_at=starts_at
        )
        wish = WaitingEntry.objects.create(
            clinic=clinic, patient=PatientFactory(clinic=clinic), visit_type=leaving.practice.visit_type,
            clinician=member, since=timezone.now(),
        )  # fmt: skip

    page = admin.get(leaving.url("open_work")).content.decode()

    assert "1 held time<" in page
    assert "1 wish on the waiting list" in page
    assert reverse("scheduling:kept", args=[held.pk]) in page
    assert reverse("scheduling:waiting_entry", args=[wish.pk]) in page


def test_without_another_clinician_it_is_said_and_the_work_belongs_to_nobody(
    leaving: Leaving, admin: StaffClient
) -> None:
    before = leaving.owners()
    with tenant(leaving.practice.clinic.pk, actor="test"):
        others = Membership.objects.filter(role=Role.CLINICIAN).exclude(pk=leaving.member.pk)
        others.update(role=Role.AUDITOR)
    assert "No other clinician works here" in admin.get(leaving.url("open_work")).content.decode()
    assert admin.post(leaving.url("switch_off"), {"to": leaving.member.pk}).status_code == 422

    admin.post(leaving.url("switch_off"))

    assert leaving.owners()[:5] == [None] * 5
    assert leaving.alert.status == "open"
    admin.post(leaving.url("bring_person_back"))
    assert leaving.owners() == [*before[:4], None, *before[5:]]


def test_the_desk_takes_calls_over_and_no_clinicians_work(leaving: Leaving, admin: StaffClient) -> None:
    before, desk = leaving.owners(), leaving.practice.desk.membership_id
    admin.post(leaving.url("switch_off"), {"to": desk})
    assert leaving.owners()[:5] == [None, desk, desk, None, None]
    with tenant(leaving.practice.clinic.pk, actor="test"):
        FollowUp.objects.filter(pk=leaving.follow_up.pk).update(owner=None)

    admin.post(leaving.url("bring_person_back"))

    assert leaving.owners() == [None, None, *before[2:4], None, *before[5:]]


def test_who_finishes_a_leavers_session_is_owed_the_call_and_leaves_it_again(
    leaving: Leaving, admin: StaffClient, staff_client: Callable[..., StaffClient]
) -> None:
    first, second = (staff_client(Role.CLINICIAN, clinic=leaving.practice.clinic).member for _number in range(2))
    for leaver, to in ((leaving.member, first), (first, second)):
        admin.post(reverse("sessions:switch_off", args=[leaver.pk]), {"to": to.pk})
    assert leaving.owners()[0] == second.pk
    admin.post(reverse("sessions:bring_person_back", args=[first.pk]))
    assert leaving.owners()[0] == first.pk
    assert sign(leaving, first) == first.pk


def test_who_signs_what_a_leaver_handed_to_nobody_is_owed_the_call(
    leaving: Leaving, admin: StaffClient, staff_client: Callable[..., StaffClient]
) -> None:
    signer = staff_client(Role.CLINICIAN, clinic=leaving.practice.clinic).member
    admin.post(leaving.url("switch_off"))
    leaving.owners()
    assert sign(leaving, signer) == signer.pk


def sign(leaving: Leaving, member: Membership) -> object:
    """The member finishes the leaver's session; who owes the call?"""
    with tenant(leaving.practice.clinic.pk, actor="test"):
        by, now = member.as_actor(), leaving.draft.started_at + timedelta(minutes=10)
        draft = a_draft(lot=SolutionLotFactory(clinic=leaving.practice.clinic))
        saved = injection_sessions.save_draft(
            injection_session=leaving.draft, version=leaving.draft.version, draft=draft, by=by, now=now
        )
        injection_sessions.sign(injection_session=saved, version=saved.version, by=by, now=now)
        return FollowUp.objects.get(injection_session=saved).owner_id
