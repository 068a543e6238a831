"""Observation chairs: who sits where, how many are taken, and that no visit is booked into them."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from accounts.choices import Role
from common.tenancy import tenant
from scheduling.models import Appointment, Room
from scheduling.policies import VisitRefusedError
from scheduling.queries import agendas
from scheduling.services import appointments, rooms
from tests.factories.scheduling import AppointmentFactory, RoomFactory
from tests.scheduling.conftest import MONDAY, NOW, Practice, at


def chairs(practice: Practice, places: int = 1, **changes: Any) -> Room:
    given = {"clinic": practice.clinic, "name": "Chairs", "capacity": places, "is_for_observation": True}
    return RoomFactory(**(given | changes))


def observed(practice: Practice) -> Appointment:
    """One more patient whose treatment is over and who is watched now."""
    visit = AppointmentFactory(
        clinic=practice.clinic, visit_type=practice.visit_type, starts_at=at(9), status="in_room"
    )
    return practice.step(visit, "observation", now=at(9, 20))


def test_who_is_observed_gets_a_chair_while_there_is_one_and_is_observed_without_one(practice: Practice) -> None:
    first, second = chairs(practice, name="Chair A"), chairs(practice, name="Chair B")

    seated = [observed(practice) for _number in range(3)]

    assert [visit.observation_room for visit in seated] == [first, second, None]


def test_who_leaves_gives_the_chair_free_and_coming_back_by_undo_takes_one_again(practice: Practice) -> None:
    room = chairs(practice)
    visit = observed(practice)

    done = practice.step(visit, "done", now=at(9, 40))
    assert (done.observation_room, observed(practice).observation_room) == (None, room)
    back = appointments.undo(appointment=done, by=practice.desk, now=at(9, 41), version=done.version)
    assert (back.status, back.observation_room) == ("observation", None)


def test_no_visit_is_booked_into_a_chair(practice: Practice) -> None:
    room = chairs(practice)

    assert practice.book(room=None).room == practice.room
    agenda = agendas.load(by=practice.desk, clinicians=[practice.clinician], first_day=MONDAY, days=1, now=NOW)
    assert room not in agenda.rooms
    with pytest.raises(VisitRefusedError, match="for observation"):
        practice.book(room=room, starts_at=at(11))
    with pytest.raises(IntegrityError, match="no visit is booked"), transaction.atomic():
        AppointmentFactory(clinic=practice.clinic, room=room, starts_at=at(12))


def test_a_room_with_visits_to_come_is_not_made_one_of_chairs(practice: Practice) -> None:
    practice.book()
    practice.room.is_for_observation = True

    with pytest.raises(VisitRefusedError, match="Move them first"):
        rooms.save(room=practice.room, by=practice.desk)


def test_a_room_of_chairs_is_added_through_its_form(practice: Practice, staff_client: Callable[..., Client]) -> None:
    client = staff_client(Role.CLINIC_ADMIN, clinic=practice.clinic)
    typed = {"name": "By the window", "capacity": 3, "is_for_observation": "on", "is_active": "on"}

    assert client.post(reverse("scheduling:add_room"), typed).status_code == 302

    with tenant(practice.clinic.pk, actor="test"):
        assert Room.objects.get(name="By the window").is_for_observation


def test_only_who_is_observed_has_a_chair(practice: Practice) -> None:
    room, visit = chairs(practice), practice.book()

    with pytest.raises(IntegrityError, match="chair_while_observed"), transaction.atomic():
        Appointment.objects.filter(pk=visit.pk).update(observation_room=room)


@pytest.mark.usefixtures("monday_morning")
def test_the_board_says_how_many_chairs_are_taken_and_names_each(practice: Practice, desk: Client) -> None:
    with tenant(practice.clinic.pk, actor="test"):
        chairs(practice, name="Window seats")
        visit = observed(practice)
        observed(practice)

    page = desk.get(reverse("scheduling:today"), {"everybody": "1"})

    board = page.context["board"]
    assert (board.chairs_taken, board.chairs_there) == (1, 1)
    body = page.content.decode()
    assert ("1 of 1" in body, body.count("no chair")) == (True, 1)
    assert body.count("Window seats") == 1
    assert "Window seats" in desk.get(reverse("scheduling:appointment", args=[visit.pk])).content.decode()
