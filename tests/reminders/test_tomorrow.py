"""The list of tomorrow's visits says who is reminded and who has to be called, in both weeks of a clock change."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.urls import reverse

from accounts.choices import Role
from common.wall_clock import instant
from reminders.queries.tomorrow import visits_of_tomorrow, with_reminders
from reminders.services import sweeps
from tests.factories.scheduling import AppointmentFactory
from tests.reminders.factories import visitor, worker
from tests.scheduling.conftest import NOW, make_practice


@pytest.mark.parametrize(
    ("zone", "today", "hours"),
    [
        ("Europe/Berlin", date(2026, 3, 28), 23),
        ("Europe/Berlin", date(2026, 10, 24), 25),
        ("Australia/Lord_Howe", date(2026, 10, 3), 23.5),
        ("America/Santiago", date(2026, 9, 5), 23),
        ("Asia/Kolkata", date(2026, 10, 24), 24),
    ],
)
def test_tomorrow_is_the_clinics_own_day_however_long(in_clinic, zone, today, hours):
    in_clinic.zone = zone
    in_clinic.save()
    first = instant(today + timedelta(days=1), datetime.min.time(), ZoneInfo(zone))
    inside = [first, first + timedelta(hours=hours, minutes=-30)]
    for starts_at in [first - timedelta(minutes=30), *inside, first + timedelta(hours=hours)]:
        AppointmentFactory(clinic=in_clinic, starts_at=starts_at, status="booked")
    noon = instant(today, datetime(2026, 1, 1, 12).time(), ZoneInfo(zone))
    assert [visit.starts_at for visit in visits_of_tomorrow(worker(in_clinic), now=noon)] == inside


SUNDAY_NOON = datetime(2026, 9, 6, 10, tzinfo=UTC)


def test_the_list_says_who_is_reminded_and_who_has_to_be_called(in_clinic):
    practice = make_practice(in_clinic)
    practice.book(patient=visitor(in_clinic, at=NOW))
    practice.book(patient=practice.patient, starts_at=datetime(2026, 9, 7, 9, tzinfo=UTC))
    sweeps.sweep(clinic=in_clinic, owner="worker", clock=lambda: SUNDAY_NOON - timedelta(hours=2))
    reminded, called = with_reminders(
        practice.desk, list(visits_of_tomorrow(practice.desk, now=SUNDAY_NOON)), now=SUNDAY_NOON
    )
    assert (reminded.message.state, reminded.why_not) == ("sent", "")
    assert (called.message.skip_reason, called.why_not) == ("no_address", "no usable e-mail address")


def test_the_page_shows_the_visits_of_tomorrow(in_clinic, staff_client):
    practice = make_practice(in_clinic)
    practice.book()
    client = staff_client(Role.FRONT_DESK, clinic=in_clinic)
    with time_machine.travel(SUNDAY_NOON, tick=False):
        page = client.get(reverse("reminders:tomorrow")).content.decode()
    assert practice.patient.full_name in page
    assert "please call" in page


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_asks_as_often_for_three_visits_as_for_one(in_clinic, django_assert_num_queries, count):
    practice = make_practice(in_clinic)
    for number in range(count):
        practice.book(patient=practice.another_patient(), starts_at=datetime(2026, 9, 7, 7 + number, tzinfo=UTC))
    with django_assert_num_queries(3):
        with_reminders(practice.desk, list(visits_of_tomorrow(practice.desk, now=SUNDAY_NOON)), now=SUNDAY_NOON)
