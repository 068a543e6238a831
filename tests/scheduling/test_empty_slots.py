"""An empty place of the calendar is booked where it was clicked."""

from datetime import time
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from common.tenancy import tenant
from scheduling.models import Appointment, SlotHold
from tests.scheduling.conftest import MONDAY, Practice, at
from tests.scheduling.visits import a_visit

pytestmark = pytest.mark.usefixtures("monday_morning")
URL = "scheduling:book_at"


def typed(practice: Practice, **changes: Any) -> dict[str, Any]:
    given = {"day": "2026-09-07", "time": "10:15", "clinician": practice.clinician.pk}
    return given | {"visit_type": practice.visit_type.pk} | changes


def test_the_clicked_time_and_clinician_are_filled_in(practice: Practice, desk: Client) -> None:
    form = desk.get(reverse(URL), {"day": "2026-09-07", "time": "10:15", "clinician": practice.clinician.pk}).context[
        "form"
    ]

    assert (form["day"].value(), form["time"].value()) == (MONDAY, time(10, 15))
    assert form["clinician"].value() == practice.clinician.pk
    assert form["visit_type"].value() == practice.visit_type.pk


def test_the_clicked_room_is_filled_in(practice: Practice, desk: Client) -> None:
    page = desk.get(reverse(URL), {"day": "2026-09-07", "time": "10:15", "room": practice.room.pk}).content.decode()

    assert f'<option value="{practice.room.pk}" selected>' in page


def test_the_time_is_held_and_the_next_page_asks_for_whom(practice: Practice, desk: Client) -> None:
    answer = desk.post(reverse(URL), typed(practice, room=practice.room.pk))

    hold = SlotHold.objects.get()
    assert (hold.starts_at, hold.clinician, hold.room) == (at(10, 15), practice.clinician, practice.room)
    assert answer.url == reverse("scheduling:kept", args=[hold.pk])
    booked = desk.post(answer.url, {"patient": practice.patient.pk, "visits": 1, "every_days": 7})
    assert booked.status_code == 302
    assert Appointment.objects.get().starts_at == at(10, 15)


def test_saved_twice_it_is_held_once(practice: Practice, desk: Client) -> None:
    first, second = (desk.post(reverse(URL), typed(practice)).url for _number in range(2))

    assert (first, SlotHold.objects.count()) == (second, 1)


def test_a_time_taken_meanwhile_is_told_with_others_that_can_be_tapped(practice: Practice, desk: Client) -> None:
    with tenant(practice.clinic.pk, actor="test"):
        patient = practice.another_patient()
    a_visit(practice, patient=patient, starts_at=at(10, 15))

    refused = desk.post(reverse(URL), typed(practice))
    instead = refused.context["refused"].alternatives[0].key
    tapped = desk.post(reverse(URL), typed(practice, chosen=instead, seen="2026-09-07 10:15"))

    assert (refused.status_code, tapped.status_code) == (409, 302)
    assert SlotHold.objects.get().starts_at == at(11)


def test_a_time_out_of_hours_is_refused_in_words(practice: Practice, desk: Client) -> None:
    answer = desk.post(reverse(URL), typed(practice, time="19:00"))

    assert (answer.status_code, "works 08:00" in answer.content.decode()) == (422, True)
    assert not SlotHold.objects.exists()


@pytest.mark.parametrize(
    ("name", "value"),
    [("time", "25:00"), ("day", "soon"), ("clinician", ""), ("clinician", "\0"), ("room", "x"), ("visit_type", "")],
)
def test_what_cannot_be_is_told_beside_its_field(practice: Practice, desk: Client, name: str, value: str) -> None:
    answer = desk.post(reverse(URL), typed(practice, **{name: value}))

    assert (answer.status_code, name in answer.context["form"].errors) == (422, True)


def test_a_time_the_clock_skips_is_told_beside_its_field(practice: Practice, desk: Client) -> None:
    answer = desk.post(reverse(URL), typed(practice, day="2027-03-28", time="02:30"))

    assert "skips" in str(answer.context["form"].errors["time"])
