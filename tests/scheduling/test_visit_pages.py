"""The pages of one visit: booked, moved, cancelled; what each shows, takes and refuses."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.choices import Role
from accounts.models import Clinic
from common.tenancy import tenant
from tests.factories.patients import PatientFactory
from tests.factories.scheduling import AppointmentFactory
from tests.scheduling.conftest import Practice, at, make_practice
from tests.scheduling.visits import ROLES, SignIn, a_visit, again

pytestmark = pytest.mark.usefixtures("monday_morning")


@pytest.fixture
def practice(clinic: Clinic) -> Practice:
    with tenant(clinic.pk, actor="test"):
        return make_practice(clinic)


# --- book -------------------------------------------------------------------------------------------------------------
def test_a_visit_is_booked_from_the_free_times_with_a_room_suggested(practice: Practice, desk: Client) -> None:
    address = reverse("scheduling:book", args=[practice.patient.pk])
    page = desk.get(address)
    ((clinician, times),) = page.context["times"]
    assert (clinician, times[0].starts_at, times[0].room) == (practice.clinician, at(9), practice.room)

    page = desk.post(address, {"visit_type": practice.visit_type.pk, "chosen": times[0].key}, follow=True)

    visit = page.context["visit"]
    assert (visit.starts_at, visit.room, visit.status) == (at(9), practice.room, "booked")
    assert "The visit is booked." in page.content.decode()
    page = desk.post(reverse("scheduling:undo", args=[visit.pk, 1]), follow=True)
    assert again(visit).status == "cancelled"


def test_a_taken_time_is_told_with_the_next_free_ones_to_tap(practice: Practice, desk: Client) -> None:
    address = reverse("scheduling:book", args=[practice.patient.pk])
    chosen = desk.get(address).context["times"][0][1][0].key
    with tenant(practice.clinic.pk):
        other = PatientFactory(clinic=practice.clinic)
    a_visit(practice, patient=other)

    page = desk.post(address, {"visit_type": practice.visit_type.pk, "chosen": chosen})

    assert page.status_code == 409
    body = page.content.decode()
    assert "This time was just taken" in body
    assert "The next free times" in body
    next_one = page.context["refused"].alternatives[0].key
    page = desk.post(address, {"visit_type": practice.visit_type.pk, "chosen": next_one}, follow=True)
    assert page.context["visit"].starts_at == at(9, 45)


def test_a_time_outside_the_hours_needs_a_tick(practice: Practice, desk: Client) -> None:
    address = reverse("scheduling:book", args=[practice.patient.pk])
    typed = {
        "visit_type": practice.visit_type.pk,
        "day": "2026-09-12",
        "time": "10:00",
        "clinician": practice.clinician.pk,
    }

    page = desk.post(address, typed)

    assert page.status_code == 422
    body = page.content.decode()
    assert "does not work on Saturday" in body
    assert 'name="is_override"' in body
    assert "10:00" in body
    page = desk.post(address, typed | {"is_override": "on"}, follow=True)
    assert page.context["visit"].starts_at == datetime(2026, 9, 12, 8, 0, tzinfo=UTC)
    assert "does not work on Saturday" in page.content.decode()


def test_a_tapped_and_a_typed_time_are_never_confused(practice: Practice, desk: Client) -> None:
    address = reverse("scheduling:book", args=[practice.patient.pk])
    tapped = {"visit_type": practice.visit_type.pk, "chosen": desk.get(address).context["times"][0][1][0].key}
    typed = {"day": "2026-09-12", "time": "10:00", "clinician": practice.clinician.pk}

    both = desk.post(address, tapped | typed)
    assert both.status_code == 422
    assert "One time is tapped and another typed" in both.content.decode()
    refused = desk.post(address, tapped | typed | {"chosen": "typed"})
    assert "does not work on Saturday" in refused.content.decode()
    assert 'name="seen" value="2026-09-12 10:00"' in refused.content.decode()
    both = desk.post(address, tapped | typed | {"seen": "2026-09-12 10:00", "is_override": "on"})
    assert both.status_code == 422

    page = desk.post(address, tapped | typed | {"seen": "2026-09-12 10:00"}, follow=True)

    assert page.context["visit"].starts_at == at(9)


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({}, "Choose a time."),
        ({"chosen": "tomorrow"}, "Choose a time."),
        ({"chosen": "2026-09-07T09:00:00/abc"}, "Choose a time."),
        ({"day": "2027-03-28", "time": "02:30"}, "skips this time"),
        ({"day": "2026-09-07", "time": "10:00"}, "Choose who sees the patient."),
        ({"day": "2026-09-07", "time": "08:00", "clinician": "own"}, "has passed"),
    ],
)
def test_a_booking_that_does_not_fit_is_told_beside_what_was_typed(
    practice: Practice, desk: Client, typed: dict[str, Any], words: str
) -> None:
    typed = {"visit_type": practice.visit_type.pk} | typed
    if typed.get("clinician"):
        typed["clinician"] = practice.clinician.pk

    page = desk.post(reverse("scheduling:book", args=[practice.patient.pk]), typed)

    assert page.status_code == 422
    assert words in page.content.decode()


def test_another_clinics_clinician_type_or_room_cannot_be_booked(
    practice: Practice, other_clinic: Clinic, desk: Client, as_superuser: Callable[[], None]
) -> None:
    with tenant(other_clinic.pk):
        others = make_practice(other_clinic)
    as_superuser()
    address = reverse("scheduling:book", args=[practice.patient.pk])
    chosen = desk.get(address).context["times"][0][1][0].key
    fine = {"visit_type": practice.visit_type.pk, "chosen": chosen}

    for wrong in (
        {"visit_type": others.visit_type.pk},
        {"room": others.room.pk},
        {"chosen": chosen.replace(str(practice.clinician.pk), str(others.clinician.pk))},
    ):
        assert desk.post(address, fine | wrong).status_code == 422
    for query in ({"clinician": others.clinician.pk}, {"visit_type": others.visit_type.pk}):
        assert desk.get(address, query).status_code == 404
    assert desk.get(reverse("scheduling:book", args=[others.patient.pk])).status_code == 404


def test_the_times_alone_answer_a_change_of_what_is_wanted(practice: Practice, desk: Client) -> None:
    address = reverse("scheduling:book", args=[practice.patient.pk])
    query = {"clinician": practice.clinician.pk, "day": "2026-09-09", "shown": "2026-09-10"}

    part = desk.get(address, query, headers={"HX-Request": "true"})

    assert part.content.decode().strip().startswith('<div id="booking"')
    assert str(part.context["shown_day"]) == "2026-09-10"


# --- one visit --------------------------------------------------------------------------------------------------------
def test_a_visits_page_shows_its_history_and_what_can_be_done(practice: Practice, desk: Client) -> None:
    with tenant(practice.clinic.pk, actor="test"):
        visit = practice.book(starts_at=at(10))

    page = desk.get(reverse("scheduling:appointment", args=[visit.pk]))

    body = page.content.decode()
    assert "Booked" in body
    assert reverse("scheduling:move", args=[visit.pk]) in body
    assert reverse("scheduling:cancel", args=[visit.pk]) in body


def test_only_a_clinician_is_offered_the_session_of_an_arrived_visit(practice: Practice, staff_client: SignIn) -> None:
    visit = a_visit(practice, status="arrived")

    for role in ROLES:
        client = staff_client(role, clinic=practice.clinic)
        for page in (
            client.get(reverse("scheduling:today")),
            client.get(reverse("scheduling:appointment", args=[visit.pk])),
        ):
            assert page.status_code == 200
            assert ("syringe" in page.content.decode()) <= (role == Role.CLINICIAN)


def test_a_visit_is_moved_and_the_move_undone(practice: Practice, desk: Client) -> None:
    visit = a_visit(practice)
    address = reverse("scheduling:move", args=[visit.pk])
    times = desk.get(address).context["times"][0][1]
    later = next(one for one in times if one.starts_at == at(14))

    page = desk.post(address, {"version": 1, "chosen": later.key, "reason": "Train is late."}, follow=True)

    assert again(visit).starts_at == at(14)
    assert "Train is late." in page.content.decode()
    desk.post(reverse("scheduling:undo", args=[visit.pk, 2]))
    assert again(visit).starts_at == at(9)


def test_a_visit_that_somebody_changed_meanwhile_is_not_moved_and_the_reason_is_kept(
    practice: Practice, desk: Client
) -> None:
    visit = a_visit(practice, version=2)
    chosen = f"{at(14).isoformat()}/{practice.clinician.pk}"

    page = desk.post(
        reverse("scheduling:move", args=[visit.pk]), {"version": 1, "chosen": chosen, "reason": "Train is late."}
    )

    assert page.status_code == 409
    assert "Train is late." in page.content.decode()
    assert page.context["form"]["version"].value() == "2"
    assert again(visit).starts_at == at(9)


def test_a_visit_that_is_done_is_not_moved(practice: Practice, desk: Client) -> None:
    visit = a_visit(practice, status="done")

    assert desk.get(reverse("scheduling:move", args=[visit.pk])).status_code == 409


def test_a_visit_is_cancelled_with_a_reason(practice: Practice, desk: Client) -> None:
    visit = a_visit(practice)
    address = reverse("scheduling:cancel", args=[visit.pk])

    assert desk.get(address).status_code == 200
    assert desk.post(address, {"version": 1, "cancelled_by": "patient", "reason": ""}).status_code == 422
    stale = desk.post(address, {"version": 7, "cancelled_by": "patient", "reason": "Is ill."})
    assert stale.status_code == 409
    assert "Is ill." in stale.content.decode()
    page = desk.post(address, {"version": 1, "cancelled_by": "patient", "reason": "Is ill."}, follow=True)

    assert again(visit).status == "cancelled"
    assert "the patient: Is ill." in page.content.decode()


def test_the_visits_of_a_patient_are_a_part_and_a_page(practice: Practice, desk: Client) -> None:
    visit = a_visit(practice)
    address = reverse("scheduling:patient_visits", args=[practice.patient.pk])

    part, page = desk.get(address, headers={"HX-Request": "true"}), desk.get(address)

    for answer in (part, page):
        assert reverse("scheduling:appointment", args=[visit.pk]) in answer.content.decode()
    assert b"<html" not in part.content


def test_a_patient_without_a_visit_is_one_tap_from_booking_one(practice: Practice, desk: Client) -> None:
    page = desk.get(reverse("scheduling:patient_visits", args=[practice.patient.pk])).content.decode()

    assert "No visits yet" in page
    assert reverse("scheduling:book", args=[practice.patient.pk]) in page


def test_another_clinics_visit_is_not_found(
    practice: Practice, other_clinic: Clinic, desk: Client, as_superuser: Callable[[], None]
) -> None:
    with tenant(other_clinic.pk):
        foreign = AppointmentFactory(clinic=other_clinic, starts_at=at(9))
    as_superuser()

    for name in ("appointment", "move", "cancel"):
        assert desk.get(reverse(f"scheduling:{name}", args=[foreign.pk])).status_code == 404
    step = {"to": "arrived", "version": 1}
    assert desk.post(reverse("scheduling:change_status", args=[foreign.pk]), step).status_code == 404
    assert desk.post(reverse("scheduling:undo", args=[foreign.pk, 1])).status_code == 404
    assert str(foreign.pk) not in desk.get(reverse("scheduling:today")).content.decode()
    assert str(foreign.pk) not in desk.get(reverse("scheduling:calendar")).content.decode()
