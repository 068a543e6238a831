"""The pages: what each shows, takes and refuses; with a literal number of queries."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.choices import Role
from accounts.models import Clinic
from common.tenancy import tenant
from patients.choices import Flag
from patients.models import RiskFlag
from scheduling.models import Appointment, AvailabilityBlock, Leave, Room, VisitType
from scheduling.services.visit_types import set_up_defaults
from tests.factories.accounts import MembershipFactory
from tests.factories.patients import PatientFactory
from tests.factories.scheduling import AppointmentFactory
from tests.scheduling.conftest import MONDAY, NOW, Practice, at, make_practice

SignIn = Callable[..., Client]
ROLES = [Role.FRONT_DESK, Role.CLINICIAN, Role.CLINIC_ADMIN]


@pytest.fixture
def practice(clinic: Clinic) -> Practice:
    with tenant(clinic.pk, actor="test"):
        return make_practice(clinic)


@pytest.fixture
def desk(practice: Practice, staff_client: SignIn) -> Client:
    return staff_client(Role.FRONT_DESK, clinic=practice.clinic)


@pytest.fixture
def admin(practice: Practice, staff_client: SignIn) -> Client:
    return staff_client(Role.CLINIC_ADMIN, clinic=practice.clinic)


@pytest.fixture(autouse=True)
def monday_morning() -> Any:
    with time_machine.travel(at(8, 50), tick=False):
        yield


def _visit(practice: Practice, **changes: Any) -> Appointment:
    given = {
        "clinic": practice.clinic,
        "patient": practice.patient,
        "clinician": practice.clinician,
        "room": practice.room,
        "visit_type": practice.visit_type,
        "starts_at": at(9),
    }
    with tenant(practice.clinic.pk, actor="test"):
        return AppointmentFactory(**(given | changes))


def _again(visit: Appointment) -> Appointment:
    with tenant(visit.clinic_id):
        visit.refresh_from_db()
    return visit


def _visits_at_once(practice: Practice, count: int) -> None:
    """Visits at eight, each with a patient and a clinician of its own."""
    for _number in range(count):
        with tenant(practice.clinic.pk, actor="test"):
            patient, clinician = practice.another_patient(), practice.another_clinician()
        _visit(practice, patient=patient, clinician=clinician, room=None, starts_at=at(8))


# --- today ------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("role", ROLES)
def test_the_board_shows_everybody_in_the_lane_of_their_status(
    practice: Practice, staff_client: SignIn, role: str
) -> None:
    _visit(practice, starts_at=at(8, 30))
    with tenant(practice.clinic.pk, actor="test"):
        RiskFlag.objects.create(clinic=practice.clinic, patient=practice.patient, flag=Flag.FALL_RISK, recorded_at=NOW)
        RiskFlag.objects.create(
            clinic=practice.clinic, patient=practice.patient, flag=Flag.ANTICOAGULANT, recorded_at=NOW
        )

    page = staff_client(role, clinic=practice.clinic).get(reverse("scheduling:today"), {"everybody": "1"})

    (card,) = page.context["board"].lanes[0].cards
    assert (card.late_minutes, card.is_first_visit, card.banners) == (20, True, ("Risk of falling",))
    body = page.content.decode()
    assert practice.patient.full_name in body
    assert "20 min late" in body
    assert "Anticoagulant" not in body


def test_a_clinician_sees_the_own_day_first_and_everybody_on_request(practice: Practice, staff_client: SignIn) -> None:
    own = staff_client(Role.CLINICIAN, clinic=practice.clinic)
    _visit(practice)

    first = own.get(reverse("scheduling:today"))

    assert first.context["board"].is_empty
    assert "No visits of yours today" in first.content.decode()
    assert not own.get(reverse("scheduling:today"), {"everybody": "1"}).context["board"].is_empty


def test_a_long_lane_shows_its_first_cards_and_opens_alone_in_pages(practice: Practice, desk: Client) -> None:
    _visits_at_once(practice, 31)

    board = desk.get(reverse("scheduling:today")).context["board"]
    alone = desk.get(reverse("scheduling:today"), {"lane": "confirmed", "page": "2"}).context["board"]

    assert (board.lanes[0].total, len(board.lanes[0].cards), board.lanes[0].more) == (31, 10, 21)
    assert [(lane.status, len(lane.cards)) for lane in alone.lanes] == [("confirmed", 1)]


def test_the_calendar_shows_eight_columns_and_turns_to_the_others(practice: Practice, desk: Client) -> None:
    _visits_at_once(practice, 9)

    first = desk.get(reverse("scheduling:calendar")).context["calendar"]
    second = desk.get(reverse("scheduling:calendar"), {"page": "2"}).context["calendar"]

    assert (len(first.columns), first.page.has_next()) == (8, True)
    assert len(second.columns) == second.page.paginator.count - 8 > 0


@pytest.mark.parametrize(("day", "first"), [(MONDAY, "arrived"), (MONDAY + timedelta(days=1), "confirmed")])
def test_a_visit_of_another_day_is_confirmed_before_anybody_can_arrive(
    practice: Practice, desk: Client, day: date, first: str
) -> None:
    visit = _visit(practice, starts_at=at(10, day=day))

    page = desk.get(reverse("scheduling:appointment", args=[visit.pk]))

    assert page.context["next_step"] == first
    assert ("arrived" in page.context["other_steps"]) is False


def test_one_tap_takes_the_patient_one_step_and_one_more_takes_it_back(practice: Practice, desk: Client) -> None:
    visit = _visit(practice)

    page = desk.post(reverse("scheduling:change_status", args=[visit.pk]), {"to": "arrived", "version": 1}, follow=True)

    (card,) = page.context["board"].lanes[1].cards
    assert (card.visit.pk, card.next_step) == (visit.pk, "in_room")
    undo = reverse("scheduling:undo", args=[visit.pk, 2])
    assert undo in page.content.decode()
    assert practice.patient.full_name not in str(next(iter(page.context["messages"])))
    page = desk.post(undo, follow=True)
    assert [lane.cards[0].visit.status for lane in page.context["board"].lanes if lane.cards] == ["booked"]


def test_a_tap_on_an_old_board_changes_nothing_and_says_so(practice: Practice, desk: Client) -> None:
    visit = _visit(practice, version=3)

    page = desk.post(reverse("scheduling:change_status", args=[visit.pk]), {"to": "arrived", "version": 2}, follow=True)

    assert "Someone else changed this visit" in page.content.decode()
    assert _again(visit).status == "booked"


def test_a_patient_who_waits_long_is_marked(practice: Practice, desk: Client) -> None:
    visit = _visit(practice)
    desk.post(reverse("scheduling:change_status", args=[visit.pk]), {"to": "arrived", "version": 1})

    for minute in (0, 15):
        with time_machine.travel(at(9, minute), tick=False):
            page = desk.get(reverse("scheduling:today"))

    (card,) = page.context["board"].lanes[1].cards
    assert (card.minutes, card.is_long_wait) == (25, True)
    assert "waits 25 min" in page.content.decode()


def test_the_board_refreshes_alone_and_that_does_not_count_as_use(practice: Practice, desk: Client) -> None:
    _visit(practice)

    part = desk.get(reverse("scheduling:today"), headers={"HX-Request": "true", "X-Poll": "1"})

    assert part.content.decode().strip().startswith('<div id="board"')


@pytest.mark.parametrize(("url", "count"), [("scheduling:today", 20), ("scheduling:calendar", 15)])
def test_a_day_costs_the_same_number_of_queries_with_one_visit_and_with_three(
    practice: Practice, desk: Client, url: str, count: int
) -> None:
    counts = []
    desk.get(reverse(url))
    for number in (1, 2, 3):
        with tenant(practice.clinic.pk, actor="test"):
            patient, clinician = PatientFactory(clinic=practice.clinic), practice.another_clinician()
        _visit(practice, patient=patient, clinician=clinician, room=None, starts_at=at(8 + number))
        if number == 2:
            continue
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert desk.get(reverse(url)).status_code == 200
        counts.append(len(queries))
    assert counts == [count, count]


# --- calendar ---------------------------------------------------------------------------------------------------------
def test_the_calendar_has_a_column_for_each_clinician_and_a_cell_as_long_as_the_visit(
    practice: Practice, desk: Client
) -> None:
    _visit(practice)
    page = desk.get(reverse("scheduling:calendar"), {"day": "2026-09-07"})

    calendar = page.context["calendar"]
    assert calendar.columns == ["Dr Ada Berg"]
    (cell,) = [cell for row in calendar.rows for cell in row.cells if cell.visits]
    assert cell.rows == 2
    assert calendar.rows[0].starts_at == at(8)
    assert practice.patient.full_name in page.content.decode()
    assert "?day=2026-09-08" in page.content.decode()


def test_the_calendar_shows_rooms_too_and_lists_what_was_cancelled(practice: Practice, desk: Client) -> None:
    _visit(practice, status="no_show")
    _visit(practice)

    page = desk.get(reverse("scheduling:calendar"), {"show": "rooms"})

    assert page.context["calendar"].columns == ["Room A"]
    assert [visit.status for visit in page.context["calendar"].off] == ["no_show"]


def test_visits_that_share_a_quarter_share_a_cell(practice: Practice, desk: Client) -> None:
    _visit(practice, starts_at=at(9, 10))
    with tenant(practice.clinic.pk):
        other = PatientFactory(clinic=practice.clinic)
    _visit(practice, patient=other, starts_at=at(9, 40))

    calendar = desk.get(reverse("scheduling:calendar")).context["calendar"]

    (cell,) = [cell for row in calendar.rows for cell in row.cells if cell.visits]
    assert (cell.rows, len(cell.visits)) == (5, 2)


@pytest.mark.parametrize(
    "query", ["day=2026-02-31", "day=%00", "show=everything", "day=abc", "day=0001-01-01", "day=9999-12-31"]
)
def test_an_odd_address_is_a_400(desk: Client, query: str) -> None:
    assert desk.get(f"{reverse('scheduling:calendar')}?{query}").status_code == 400


@pytest.mark.parametrize("day", ["2026-10-25", "2026-03-29", "2000-01-01", "2100-12-31"])
def test_any_day_can_be_opened(practice: Practice, desk: Client, day: str) -> None:
    assert desk.get(reverse("scheduling:calendar"), {"day": day}).status_code == 200


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
    assert _again(visit).status == "cancelled"


def test_a_taken_time_is_told_with_the_next_free_ones_to_tap(practice: Practice, desk: Client) -> None:
    address = reverse("scheduling:book", args=[practice.patient.pk])
    chosen = desk.get(address).context["times"][0][1][0].key
    with tenant(practice.clinic.pk):
        other = PatientFactory(clinic=practice.clinic)
    _visit(practice, patient=other)

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
    visit = _visit(practice, status="arrived")

    for role in ROLES:
        client = staff_client(role, clinic=practice.clinic)
        for page in (
            client.get(reverse("scheduling:today")),
            client.get(reverse("scheduling:appointment", args=[visit.pk])),
        ):
            assert page.status_code == 200
            assert ("syringe" in page.content.decode()) <= (role == Role.CLINICIAN)


def test_a_visit_is_moved_and_the_move_undone(practice: Practice, desk: Client) -> None:
    visit = _visit(practice)
    address = reverse("scheduling:move", args=[visit.pk])
    times = desk.get(address).context["times"][0][1]
    later = next(one for one in times if one.starts_at == at(14))

    page = desk.post(address, {"version": 1, "chosen": later.key, "reason": "Train is late."}, follow=True)

    assert _again(visit).starts_at == at(14)
    assert "Train is late." in page.content.decode()
    desk.post(reverse("scheduling:undo", args=[visit.pk, 2]))
    assert _again(visit).starts_at == at(9)


def test_a_visit_that_somebody_changed_meanwhile_is_not_moved_and_the_reason_is_kept(
    practice: Practice, desk: Client
) -> None:
    visit = _visit(practice, version=2)
    chosen = f"{at(14).isoformat()}/{practice.clinician.pk}"

    page = desk.post(
        reverse("scheduling:move", args=[visit.pk]), {"version": 1, "chosen": chosen, "reason": "Train is late."}
    )

    assert page.status_code == 409
    assert "Train is late." in page.content.decode()
    assert page.context["form"]["version"].value() == "2"
    assert _again(visit).starts_at == at(9)


def test_a_visit_that_is_done_is_not_moved(practice: Practice, desk: Client) -> None:
    visit = _visit(practice, status="done")

    assert desk.get(reverse("scheduling:move", args=[visit.pk])).status_code == 409


def test_a_visit_is_cancelled_with_a_reason(practice: Practice, desk: Client) -> None:
    visit = _visit(practice)
    address = reverse("scheduling:cancel", args=[visit.pk])

    assert desk.get(address).status_code == 200
    assert desk.post(address, {"version": 1, "cancelled_by": "patient", "reason": ""}).status_code == 422
    stale = desk.post(address, {"version": 7, "cancelled_by": "patient", "reason": "Is ill."})
    assert stale.status_code == 409
    assert "Is ill." in stale.content.decode()
    page = desk.post(address, {"version": 1, "cancelled_by": "patient", "reason": "Is ill."}, follow=True)

    assert _again(visit).status == "cancelled"
    assert "the patient: Is ill." in page.content.decode()


def test_the_visits_of_a_patient_are_a_part_and_a_page(practice: Practice, desk: Client) -> None:
    visit = _visit(practice)
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


# --- set-up -----------------------------------------------------------------------------------------------------------
def test_an_admin_sets_up_a_bookable_clinic(practice: Practice, admin: Client) -> None:
    clinician = practice.clinician.pk
    for name, typed in {
        "add_room": {"name": "Room B", "is_active": "on"},
        "add_visit_type": {
            "name": "Long talk",
            "duration_minutes": 50,
            "turnover_minutes": 10,
            "needs_room": "on",
            "is_active": "on",
        },
        "add_hours": {
            "clinician": clinician,
            "weekdays": [5, 6],
            "start_time": "10:00",
            "end_time": "12:00",
            "valid_from_date": "2026-09-01",
        },
        "add_leave": {"clinician": clinician, "first_day": "2026-09-12", "last_day": "2026-09-13"},
    }.items():
        assert admin.get(reverse(f"scheduling:{name}")).status_code == 200
        answer = admin.post(reverse(f"scheduling:{name}"), typed)
        assert (name, answer.status_code) == (name, 302)

    page = admin.get(reverse("scheduling:set_up")).content.decode()
    assert all(words in page for words in ("Room B", "Long talk", "Saturday", "10:00–12:00", "12 Sep 2026, 00:00"))
    with tenant(practice.clinic.pk):
        assert Leave.objects.get().ends_at == at(0) + timedelta(days=7)
        block = AvailabilityBlock.objects.get(weekday=5)
        leave = Leave.objects.get()
    admin.post(reverse("scheduling:remove_hours", args=[block.pk]))
    admin.post(reverse("scheduling:remove_leave", args=[leave.pk]))
    with tenant(practice.clinic.pk):
        assert not Leave.objects.exists()
        assert not AvailabilityBlock.objects.filter(weekday=5).exists()


def test_leave_over_booked_visits_says_how_many_have_to_be_moved(practice: Practice, admin: Client) -> None:
    _visit(practice)
    typed = {"clinician": practice.clinician.pk, "first_day": "2026-09-07", "last_day": "2026-09-07"}

    page = admin.post(reverse("scheduling:add_leave"), typed, follow=True)

    assert "1 visit is booked in this time" in page.content.decode()


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("add_room", {"name": "Room A", "is_active": "on"}),
        ("add_room", {"name": ""}),
        ("add_visit_type", {"name": "Too long", "duration_minutes": 481, "turnover_minutes": 0}),
        ("add_hours", {"weekdays": [1], "start_time": "12:00", "end_time": "10:00", "valid_from_date": "2026-09-01"}),
        ("add_hours", {"weekdays": [9], "start_time": "10:00", "end_time": "12:00", "valid_from_date": "2026-09-01"}),
        ("add_leave", {"first_day": "2026-09-08", "last_day": "2026-09-07"}),
    ],
)
def test_set_up_that_does_not_fit_is_told(practice: Practice, admin: Client, name: str, typed: dict[str, Any]) -> None:
    answer = admin.post(reverse(f"scheduling:{name}"), {"clinician": practice.clinician.pk} | typed)

    assert answer.status_code == 422
    form = answer.context["form"]
    assert all(error in answer.content.decode() for errors in form.errors.values() for error in errors)
    assert form.errors


def test_a_changed_visit_type_keeps_its_code_and_its_visits_their_length(practice: Practice, admin: Client) -> None:
    visit = _visit(practice)
    typed = {"name": "Renamed", "duration_minutes": 60, "turnover_minutes": 0, "is_active": "on"}

    admin.post(reverse("scheduling:change_visit_type", args=[practice.visit_type.pk]), typed)

    with tenant(practice.clinic.pk):
        changed = VisitType.objects.get(pk=practice.visit_type.pk)
    assert (changed.name, changed.code) == ("Renamed", practice.visit_type.code)
    assert _again(visit).ends_at == at(9, 30)


def test_the_usual_visit_types_come_once_and_keep_what_was_changed(clinic: Clinic) -> None:
    with tenant(clinic.pk, actor="test"):
        set_up_defaults(clinic=clinic)
        VisitType.objects.filter(code="follow-up").update(duration_minutes=40)
        set_up_defaults(clinic=clinic)
        assert VisitType.objects.count() == 7
        assert VisitType.objects.get(code="follow-up").duration_minutes == 40
        assert not VisitType.objects.get(code="telehealth").needs_room


def test_the_desk_does_not_set_up_the_schedule(desk: Client) -> None:
    assert desk.get(reverse("scheduling:set_up")).status_code == 403


def test_a_colleague_who_left_keeps_a_column_for_what_is_booked(practice: Practice, desk: Client) -> None:
    with tenant(practice.clinic.pk, actor="test"):
        gone = MembershipFactory(clinic=practice.clinic, is_active=False)
    _visit(practice, clinician=gone)

    assert gone.user.full_name in desk.get(reverse("scheduling:calendar")).context["calendar"].columns


def test_a_room_out_of_use_is_not_suggested(practice: Practice, desk: Client) -> None:
    with tenant(practice.clinic.pk):
        Room.objects.update(is_active=False)

    times = desk.get(reverse("scheduling:book", args=[practice.patient.pk])).context["times"]

    assert {one.room for _clinician, free in times for one in free} == {None}
