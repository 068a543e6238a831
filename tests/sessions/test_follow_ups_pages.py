"""The desk rings back: number at hand, outcome, undo."""

from collections.abc import Callable
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from accounts.choices import Role
from accounts.models import Clinic
from common.tenancy import tenant
from patients.models import ContactPoint
from sessions.models import FollowUp, Measure
from tests.factories.sessions import FollowUpFactory


@pytest.fixture
def desk(clinic: Clinic, staff_client: Callable[..., Client]) -> Client:
    return staff_client(Role.FRONT_DESK, clinic=clinic)


@pytest.fixture
def due(clinic: Clinic) -> FollowUp:
    with tenant(clinic.pk, actor="test"):
        found = FollowUpFactory(clinic=clinic)
        ContactPoint.objects.create(clinic=clinic, patient=found.patient, kind="phone", value="+49305550")
        return found


def stored(due: FollowUp) -> FollowUp:
    with tenant(due.clinic_id):
        return FollowUp.objects.get(pk=due.pk)


def url(name: str, due: FollowUp) -> str:
    return reverse(f"sessions:{name}", args=[due.pk])


def test_the_number_to_ring_is_on_the_page(due: FollowUp, desk: Client) -> None:
    assert 'href="tel:+49305550"' in desk.get(url("follow_up", due)).content.decode()


def test_completing_lands_on_the_worklist_with_an_undo(due: FollowUp, desk: Client) -> None:
    page = desk.post(url("follow_up", due), {"outcome": "better", "note": "slept well"}, follow=True)
    assert f'action="{url("reopen_follow_up", due)}"' in page.content.decode()
    assert (stored(due).outcome, stored(due).note) == ("better", "slept well")

    desk.post(url("reopen_follow_up", due))
    assert stored(due).completed_at is None


def test_what_somebody_completed_in_between_keeps_the_typed_note(due: FollowUp, desk: Client) -> None:
    desk.post(url("follow_up", due), {"outcome": "better"})
    answer = desk.post(url("follow_up", due), {"outcome": "worse", "note": "typed words"})
    assert answer.status_code == 409
    assert "completed already" in answer.content.decode()
    assert "typed words" in answer.content.decode()
    assert stored(due).outcome == "better"


def test_a_call_without_an_outcome_is_asked_for_it(due: FollowUp, desk: Client) -> None:
    assert desk.post(url("follow_up", due), {"note": "x"}).status_code == 422


def test_a_follow_up_is_taken_and_the_taking_undone(due: FollowUp, desk: Client) -> None:
    page = desk.post(url("take_follow_up", due), follow=True)
    assert f'action="{url("give_back_follow_up", due)}"' in page.content.decode()
    assert stored(due).owner_id == desk.member.pk  # type: ignore[attr-defined]
    desk.post(url("give_back_follow_up", due))
    assert stored(due).owner_id is None


def test_an_act_that_comes_too_late_says_why(due: FollowUp, desk: Client) -> None:
    desk.post(url("follow_up", due), {"outcome": "better"})
    page = desk.post(url("take_follow_up", due), follow=True)
    assert "completed already" in page.content.decode()


def test_the_overall_change_asked_on_the_phone_is_kept_and_shown_to_nobody_at_the_desk(
    due: FollowUp, desk: Client
) -> None:
    page = desk.post(url("follow_up", due), {"outcome": "better", "change": "2"}, follow=True)
    assert "uch better" not in desk.get(url("follow_up", due)).content.decode()
    assert page.status_code == 200
    with tenant(due.clinic_id):
        told = Measure.objects.get()
        assert (told.value, told.source, told.moment) == (Decimal(2), "phone", "check_7d")
        assert told.injection_session_id == due.injection_session_id


def test_a_call_that_did_not_ask_for_the_overall_change_leaves_it_missing(due: FollowUp, desk: Client) -> None:
    desk.post(url("follow_up", due), {"outcome": "better"})
    with tenant(due.clinic_id):
        assert not Measure.objects.exists()
