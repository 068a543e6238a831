"""Visits in other people's calendars: one file, one revocable feed, nothing about the treatment; clocks that jump."""

import re
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core.cache import cache
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from icalendar import Calendar, Event

from accounts.choices import Role
from accounts.models import Clinic
from audit.models import AuditEvent
from common.tenancy import tenant
from common.wall_clock import instant
from scheduling.models import Appointment, CalendarFeed
from scheduling.queries import calendar_files
from scheduling.services import appointments
from scheduling.views.calendar_feeds import MOST_WRONG_KEYS
from tests.factories.accounts import ClinicFactory
from tests.scheduling.conftest import MONDAY, NOW, Practice, at, make_practice
from tests.scheduling.visits import SignIn, a_visit, again

pytestmark = pytest.mark.usefixtures("monday_morning")

# Both weeks in which each clock changes; one that never does.
CHANGING_WEEKS = [
    ("Europe/Berlin", date(2026, 3, 29)),
    ("Europe/Berlin", date(2026, 10, 25)),
    ("America/New_York", date(2026, 3, 8)),
    ("America/New_York", date(2026, 11, 1)),
    ("Australia/Lord_Howe", date(2026, 4, 5)),
    ("Australia/Lord_Howe", date(2026, 10, 4)),
    ("Asia/Kolkata", date(2026, 3, 29)),
    ("Asia/Kolkata", date(2026, 10, 25)),
]


@pytest.fixture
def practice(clinic: Clinic) -> Practice:
    with tenant(clinic.pk, actor="test"):
        return make_practice(clinic)


@pytest.fixture
def clinician(practice: Practice, staff_client: SignIn) -> Client:
    return staff_client(Role.CLINICIAN, clinic=practice.clinic)


def file_of(desk: Client, visit: Appointment) -> Any:
    return desk.get(reverse("scheduling:visit_file", args=[visit.pk]))


def events_in(body: bytes) -> list[Event]:
    return list(Calendar.from_ical(body).walk("VEVENT"))


def the_event(desk: Client, visit: Appointment) -> Event:
    (event,) = events_in(file_of(desk, visit).content)
    return event


def make_link(clinician: Client) -> str:
    page = clinician.post(reverse("scheduling:make_calendar_link"))
    return page.context["address"].removeprefix("http://testserver")


# --- one visit --------------------------------------------------------------------------------------------------------
def test_the_file_of_a_visit_says_when_and_nothing_about_the_treatment(practice: Practice, desk: Client) -> None:
    visit = a_visit(practice)

    answer = file_of(desk, visit)

    (event,) = events_in(answer.content)
    assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert (event["uid"], event["sequence"], event["status"], event["summary"]) == (
        f"{visit.pk}@visits",
        0,
        "CONFIRMED",
        "The clinic",
    )
    assert (event.start, event.end) == (at(9), at(9, 30))
    assert event["location"] == "Musterweg 1, 10115 Berlin"
    for told in (practice.patient.family_name, "Follow-up", practice.clinic.name, "Berg"):
        assert told not in answer.content.decode()


def test_a_change_keeps_the_uid_and_counts_the_sequence(practice: Practice, desk: Client) -> None:
    visit = a_visit(practice)
    before = the_event(desk, visit)
    with tenant(practice.clinic.pk, actor="test"):
        appointments.move(
            appointment=visit,
            by=practice.desk,
            now=NOW,
            version=1,
            starts_at=at(11),
            clinician=practice.clinician,
            room=practice.room,
        )

    after = the_event(desk, visit)

    assert (after["uid"], after["sequence"], after.start) == (before["uid"], 1, at(11))
    assert after.DTSTAMP == NOW


def test_a_cancelled_visit_is_told_as_cancelled(practice: Practice, desk: Client) -> None:
    visit = a_visit(practice, status="cancelled", cancelled_by="clinic", cancel_reason="Ill")

    answer = file_of(desk, visit).content.decode()

    assert "STATUS:CANCELLED" in answer
    assert "METHOD:PUBLISH" in answer
    assert "Ill" not in answer


def test_who_took_the_file_out_is_on_record(practice: Practice, desk: Client) -> None:
    visit = a_visit(practice)

    file_of(desk, visit)

    with tenant(practice.clinic.pk):
        (event,) = AuditEvent.objects.filter(kind="export")
    assert (event.table_name, event.patient_id) == ("scheduling_appointment", visit.patient_id)


@pytest.mark.parametrize(("zone", "change"), CHANGING_WEEKS)
def test_every_day_of_a_changing_week_keeps_the_time_on_the_wall(
    staff_client: SignIn, db: None, zone: str, change: date
) -> None:
    clinic = ClinicFactory(zone=zone)
    with tenant(clinic.pk, actor="test"):
        practice = make_practice(clinic, weekdays=range(7))
        feed_by = practice.clinician.as_actor()
    days = [change + timedelta(days=number) for number in range(-3, 4)]
    visits = [a_visit(practice, starts_at=instant(day, time(9, 15), ZoneInfo(zone))) for day in days]
    desk = staff_client(Role.FRONT_DESK, clinic=clinic)

    with tenant(clinic.pk):
        feed = calendar_files.of_clinician(
            by=feed_by, clinician_id=practice.clinician.pk, now=instant(change, time(12), ZoneInfo(zone))
        )

    told = [event.start for event in events_in(feed)]
    assert told == [the_event(desk, visit).start for visit in visits] == [visit.starts_at for visit in visits]
    assert [(one.astimezone(ZoneInfo(zone)).date(), f"{one.astimezone(ZoneInfo(zone)):%H:%M}") for one in told] == [
        (day, "09:15") for day in days
    ]


@pytest.mark.parametrize("fold", [0, 1])
def test_the_hour_that_comes_twice_is_told_as_the_one_that_was_booked(
    practice: Practice, desk: Client, fold: int
) -> None:
    starts_at = datetime(2026, 10, 25, 2, 30, tzinfo=ZoneInfo("Europe/Berlin"), fold=fold).astimezone(UTC)

    assert the_event(desk, a_visit(practice, starts_at=starts_at)).start == starts_at


# --- the feed ---------------------------------------------------------------------------------------------------------
def test_the_feed_shows_the_clinicians_own_visits_without_patients(practice: Practice, clinician: Client) -> None:
    own = a_visit(practice, clinician=clinician.member)
    with tenant(practice.clinic.pk, actor="test"):
        other = practice.another_patient()
    a_visit(practice, patient=other, room=None)

    answer = Client().get(make_link(clinician))

    (event,) = events_in(answer.content)
    assert (event["uid"], event["summary"], event.start) == (f"{own.pk}@visits", "Visit 30 min, Room A", at(9))
    for told in (practice.patient.family_name, practice.patient.given_names, "Follow-up", "Berg"):
        assert told not in answer.content.decode()


def test_the_feed_reaches_from_a_fortnight_ago_to_three_months_ahead(practice: Practice, clinician: Client) -> None:
    days = [MONDAY + timedelta(days=number) for number in (-15, -14, 90, 91)]
    for day in days:
        a_visit(practice, clinician=clinician.member, starts_at=at(9, day=day))

    events = events_in(Client().get(make_link(clinician)).content)

    assert [event.start.date() for event in events] == days[1:3]


@pytest.mark.parametrize("status", ["cancelled", "no_show"])
def test_what_is_off_leaves_the_feed(practice: Practice, clinician: Client, status: str) -> None:
    a_visit(practice, clinician=clinician.member, status=status, cancelled_by="clinic", cancel_reason="Ill")

    assert events_in(Client().get(make_link(clinician)).content) == []


def test_a_program_that_has_it_already_is_told_so(practice: Practice, clinician: Client) -> None:
    a_visit(practice, clinician=clinician.member)
    link = make_link(clinician)
    first = Client().get(link)

    with time_machine.travel(at(9, 50), tick=False):
        second = Client().get(link, headers={"If-None-Match": first.headers["ETag"]})
    a_visit(practice, clinician=clinician.member, starts_at=at(12), room=None)
    third = Client().get(link, headers={"If-None-Match": first.headers["ETag"]})

    assert (second.status_code, second.content, third.status_code) == (304, b"", 200)
    assert first.headers["Cache-Control"] == second.headers["Cache-Control"] == "private, no-cache"


def test_only_the_hash_of_the_key_is_kept(practice: Practice, clinician: Client) -> None:
    link = make_link(clinician)
    key = re.fullmatch(r"/schedule/feeds/([a-z0-9]+)-([A-Za-z0-9_-]{27})\.ics", link)
    assert key
    with tenant(practice.clinic.pk), connection.cursor() as cursor:
        cursor.execute("SELECT f::text FROM scheduling_calendarfeed f")
        (row,) = cursor.fetchone()

    assert key[2] not in row
    assert key[2] not in clinician.get(reverse("scheduling:calendar_link")).content.decode()


def test_a_revoked_link_a_wrong_one_and_one_of_somebody_who_left_are_answered_alike(
    practice: Practice, clinician: Client, staff_client: SignIn
) -> None:
    cache.clear()
    gone = staff_client(Role.CLINICIAN, clinic=practice.clinic)
    of_gone, revoked = make_link(gone), make_link(clinician)
    clinician.post(reverse("scheduling:revoke_calendar_link"))
    with tenant(practice.clinic.pk, actor="test"):
        gone.member.is_active = False
        gone.member.save()

    wrong = [revoked, of_gone, revoked[:-6] + "xx.ics", "/schedule/feeds/nonsense.ics", "/schedule/feeds/%00.ics"]
    answers = {(answer.status_code, answer.content) for answer in map(Client().get, wrong)}

    assert answers == {(404, b"")}


def test_a_new_link_stops_the_one_before(practice: Practice, clinician: Client) -> None:
    old, new = make_link(clinician), make_link(clinician)

    assert (Client().get(old).status_code, Client().get(new).status_code) == (404, 200)


def test_an_address_that_guesses_is_made_to_wait(practice: Practice, clinician: Client) -> None:
    cache.clear()
    link = make_link(clinician)
    for number in range(MOST_WRONG_KEYS):
        Client().get(f"/schedule/feeds/abcdef-{number:020}.ics")

    assert Client().get(link).status_code == 429
    assert Client().get(link, headers={"x-forwarded-for": "203.0.113.9"}).status_code == 429
    cache.clear()
    assert Client().get(link).status_code == 200


def test_the_key_of_one_clinic_opens_nothing_at_another(
    practice: Practice, clinician: Client, other_clinic: Clinic
) -> None:
    link = make_link(clinician).replace(practice.clinic.link_code, other_clinic.link_code)

    assert Client().get(link).status_code == 404


def test_the_feed_asks_as_often_for_three_visits_as_for_one(practice: Practice, clinician: Client) -> None:
    link, counts = make_link(clinician), []
    for hour in (9, 10, 11):
        a_visit(practice, clinician=clinician.member, starts_at=at(hour))
        with CaptureQueriesContext(
            connection,
        ) as asked:
            assert Client().get(link).status_code == 200
        counts.append(len(asked))

    assert counts == [12, 12, 12]


def test_a_clinician_has_one_open_link_at_most(practice: Practice) -> None:
    given = {"clinic": practice.clinic, "clinician": practice.clinician}
    with tenant(practice.clinic.pk, actor="test"):
        CalendarFeed.objects.create(**given, token_hash=b"a" * 32)
        with pytest.raises(IntegrityError), transaction.atomic():
            CalendarFeed.objects.create(**given, token_hash=b"b" * 32)


def test_the_page_tells_whether_a_link_works(practice: Practice, clinician: Client) -> None:
    page = reverse("scheduling:calendar_link")
    before = clinician.get(page).content.decode()
    make_link(clinician)
    with_link = clinician.get(page).content.decode()
    after = clinician.post(reverse("scheduling:revoke_calendar_link"), follow=True).content.decode()

    assert "No link works" in before
    assert "Stop the link for good" in with_link
    assert "The link no longer works" in after


def test_a_visit_stays_as_it_was_when_its_file_is_taken(practice: Practice, desk: Client) -> None:
    visit = a_visit(practice)

    file_of(desk, visit)

    assert again(visit).version == 1
