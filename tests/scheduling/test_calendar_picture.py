"""What the calendar's picture is told, and what it may ask: a visit let go elsewhere, refused in words, taken back."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from accounts.choices import Role
from accounts.models import Clinic
from common.tenancy import tenant
from common.wall_clock import instant
from patients.choices import Purpose
from patients.models import ContactConsent
from scheduling.models import Appointment, AppointmentMove, Closure, Leave
from tests.factories.accounts import ClinicFactory, MembershipFactory
from tests.factories.patients import EmailFactory
from tests.scheduling.conftest import MONDAY, NOW, Practice, at, make_practice
from tests.scheduling.visits import SignIn, a_visit, again, visits_at_once

pytestmark = pytest.mark.usefixtures("monday_morning")

EVENTS = "scheduling:calendar_events"


@pytest.fixture
def practice(clinic: Clinic) -> Practice:
    with tenant(clinic.pk, actor="test"):
        return make_practice(clinic)


def ask(client: Client, **query: str) -> dict[str, Any]:
    return client.get(reverse(EVENTS), {"day": "2026-09-07"} | query).json()


def let_go(client: Client, visit: Appointment, to: str, **fields: Any) -> Any:
    given = {"version": visit.version, "at": to} | fields
    return client.post(reverse("scheduling:drop", args=[visit.pk]), given)


def history(visit: Appointment) -> list[AppointmentMove]:
    with tenant(visit.clinic_id):
        return list(AppointmentMove.objects.filter(appointment=visit).select_related("was_room"))


# --- what it is told --------------------------------------------------------------------------------------------------
def test_a_visit_is_told_by_the_clinics_clock_and_without_clinical_detail(practice: Practice, desk: Client) -> None:
    visit = a_visit(practice, starts_at=at(9))

    (told,) = ask(desk)["visits"]

    assert told == {
        "id": str(visit.pk),
        "column": str(practice.clinician.pk),
        "start": "2026-09-07T09:00",
        "end": "2026-09-07T09:30",
        "name": practice.patient.full_name,
        "type": "Usual visit",
        "status": "booked",
        "where": "Room A",
        "turnover": 5,
        "doubled": False,
        "version": 1,
        "moves": True,
    }


def test_what_was_cancelled_or_missed_is_not_in_the_picture(practice: Practice, desk: Client) -> None:
    a_visit(practice, status="no_show")

    assert ask(desk)["visits"] == []


def test_a_visit_under_way_stays_where_it_is(practice: Practice, desk: Client) -> None:
    a_visit(practice, status="in_room")

    assert [visit["moves"] for visit in ask(desk)["visits"]] == [False]


def test_closed_hours_and_leave_are_shaded(practice: Practice, desk: Client) -> None:
    with tenant(practice.clinic.pk, actor="test"):
        colleague = practice.another_clinician()
        Leave.objects.create(clinic=practice.clinic, clinician=colleague, starts_at=at(12), ends_at=at(17))
    a_visit(practice, starts_at=at(17, 30))

    told = ask(desk)

    shades = {(one["column"], one["kind"], one["start"][11:], one["end"][11:]) for one in told["shades"]}
    assert told["hours"] == [8, 18]
    assert shades == {
        (str(practice.clinician.pk), "closed", "17:00", "18:00"),
        (str(colleague.pk), "closed", "17:00", "18:00"),
        (str(colleague.pk), "away", "12:00", "17:00"),
    }


@pytest.mark.parametrize("show", ["clinicians", "rooms"])
def test_a_closed_day_is_shaded_with_its_name_in_every_column(practice: Practice, desk: Client, show: str) -> None:
    with tenant(practice.clinic.pk, actor="test"):
        Closure.objects.create(clinic=practice.clinic, name="Inventory", starts_at=at(8), ends_at=at(17))

    shades = [one for one in ask(desk, show=show)["shades"] if one["kind"] == "closure"]

    assert [(one["word"], one["start"][11:], one["end"][11:]) for one in shades] == [("Inventory", "08:00", "17:00")]


def test_rooms_have_columns_of_their_own(practice: Practice, desk: Client) -> None:
    a_visit(practice)

    told = ask(desk, show="rooms")

    assert told["columns"] == [{"id": str(practice.room.pk), "title": "Room A"}]
    assert [(one["column"], one["where"]) for one in told["visits"]] == [(str(practice.room.pk), "Dr Ada Berg")]


def test_a_week_begins_on_monday_and_leaves_out_the_days_nobody_works(practice: Practice, desk: Client) -> None:
    a_visit(practice, starts_at=at(10, day=MONDAY + timedelta(days=4)))

    told = ask(desk, day="2026-09-10", span="week")

    assert (told["first_day"], told["days"], told["quiet_weekdays"]) == ("2026-09-07", 7, [5, 6])
    assert [visit["start"] for visit in told["visits"]] == ["2026-09-11T10:00"]


def test_one_column_can_be_shown_alone(practice: Practice, desk: Client) -> None:
    with tenant(practice.clinic.pk, actor="test"):
        colleague = practice.another_clinician()

    assert [one["id"] for one in ask(desk, only=str(colleague.pk))["columns"]] == [str(colleague.pk)]


def test_another_clinics_column_is_empty(practice: Practice, desk: Client, other_clinic: Clinic) -> None:
    with tenant(other_clinic.pk, actor="test"):
        foreign = MembershipFactory(clinic=other_clinic)

    assert ask(desk, only=str(foreign.pk))["columns"] == []


def test_a_day_is_drawn_whole_and_a_week_in_pages_of_columns(practice: Practice, desk: Client) -> None:
    visits_at_once(practice, 9)

    assert (len(ask(desk)["columns"]), len(ask(desk, span="week")["columns"])) == (10, 3)


@pytest.mark.parametrize("day", ["2026-10-25", "2026-03-29"])
def test_a_drawn_visit_is_as_long_as_the_real_one_when_the_clock_jumps(
    practice: Practice, desk: Client, day: str
) -> None:
    starts_at = instant(date.fromisoformat(day), time(1, 45), ZoneInfo("Europe/Berlin"))
    a_visit(practice, starts_at=starts_at)

    (told,) = ask(desk, day=day)["visits"]

    assert (told["start"], told["end"]) == (f"{day}T01:45", f"{day}T02:15")


@pytest.mark.parametrize("span", ["day", "week"])
@pytest.mark.parametrize("day", ["2026-10-25", "2026-03-29", "2000-01-01", "2100-12-31"])
def test_any_day_can_be_drawn(practice: Practice, desk: Client, day: str, span: str) -> None:
    assert ask(desk, day=day, span=span)["hours"][0] < ask(desk, day=day, span=span)["hours"][1]


def test_the_page_of_a_week_reads_as_lines_under_its_days(practice: Practice, desk: Client) -> None:
    a_visit(practice, starts_at=at(10, day=MONDAY + timedelta(days=4)))

    page = desk.get(reverse("scheduling:calendar"), {"day": "2026-09-07", "span": "week"})

    assert [(day, len(visits)) for day, visits in page.context["week"]] == [(MONDAY + timedelta(days=4), 1)]
    assert practice.patient.full_name in page.content.decode()


@pytest.mark.parametrize("span", ["day", "week"])
def test_a_change_of_the_clock_is_said_above_the_calendar(practice: Practice, desk: Client, span: str) -> None:
    forward = desk.get(reverse("scheduling:calendar"), {"day": "2026-03-29", "span": span}).content.decode()
    back = desk.get(reverse("scheduling:calendar"), {"day": "2026-10-25", "span": span}).content.decode()

    assert "Sunday 29 March: the clock goes forward at 02:00. The time from 02:00 to 03:00 does not exist." in forward
    assert "Sunday 25 October: the clock goes back at 03:00. The time from 02:00 to 03:00 comes twice." in back


def test_the_page_as_a_table_loads_no_picture(practice: Practice, desk: Client) -> None:
    page = desk.get(reverse("scheduling:calendar"), {"look": "table"}).content.decode()

    assert "event-calendar" not in page
    assert '<table class="calendar">' in page


# --- a visit let go elsewhere -----------------------------------------------------------------------------------------
def test_a_visit_goes_to_another_time_and_clinician_and_comes_back(practice: Practice, desk: Client) -> None:
    visit = a_visit(practice)
    with tenant(practice.clinic.pk, actor="test"):
        colleague = practice.another_clinician()

    answer = let_go(desk, visit, "2026-09-07T10:15", clinician=str(colleague.pk)).json()

    assert (answer["state"], answer["visit"]["start"], answer["visit"]["column"]) == (
        "moved",
        "2026-09-07T10:15",
        str(colleague.pk),
    )
    assert practice.patient.full_name not in answer["words"]
    back = desk.post(answer["undo"]).json()
    assert (back["state"], back["visit"]["start"]) == ("moved", "2026-09-07T09:00")
    assert again(visit).clinician_id == practice.clinician.pk


def test_a_visit_goes_to_another_room(practice: Practice, desk: Client) -> None:
    visit = a_visit(practice)
    with tenant(practice.clinic.pk, actor="test"):
        room = practice.another_room()

    answer = let_go(desk, visit, "2026-09-07T09:00", room=str(room.pk), show="rooms").json()

    assert answer["visit"]["column"] == str(room.pk)
    assert again(visit).starts_at == at(9)


def test_the_first_free_room_stands_in_for_one_that_is_taken_then(practice: Practice, desk: Client) -> None:
    visit = a_visit(practice)
    with tenant(practice.clinic.pk, actor="test"):
        other_room, patient, colleague = (
            practice.another_room(),
            practice.another_patient(),
            practice.another_clinician(),
        )
    a_visit(practice, patient=patient, clinician=colleague, starts_at=at(11))

    answer = let_go(desk, visit, "2026-09-07T11:00").json()

    assert (answer["state"], again(visit).room_id) == ("moved", other_room.pk)
    assert other_room.name in answer["words"]


def test_a_room_chosen_by_hand_is_not_changed_for_another(practice: Practice, desk: Client) -> None:
    visit = a_visit(practice)
    with tenant(practice.clinic.pk, actor="test"):
        practice.another_room()
        patient, colleague = practice.another_patient(), practice.another_clinician()
    a_visit(practice, patient=patient, clinician=colleague, starts_at=at(11))

    answer = let_go(desk, visit, "2026-09-07T11:00", show="rooms")

    assert (answer.status_code, answer.json()["state"]) == (409, "refused")


def test_a_taken_time_is_refused_with_the_next_free_ones(practice: Practice, desk: Client) -> None:
    visit = a_visit(practice)
    with tenant(practice.clinic.pk, actor="test"):
        patient = practice.another_patient()
    a_visit(practice, patient=patient, room=None, starts_at=at(11))

    answer = let_go(desk, visit, "2026-09-07T11:00")

    told = answer.json()
    assert (answer.status_code, told["state"], len(told["times"])) == (409, "refused", 3)
    assert told["visit"]["start"] == "2026-09-07T09:00"
    first = told["times"][0]
    tapped = let_go(desk, visit, first["at"], clinician=first["clinician"], room=first["room"]).json()
    assert tapped["state"] == "moved"


def test_a_time_that_is_not_offered_is_taken_with_a_reason_only(practice: Practice, desk: Client) -> None:
    visit = a_visit(practice)

    refused = let_go(desk, visit, "2026-09-07T18:00")
    without = let_go(desk, visit, "2026-09-07T18:00", is_override="on")
    given = let_go(desk, visit, "2026-09-07T18:00", is_override="on", reason="The only bus")

    assert (refused.status_code, refused.json()["decide"]["field"], without.status_code) == (422, "reason", 422)
    assert given.json()["state"] == "moved"
    assert history(visit)[-1].reason.startswith("The only bus")


def test_a_visit_is_made_longer_and_short_again(practice: Practice, desk: Client) -> None:
    visit = a_visit(practice)

    answer = let_go(desk, visit, "2026-09-07T09:00", minutes=60).json()

    assert (answer["state"], answer["visit"]["end"]) == ("moved", "2026-09-07T10:00")
    assert desk.post(answer["undo"]).json()["visit"]["end"] == "2026-09-07T09:30"


def test_a_visit_longer_than_eight_hours_is_refused_in_words(practice: Practice, desk: Client) -> None:
    assert "8 hours" in let_go(desk, a_visit(practice), "2026-09-07T09:00", minutes=600).json()["words"]


def test_two_visits_at_once_are_a_decision_with_a_reason_and_visible_as_such(practice: Practice, desk: Client) -> None:
    visit = a_visit(practice)
    with tenant(practice.clinic.pk, actor="test"):
        patient = practice.another_patient()
    a_visit(practice, patient=patient, room=None, starts_at=at(11))

    decide = let_go(desk, visit, "2026-09-07T11:00").json()["decide"]
    answer = let_go(desk, visit, "2026-09-07T11:00", **{decide["field"]: "A quick look beside it"}).json()

    assert (answer["state"], answer["visit"]["doubled"]) == ("moved", True)
    assert "double-booked" in desk.get(reverse("scheduling:calendar"), {"look": "table"}).content.decode()


def test_a_visit_that_somebody_else_moved_is_told_as_it_stands(practice: Practice, desk: Client) -> None:
    visit = a_visit(practice, version=3)

    answer = let_go(desk, visit, "2026-09-07T10:00", version=2)

    assert (answer.status_code, answer.json()["is_old"], answer.json()["visit"]["version"]) == (409, True, 3)


def test_a_visit_under_way_is_refused_in_words(practice: Practice, desk: Client) -> None:
    visit = a_visit(practice, status="in_room")

    assert "keeps its time" in let_go(desk, visit, "2026-09-07T10:00").json()["words"]


# --- what the patient hears of it -------------------------------------------------------------------------------------
@pytest.fixture
def reachable(practice: Practice) -> Practice:
    with tenant(practice.clinic.pk, actor="test"):
        point = EmailFactory(clinic=practice.clinic, patient=practice.patient)
        ContactConsent.objects.create(
            clinic=practice.clinic,
            contact_point=point,
            purpose=Purpose.APPOINTMENT,
            is_granted=True,
            decided_at=NOW,
            wording_version="1",
        )
    return practice


def test_another_time_is_told_in_three_minutes_in_the_words_shown(reachable: Practice, desk: Client) -> None:
    visit = a_visit(reachable)

    told = let_go(desk, visit, "2026-09-07T10:15").json()["tell"]

    assert "in three minutes" in told["words"]
    assert any("10:15" in paragraph for paragraph in told["letter"])
    assert history(visit)[-1].tell_at == at(8, 53)


def test_a_move_can_stand_without_the_patient_being_told(reachable: Practice, desk: Client) -> None:
    visit = a_visit(reachable)
    answer = let_go(desk, visit, "2026-09-07T10:15").json()

    quiet = desk.post(answer["tell"]["quiet"]).json()

    assert (quiet["state"], again(visit).starts_at, history(visit)[-1].tell_at) == ("moved", at(10, 15), None)


def test_what_the_patient_has_heard_cannot_be_kept_quiet(reachable: Practice, desk: Client) -> None:
    answer = let_go(desk, a_visit(reachable), "2026-09-07T10:15").json()

    with time_machine.travel(at(8, 54), tick=False):
        quiet = desk.post(answer["tell"]["quiet"])

    assert (quiet.status_code, "told already" in quiet.json()["words"]) == (422, True)


def test_another_room_at_the_same_time_is_no_news_for_the_patient(reachable: Practice, desk: Client) -> None:
    visit = a_visit(reachable)
    with tenant(reachable.clinic.pk, actor="test"):
        room = reachable.another_room()

    answer = let_go(desk, visit, "2026-09-07T09:00", room=str(room.pk), show="rooms").json()

    assert ("tell" in answer, history(visit)[-1].tell_at) == (False, None)


def test_who_cannot_be_reached_is_said_to_be_so(practice: Practice, desk: Client) -> None:
    told = let_go(desk, a_visit(practice), "2026-09-07T10:15").json()["tell"]

    assert "is not told" in told["words"]
    assert "letter" not in told


@pytest.mark.parametrize("to", ["", "soon", "2026-03-29T02:30", "0001-01-01T00:00", "9999-12-31T23:59", "\x00"])
def test_a_time_that_cannot_be_is_refused_in_words(practice: Practice, desk: Client, to: str) -> None:
    visit = a_visit(practice)

    answer = let_go(desk, visit, to)

    assert (answer.status_code, bool(answer.json()["words"])) == (422, True)
    assert again(visit).version == 1


def test_a_clinician_of_another_clinic_cannot_be_named(practice: Practice, desk: Client, other_clinic: Clinic) -> None:
    visit = a_visit(practice)
    with tenant(other_clinic.pk, actor="test"):
        foreign = MembershipFactory(clinic=other_clinic)

    assert let_go(desk, visit, "2026-09-07T10:00", clinician=str(foreign.pk)).status_code == 422


def test_the_hour_that_comes_twice_keeps_its_instant_when_only_the_column_changes(
    staff_client: SignIn, db: None
) -> None:
    clinic = ClinicFactory(zone="Europe/Berlin")
    with tenant(clinic.pk, actor="test"):
        practice = make_practice(clinic, weekdays=range(7), start=time(0), end=time(23))
        room = practice.another_room()
    second = datetime(2026, 10, 25, 1, 30, tzinfo=UTC)  # 02:30 for the second time
    visit = a_visit(practice, starts_at=second)

    answer = let_go(
        staff_client(Role.FRONT_DESK, clinic=clinic), visit, "2026-10-25T02:30", room=str(room.pk), show="rooms"
    )

    assert answer.json()["state"] == "moved"
    assert (again(visit).starts_at, again(visit).room_id) == (second, room.pk)
