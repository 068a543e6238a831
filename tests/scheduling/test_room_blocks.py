"""A room cannot be used for a while: nobody books it then, what is booked waits to be moved, and the desk opens it."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from accounts.models import Clinic
from common.tenancy import tenant
from scheduling.models import Appointment, Claim, Room, RoomBlock, SettingChange
from scheduling.queries.free_times import free_times
from scheduling.services import appointments, rooms
from scheduling.services.places import SlotTakenError
from tests.access.pages import forms_of
from tests.factories.scheduling import AppointmentFactory
from tests.scheduling.conftest import MONDAY, NOW, Practice, at, make_practice
from tests.scheduling.visits import a_visit

pytestmark = pytest.mark.usefixtures("monday_morning")


@pytest.fixture
def practice(clinic: Clinic) -> Iterator[Practice]:
    with tenant(clinic.pk, actor="test"):
        yield make_practice(clinic)


def url(name: str, *args: object) -> str:
    return reverse(f"scheduling:{name}", args=args)


def blocked(practice: Practice, start: datetime, end: datetime, **changes: Any) -> RoomBlock:
    given = {"clinic": practice.clinic, "room": practice.room, "reason": "Cleaning"} | changes
    return RoomBlock.objects.create(starts_at=start, ends_at=end, **given)


def typed(practice: Practice, **changes: Any) -> dict[str, Any]:
    given = {"room": practice.room.pk, "first_day": MONDAY, "last_day": MONDAY, "reason": "Broken chair"}
    return given | {"start_time": "09:00", "end_time": "12:00"} | changes


def test_the_desk_blocks_a_room_sees_its_visits_first_moves_them_and_opens_the_room(
    practice: Practice, desk: Client
) -> None:
    inside, _elsewhere = a_visit(practice), a_visit(practice, starts_at=at(14))

    asked = desk.post(url("block_room"), typed(practice))

    assert "This touches 1 visit<" in asked.content.decode()
    assert not RoomBlock.objects.exists()
    form = next(one for one in forms_of(asked.content) if "touched" in one)
    page = desk.post(url("block_room"), form, follow=True)
    change = SettingChange.objects.get()
    assert page.request["PATH_INFO"] == url("setting_change", change.pk)
    assert [one.visit.pk for one in page.context["visits"] if one.is_open] == [inside.pk]
    assert "Blocked: Room A" in page.content.decode()
    assert "Broken chair" in desk.get(url("absences")).content.decode()
    assert desk.post(url("undo_setting_change", change.pk), follow=True).status_code == 200
    assert not RoomBlock.objects.exists()
    assert not Claim.objects.filter(room_block__isnull=False).exists()


def test_nothing_is_booked_into_a_blocked_room_not_even_on_purpose_and_the_words_say_why(practice: Practice) -> None:
    blocked(practice, at(9), at(12))

    for changes in ({}, {"double_reason": "Only a word"}, {"is_override": True}):
        with pytest.raises(SlotTakenError, match="“Room A” is blocked at this time: Cleaning") as refused:
            practice.book(starts_at=at(9, 45), **changes)
        assert not refused.value.can_double
    assert practice.book(starts_at=at(12)).room == practice.room


def test_the_database_itself_refuses_a_visit_in_a_blocked_room_and_lets_what_was_booked_stand(
    practice: Practice,
) -> None:
    before = a_visit(practice)
    blocked(practice, at(8), at(17))

    before.refresh_from_db()
    assert before.status == "booked"
    other = {"clinic": practice.clinic, "patient": practice.another_patient(), "clinician": practice.clinician}
    for doubled in ({}, {"doubled": ["room"], "double_reason": "On purpose"}):
        with pytest.raises(IntegrityError, match="blocked"), transaction.atomic():
            AppointmentFactory(room=practice.room, visit_type=practice.visit_type, starts_at=at(11), **doubled, **other)


def test_a_visit_leaves_a_blocked_room_and_does_not_come_back(practice: Practice, desk: Client) -> None:
    visit, other = a_visit(practice), practice.another_room()
    blocked(practice, at(8), at(17))
    given: dict[str, Any] = {"by": practice.desk, "now": NOW, "clinician": practice.clinician, "starts_at": at(9)}
    moved = appointments.move(appointment=visit, version=1, room=other, **given)

    with pytest.raises(SlotTakenError):
        appointments.move(appointment=moved, version=moved.version, room=practice.room, **given)

    assert Appointment.objects.get(pk=visit.pk).room == other


@pytest.mark.parametrize("days", [0, 2])
def test_no_time_is_offered_in_a_blocked_room_however_long_the_block_is_or_how_many_places_it_has(
    practice: Practice, days: int
) -> None:
    practice.room.capacity = 2
    rooms.save(room=practice.room, by=practice.desk)
    blocked(practice, at(9) - timedelta(days=days), at(12))
    practice.room.capacity = 3
    rooms.save(room=practice.room, by=practice.desk)

    found = free_times(
        by=practice.desk,
        clinicians=[practice.clinician],
        visit_type=practice.visit_type,
        first_day=MONDAY,
        days=1,
        now=NOW,
        left_out=[practice.patient.pk],
    )

    starts = [one.starts_at for one in found]
    assert starts
    # A visit of half an hour and its five minutes of turnover fit before it only when the block begins that day.
    assert min(starts) == (at(8) if not days else at(12))
    assert not [one for one in starts if at(8, 15) < one < at(12)]


def test_a_visit_without_a_room_chosen_goes_into_one_that_is_not_blocked(practice: Practice) -> None:
    other = practice.another_room()
    blocked(practice, at(8), at(17))

    assert practice.book(room=None).room == other


def test_the_calendar_by_room_shows_the_block_and_offers_it_beside_the_room(practice: Practice, desk: Client) -> None:
    blocked(practice, at(9), at(12))

    page = desk.get(url("calendar"), {"show": "rooms"}).content.decode()

    assert '<span class="unit">blocked</span>' in page
    assert f"{url('block_room')}?day={MONDAY}&amp;room={practice.room.pk}" in page
    shades = desk.get(url("calendar_events"), {"show": "rooms"}).json()["shades"]
    assert [one["word"] for one in shades] == ["Cleaning"]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"reason": ""}, "reason"),
        ({"end_time": "08:00"}, "last_day"),
        ({"last_day": MONDAY + timedelta(days=32)}, "last_day"),
        ({"room": "none"}, "room"),
    ],
)
def test_a_block_that_cannot_be_is_told_beside_its_field_and_nothing_is_saved(
    practice: Practice, desk: Client, changes: dict[str, Any], field: str
) -> None:
    answer = desk.post(url("block_room"), typed(practice, **changes))

    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert not RoomBlock.objects.exists()


def test_the_desk_opens_a_blocked_room_again_from_the_list(practice: Practice, desk: Client) -> None:
    block = blocked(practice, at(9), at(12))
    assert url("open_room", block.pk) in desk.get(url("absences")).content.decode()

    assert desk.post(url("open_room", block.pk))["Location"] == url("absences")

    assert practice.book(starts_at=at(9)).room == Room.objects.get(pk=practice.room.pk)


def test_a_block_that_cannot_be_is_refused_by_the_database(practice: Practice) -> None:
    for end, reason in ((at(9), "Cleaning"), (at(9) + timedelta(days=32), "Cleaning"), (at(12), "")):
        with pytest.raises(IntegrityError), transaction.atomic():
            blocked(practice, at(9), end, reason=reason)
