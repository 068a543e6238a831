"""A role that takes work away is changed as somebody leaves: what is open is listed, handed over, and comes back."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.urls import reverse

from accounts.choices import Role
from accounts.models import Membership
from common.tenancy import tenant
from scheduling.models import Appointment
from sessions.models import FollowUp, InjectionSession
from sessions.queries.leavers import KINDS, kinds_of
from tests.scheduling.conftest import MONDAY
from tests.sessions.leaving import THEN, Leaving
from tests.sessions.test_leavers import sign
from tests.staff import StaffClient

TODAY = reverse("scheduling:today")


@pytest.fixture
def admin(leaving: Leaving, staff_client: Callable[..., StaffClient]) -> StaffClient:
    return staff_client(Role.CLINIC_ADMIN, clinic=leaving.practice.clinic)


def role_now(leaving: Leaving) -> str:
    with tenant(leaving.practice.clinic.pk):
        return Membership.objects.get(pk=leaving.member.pk).role


def test_each_kind_of_work_stays_with_a_role_that_may_do_it() -> None:
    calls = {"follow_ups", "recalls"}
    may = {Role.CLINICIAN: set(KINDS), Role.FRONT_DESK: calls}
    assert {role: set(kinds_of(role)) for role in Role} == {role: may.get(role, set()) for role in Role}


def test_what_a_new_role_may_not_do_is_listed_first_goes_to_a_colleague_and_comes_back(
    leaving: Leaving, admin: StaffClient, staff_client: Callable[..., StaffClient]
) -> None:
    colleague = staff_client(Role.CLINICIAN, clinic=leaving.practice.clinic)
    desk = staff_client(Role.FRONT_DESK, clinic=leaving.practice.clinic)
    before, own, colleague_id = leaving.owners(), leaving.member.pk, colleague.member.pk
    change_role = leaving.url("change_role")
    with tenant(leaving.practice.clinic.pk, actor="test"):
        begun = {"started_at": THEN + timedelta(hours=3), "version": leaving.draft.version + 1}
        InjectionSession.objects.filter(pk=leaving.draft.pk).update(**begun)
    assert change_role in admin.get(reverse("accounts:person", args=[own])).content.decode()

    listed = admin.post(change_role, {"role": Role.FRONT_DESK})

    body = listed.content.decode()
    with tenant(leaving.practice.clinic.pk):
        starts_at = Appointment.objects.get(pk=leaving.draft.appointment_id).starts_at
    promised = starts_at.astimezone(leaving.practice.desk.zone)
    visit_words = f"visit of {promised.day} {promised:%b %Y, %H:%M}"
    for words in ("becomes Front desk", "1 session not signed yet", visit_words, "1 visit to come", "08:00–17:00"):
        assert words in body
    assert "1 follow-up" not in body
    assert "1 recall" not in body
    assert (role_now(leaving), leaving.owners()) == (Role.CLINICIAN, before)
    wrong = {"role": Role.FRONT_DESK, "listed": "yes", "to": own}
    assert admin.post(change_role, wrong).status_code == 422
    assert role_now(leaving) == Role.CLINICIAN

    done = admin.post(change_role, wrong | {"to": colleague_id}, follow=True)

    body = done.content.decode()
    assert "Role of Dr Ada Berg: Clinician → Front desk" in body
    assert [one.visit for one in done.context["visits"] if one.is_open] == [leaving.visit]
    draft, follow_up, recall, review, alert, hours, days = leaving.owners()
    assert [draft, review, alert] == [colleague_id] * 3
    assert [follow_up, recall] == [own] * 2
    assert {until for *_rest, until in hours} == {MONDAY}  # type: ignore[attr-defined]
    assert days == []
    today = desk.get(TODAY).content.decode()
    assert "1 visit to move" in today
    assert reverse("scheduling:setting_changes") in today
    assert "1 visit to move" in admin.get(TODAY).content.decode()
    assert "1 visit to move" not in desk.get(TODAY, headers={"X-Poll": "1"}).content.decode()
    asked = {"visit_type": leaving.practice.visit_type.pk, "day": MONDAY}
    assert "Ada Berg" not in desk.get(reverse("scheduling:find"), asked).content.decode()
    move = reverse("scheduling:move", args=[leaving.visit.pk])
    assert "does not see patients here any more" in desk.get(move).content.decode()
    change = done.context["change"]
    undo = admin.post(reverse("scheduling:undo_setting_change", args=[change.pk]), follow=True)
    assert "Give the role back on" in undo.content.decode()
    assert leaving.url("give_role_back") in body

    admin.post(leaving.url("give_role_back"))

    assert (role_now(leaving), leaving.owners()) == (Role.CLINICIAN, before)
    assert "to move" not in desk.get(TODAY).content.decode()
    again = admin.post(leaving.url("give_role_back"), follow=True)
    assert "changed again meanwhile" in again.content.decode()


def test_step_by_step_to_a_role_that_may_nothing_and_back_in_one(leaving: Leaving, admin: StaffClient) -> None:
    before, url = leaving.owners(), leaving.url("change_role")
    admin.post(url, {"role": Role.FRONT_DESK, "listed": "yes"})
    with tenant(leaving.practice.clinic.pk):
        assert Membership.objects.filter(role=Role.CLINICIAN).exclude(pk=leaving.member.pk).exists()
    body = admin.post(url, {"role": Role.AUDITOR}).content.decode()
    for words, is_listed in (("1 follow-up", True), ("1 recall", True), ("not signed yet", False), ("to come", False)):
        assert (words in body) == is_listed, words
    admin.post(url, {"role": Role.AUDITOR, "listed": "yes"})
    assert leaving.owners()[:5] == [None] * 5
    assert leaving.alert.status == "open"

    back = admin.post(url, {"role": Role.CLINICIAN}, follow=True)

    assert "open work are as before" in back.content.decode()
    assert role_now(leaving) == Role.CLINICIAN
    assert leaving.owners() == [*before[:4], None, *before[5:]]


def test_a_draft_of_somebody_who_may_not_finish_it_is_nobodys_and_who_signs_it_calls(
    leaving: Leaving, admin: StaffClient, staff_client: Callable[..., StaffClient]
) -> None:
    signer = staff_client(Role.CLINICIAN, clinic=leaving.practice.clinic)
    admin.post(leaving.url("change_role"), {"role": Role.AUDITOR, "listed": "yes"})
    rows = signer.get(reverse("sessions:unsigned")).content.decode()
    rows = rows[rows.index("<tbody") :]
    assert leaving.member.user.full_name not in rows
    assert "nobody yet" in rows
    leaving.owners()
    assert sign(leaving, signer.member) == signer.member.pk
    with tenant(leaving.practice.clinic.pk):
        assert not FollowUp.objects.outstanding().filter(owner=leaving.member).exists()


def test_nobody_who_is_switched_off_gets_another_role(leaving: Leaving, admin: StaffClient) -> None:
    url, before = leaving.url("change_role"), leaving.owners()
    admin.post(leaving.url("switch_off"))
    typed = {"role": Role.FRONT_DESK, "listed": "yes", "seen": ""}
    assert "is switched off" in admin.post(url, typed, follow=True).content.decode()
    admin.post(leaving.url("bring_person_back"))
    assert role_now(leaving) == Role.CLINICIAN
    assert leaving.owners() == [*before[:4], None, *before[5:]]
