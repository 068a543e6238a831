"""A held time is nobody else's: it is not suggested, not booked beside, and never mistaken for one that ran out."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import transaction
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.choices import Role
from accounts.models import Membership
from common.tenancy import tenant
from scheduling.models import Appointment, SlotHold
from scheduling.policies import VisitRefusedError
from scheduling.queries.free_times import next_free_times
from scheduling.services import appointments, slot_holds
from scheduling.services.places import SlotTakenError
from tests.scheduling.conftest import Practice, at
from tests.scheduling.visits import SignIn, a_visit, again

MORNING = at(8)


def held(practice: Practice, starts_at: datetime, *, now: datetime = MORNING, **changes: Any) -> SlotHold:
    given: dict[str, Any] = {
        "patient": None,
        "clinician": practice.clinician,
        "room": practice.room,
        "visit_type": practice.visit_type,
        "starts_at": starts_at,
    }
    place = appointments.place_of(by=practice.desk, now=now, **(given | changes))
    return slot_holds.keep(place=place, by=practice.desk, now=now)


def suggested(practice: Practice, after: datetime, now: datetime) -> list[datetime]:
    given: dict[str, Any] = {"by": practice.desk, "clinicians": [practice.clinician], "visit_type": practice.visit_type}
    return [one.starts_at for one in next_free_times(after=after, now=now, **given)]


def test_a_time_that_is_held_now_is_not_suggested_however_far_off_it_is(practice: Practice) -> None:
    held(practice, at(11))

    assert suggested(practice, at(11), MORNING) == [at(11, 45), at(12), at(12, 15)]


def test_a_hold_that_has_run_out_is_suggested_again(practice: Practice) -> None:
    held(practice, at(11))

    assert suggested(practice, at(11), MORNING + slot_holds.KEPT_FOR)[0] == at(11)


def test_nothing_is_suggested_before_the_time_that_was_asked_for(practice: Practice) -> None:
    assert suggested(practice, at(11), MORNING)[0] == at(11)
    assert suggested(practice, MORNING, at(11))[0] == at(11)


@time_machine.travel(MORNING, tick=False)
def test_a_drag_onto_a_held_time_ends_at_the_first_time_it_is_given(practice: Practice, desk: Client) -> None:
    visit = a_visit(practice, starts_at=at(9))
    with tenant(practice.clinic.pk, actor="test"):
        held(practice, at(11))

    refused = desk.post(reverse("scheduling:drop", args=[visit.pk]), {"version": 1, "at": "2026-09-07T11:00"})
    told = refused.json()
    first = told["times"][0]
    tapped = desk.post(
        reverse("scheduling:drop", args=[visit.pk]),
        {"version": 1, "at": first["at"], "clinician": first["clinician"], "room": first["room"]},
    )

    assert (refused.status_code, told["decide"]) == (409, None)
    assert told["words"].startswith("This time is held for somebody else until 08:05")
    assert (tapped.json()["state"], again(visit).starts_at) == ("moved", at(11, 45))


def seen(client: Client, **query: str) -> str:
    page = client.get(reverse("scheduling:calendar"), {"day": "2026-09-07"} | query)
    return page.content.decode().split("<main", 1)[1]


@pytest.mark.parametrize("show", ["clinicians", "rooms"])
@pytest.mark.parametrize("span", ["day", "week"])
@time_machine.travel(MORNING, tick=False)
def test_a_held_time_is_read_in_the_calendar_without_a_name(
    practice: Practice, desk: Client, show: str, span: str
) -> None:
    held(practice, at(11), patient=practice.patient)

    page = seen(desk, show=show, span=span, look="table")

    assert page.count("held for somebody else until 08:05") == 1
    assert practice.patient.full_name not in page


@time_machine.travel(MORNING, tick=False)
def test_a_held_time_is_drawn_in_the_picture_without_a_name(practice: Practice, desk: Client) -> None:
    held(practice, at(11), patient=practice.patient)

    told = desk.get(reverse("scheduling:calendar_events"), {"day": "2026-09-07"}).json()

    assert told["held"] == [
        {
            "column": str(practice.clinician.pk),
            "start": "2026-09-07T11:00",
            "end": "2026-09-07T11:30",
            "word": "held for somebody else until 08:05",
        }
    ]


@time_machine.travel(MORNING, tick=False)
def test_who_holds_a_time_reads_that_it_is_the_own(practice: Practice, staff_client: SignIn) -> None:
    client = staff_client(Role.FRONT_DESK, clinic=practice.clinic)
    own = Membership.objects.get(user_id=client.session["_auth_user_id"])
    hold = held(practice, at(11))
    SlotHold.objects.filter(pk=hold.pk).update(held_by=own)

    assert "held by you until 08:05" in seen(client, look="table")


@pytest.mark.parametrize("look", ["table", "picture"])
def test_a_time_that_is_held_no_longer_looks_free(practice: Practice, desk: Client, look: str) -> None:
    with time_machine.travel(MORNING, tick=False):
        hold = held(practice, at(11))
    with time_machine.travel(hold.expires_at, tick=False):
        assert "held for" not in seen(desk, look=look)
        assert desk.get(reverse("scheduling:calendar_events"), {"day": "2026-09-07"}).json()["held"] == []


@time_machine.travel(MORNING, tick=False)
def test_a_time_held_after_hours_has_its_row(practice: Practice, desk: Client) -> None:
    place = appointments.place_of(
        patient=None,
        clinician=practice.clinician,
        room=None,
        visit_type=practice.visit_type,
        starts_at=at(18, 30),
        by=practice.desk,
        now=MORNING,
    )
    slot_holds.keep(place=place, by=practice.desk, now=MORNING, is_override=True)

    assert "held for somebody else" in seen(desk, look="table")
    assert desk.get(reverse("scheduling:calendar_events"), {"day": "2026-09-07"}).json()["hours"] == [8, 19]


def test_a_visit_is_not_booked_beside_a_held_time_whatever_the_reason(practice: Practice) -> None:
    held(practice, at(11))

    with pytest.raises(SlotTakenError) as refused:
        practice.book(starts_at=at(11), now=MORNING, double_reason="A quick look beside it")

    assert not refused.value.can_double
    assert not Appointment.objects.exists()


def test_a_visit_beside_a_visit_stays_a_decision(practice: Practice) -> None:
    practice.book(starts_at=at(11), now=MORNING)

    beside = practice.book(
        starts_at=at(11), now=MORNING, patient=practice.another_patient(), double_reason="A quick look beside it"
    )

    assert beside.doubled


# quarters after eight, minutes since the hold was made
HOLDS = st.lists(st.tuples(st.integers(0, 34), st.integers(0, 6)), min_size=1, max_size=6)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(holds=HOLDS, asked=st.integers(0, 34), ahead=st.integers(0, 3))
def test_no_held_time_is_ever_suggested(
    practice: Practice,
    figure: Callable[[str, float], None],
    holds: list[tuple[int, int]],
    asked: int,
    ahead: int,
) -> None:
    now, wrong = MORNING - timedelta(days=ahead), 0
    with transaction.atomic():
        for quarter, minutes in holds:
            start, made = MORNING + timedelta(minutes=15 * quarter), now - timedelta(minutes=minutes)
            try:
                held(practice, start, now=made)
            except VisitRefusedError:
                continue
        standing = list(SlotHold.objects.standing(now))
        for start in suggested(practice, MORNING + timedelta(minutes=15 * asked), now):
            end = start + timedelta(minutes=30)
            wrong += any(one.starts_at < end and start < one.ends_at for one in standing)
        transaction.set_rollback(True)
    figure("held_times_offered", wrong)
    assert wrong == 0
