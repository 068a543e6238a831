"""The pages of the day: the board, its lanes and taps, the calendar; with a literal number of queries."""

from datetime import date, timedelta

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
from tests.factories.patients import PatientFactory
from tests.scheduling.conftest import MONDAY, NOW, Practice, at, make_practice
from tests.scheduling.visits import ROLES, SignIn, a_visit, again, visits_at_once

pytestmark = pytest.mark.usefixtures("monday_morning")


@pytest.fixture
def practice(clinic: Clinic) -> Practice:
    with tenant(clinic.pk, actor="test"):
        return make_practice(clinic)


# --- today ------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("role", ROLES)
def test_the_board_shows_everybody_in_the_lane_of_their_status(
    practice: Practice, staff_client: SignIn, role: str
) -> None:
    a_visit(practice, starts_at=at(8, 30))
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
    a_visit(practice)

    first = own.get(reverse("scheduling:today"))

    assert first.context["board"].is_empty
    assert "No visits of yours today" in first.content.decode()
    assert not own.get(reverse("scheduling:today"), {"everybody": "1"}).context["board"].is_empty


def test_a_long_lane_shows_its_first_cards_and_opens_alone_in_pages(practice: Practice, desk: Client) -> None:
    visits_at_once(practice, 31)

    board = desk.get(reverse("scheduling:today")).context["board"]
    alone = desk.get(reverse("scheduling:today"), {"lane": "confirmed", "page": "2"}).context["board"]

    assert (board.lanes[0].total, len(board.lanes[0].cards), board.lanes[0].more) == (31, 10, 21)
    assert [(lane.status, len(lane.cards)) for lane in alone.lanes] == [("confirmed", 1)]


def test_the_calendar_shows_eight_columns_and_turns_to_the_others(practice: Practice, desk: Client) -> None:
    visits_at_once(practice, 9)

    first = desk.get(reverse("scheduling:calendar")).context["calendar"]
    second = desk.get(reverse("scheduling:calendar"), {"page": "2"}).context["calendar"]

    assert (len(first.columns), first.page.has_next()) == (8, True)
    assert len(second.columns) == second.page.paginator.count - 8 > 0


@pytest.mark.parametrize(("day", "first"), [(MONDAY, "arrived"), (MONDAY + timedelta(days=1), "confirmed")])
def test_a_visit_of_another_day_is_confirmed_before_anybody_can_arrive(
    practice: Practice, desk: Client, day: date, first: str
) -> None:
    visit = a_visit(practice, starts_at=at(10, day=day))

    page = desk.get(reverse("scheduling:appointment", args=[visit.pk]))

    assert page.context["next_step"] == first
    assert ("arrived" in page.context["other_steps"]) is False


def test_one_tap_takes_the_patient_one_step_and_one_more_takes_it_back(practice: Practice, desk: Client) -> None:
    visit = a_visit(practice, status="arrived")

    page = desk.post(reverse("scheduling:change_status", args=[visit.pk]), {"to": "in_room", "version": 1}, follow=True)

    (card,) = page.context["board"].lanes[2].cards
    assert (card.visit.pk, card.next_step) == (visit.pk, "done")
    undo = reverse("scheduling:undo", args=[visit.pk, 2])
    assert undo in page.content.decode()
    assert practice.patient.full_name not in str(next(iter(page.context["messages"])))
    page = desk.post(undo, follow=True)
    assert [lane.cards[0].visit.status for lane in page.context["board"].lanes if lane.cards] == ["arrived"]


@pytest.mark.parametrize(("to", "asked_at"), [("arrived", "check_in"), ("no_show", "no_show"), ("cancelled", "cancel")])
def test_a_tap_that_is_not_enough_leads_to_the_page_that_asks(
    practice: Practice, desk: Client, to: str, asked_at: str
) -> None:
    visit = a_visit(practice)

    page = desk.post(reverse("scheduling:change_status", args=[visit.pk]), {"to": to, "version": 1})

    assert page.headers["Location"] == reverse(f"scheduling:{asked_at}", args=[visit.pk])
    assert again(visit).status == "booked"


def test_a_visit_nobody_came_to_offers_the_check_in_for_who_comes_after_all(practice: Practice, desk: Client) -> None:
    visit = a_visit(practice, status="no_show")

    page = desk.get(reverse("scheduling:appointment", args=[visit.pk]))

    assert page.context["asked_steps"] == ["arrived"]
    assert reverse("scheduling:check_in", args=[visit.pk]) in page.content.decode()


def test_a_tap_on_an_old_board_changes_nothing_and_says_so(practice: Practice, desk: Client) -> None:
    visit = a_visit(practice, version=3)

    page = desk.post(
        reverse("scheduling:change_status", args=[visit.pk]), {"to": "confirmed", "version": 2}, follow=True
    )

    assert "Someone else changed this visit" in page.content.decode()
    assert again(visit).status == "booked"


def test_a_patient_who_waits_long_is_marked(practice: Practice, desk: Client) -> None:
    visit = a_visit(practice)
    desk.post(reverse("scheduling:check_in", args=[visit.pk]), {"marks": ["birth_date", "full_name"], "version": 1})

    for minute in (0, 15):
        with time_machine.travel(at(9, minute), tick=False):
            page = desk.get(reverse("scheduling:today"))

    (card,) = page.context["board"].lanes[1].cards
    assert (card.minutes, card.is_long_wait) == (25, True)
    assert "waits 25 min" in page.content.decode()


def test_the_board_refreshes_alone_and_that_does_not_count_as_use(practice: Practice, desk: Client) -> None:
    a_visit(practice)

    part = desk.get(reverse("scheduling:today"), headers={"HX-Request": "true", "X-Poll": "1"})

    assert part.content.decode().strip().startswith('<div id="board"')


@pytest.mark.parametrize(("url", "count"), [("scheduling:today", 35), ("scheduling:calendar", 24)])
def test_a_day_costs_the_same_number_of_queries_with_one_visit_and_with_three(
    practice: Practice, desk: Client, url: str, count: int
) -> None:
    counts = []
    desk.get(reverse(url))
    for number in (1, 2, 3):
        with tenant(practice.clinic.pk, actor="test"):
            patient, clinician = PatientFactory(clinic=practice.clinic), practice.another_clinician()
        a_visit(practice, patient=patient, clinician=clinician, room=None, starts_at=at(8 + number))
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
    a_visit(practice)
    page = desk.get(reverse("scheduling:calendar"), {"day": "2026-09-07"})

    calendar = page.context["calendar"]
    assert calendar.columns == ["Dr Ada Berg"]
    (cell,) = [cell for row in calendar.rows for cell in row.cells if cell.visits]
    assert cell.rows == 2
    assert calendar.rows[0].starts_at == at(8)
    assert practice.patient.full_name in page.content.decode()
    assert "?day=2026-09-08" in page.content.decode()


def test_the_calendar_shows_rooms_too_and_lists_what_was_cancelled(practice: Practice, desk: Client) -> None:
    a_visit(practice, status="no_show")
    a_visit(practice)

    page = desk.get(reverse("scheduling:calendar"), {"show": "rooms"})

    assert page.context["calendar"].columns == ["Room A"]
    assert [visit.status for visit in page.context["calendar"].off] == ["no_show"]


def test_visits_that_share_a_quarter_share_a_cell(practice: Practice, desk: Client) -> None:
    a_visit(practice, starts_at=at(9, 10))
    with tenant(practice.clinic.pk):
        other = PatientFactory(clinic=practice.clinic)
    a_visit(practice, patient=other, starts_at=at(9, 40))

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
