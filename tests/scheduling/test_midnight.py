"""Hours until midnight: 00:00 as their end is the end of the day, on the screen, in the database and on the wall."""

from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from hypothesis import given

from accounts.models import Clinic
from common.tenancy import tenant
from common.wall_clock import ends_after, hours_of_day, instant, local_day
from scheduling.models import AvailabilityBlock, ExtraHours
from scheduling.policies import VisitRefusedError
from scheduling.queries.free_times import free_times
from scheduling.services import availability, resources, setting_changes
from scheduling.services.places import NotOfferedError
from tests.factories.accounts import ClinicFactory
from tests.scheduling.conftest import MONDAY, NOW, Practice, at, make_practice, open_week
from tests.scheduling.test_wall_clock import days, times, zones
from tests.scheduling.visits import a_visit

MIDNIGHT = time(0)
TUESDAY = MONDAY + timedelta(days=1)
# A zone and a day whose last hours, or whose midnight, the clock changes.
NIGHTS = [
    ("Africa/Cairo", date(2026, 4, 23)),  # the clock jumps over the midnight at its end
    ("Africa/Cairo", date(2026, 10, 29)),  # its last hour is shown twice
    ("Europe/Berlin", date(2026, 3, 28)),
    ("Europe/Berlin", date(2026, 10, 25)),
    ("Australia/Lord_Howe", date(2026, 10, 3)),
    ("America/New_York", date(2026, 11, 1)),
]


@pytest.fixture
def evening(in_clinic: Clinic) -> Practice:
    return make_practice(in_clinic, start=time(18), end=MIDNIGHT)


def _starts(practice: Practice, *, day: date = MONDAY, length: int = 1, **changes: Any) -> list[datetime]:
    given: dict[str, Any] = {"by": practice.desk, "clinicians": [practice.clinician], "now": NOW}
    found = free_times(visit_type=practice.visit_type, first_day=day, days=length, **(given | changes))
    return [one.starts_at for one in found]


# --- on the wall ------------------------------------------------------------------------------------------------------
@given(days, times, zones)
def test_hours_until_midnight_end_where_the_next_day_begins(day: date, start: time, zone: ZoneInfo) -> None:
    begins, ends = hours_of_day(day, start, MIDNIGHT, zone)

    assert begins == instant(day, start, zone)
    assert ends == hours_of_day(day + timedelta(days=1), MIDNIGHT, MIDNIGHT, zone)[0]
    assert begins <= ends
    assert local_day(ends - timedelta(microseconds=1), zone) == day
    assert local_day(ends, zone) == day + timedelta(days=1)


@given(days, times, times, zones)
def test_hours_that_end_later_on_the_wall_never_end_earlier_and_none_outlast_midnight(
    day: date, start: time, end: time, zone: ZoneInfo
) -> None:
    begins, ends = hours_of_day(day, start, end, zone)

    if ends_after(start, end):
        assert begins <= ends <= hours_of_day(day, start, MIDNIGHT, zone)[1]
    else:
        assert ends <= begins


@pytest.mark.django_db
@pytest.mark.parametrize(("zone", "day"), NIGHTS)
def test_the_last_free_time_ends_at_midnight_even_in_a_night_the_clock_changes(zone: str, day: date) -> None:
    clinic: Clinic = ClinicFactory(zone=zone)
    with tenant(clinic.pk, actor="test"):
        practice = make_practice(clinic, weekdays=range(7), start=time(20), end=MIDNIGHT)
        starts = _starts(practice, day=day, now=instant(day, time(1), ZoneInfo(zone)))
        midnight = hours_of_day(day, time(20), MIDNIGHT, ZoneInfo(zone))[1]
        visit = practice.book(starts_at=starts[-1], now=instant(day, time(1), ZoneInfo(zone)))

    assert starts[0] == instant(day, time(20), ZoneInfo(zone))
    assert visit.ends_at == midnight


# --- booked -----------------------------------------------------------------------------------------------------------
def test_the_desk_books_the_last_half_hour_before_midnight_and_not_a_minute_past_it(evening: Practice) -> None:
    assert _starts(evening)[-1] == at(23, 30)
    with pytest.raises(NotOfferedError) as refused:
        evening.book(starts_at=at(23, 45))
    assert "works 18:00 until midnight on this day" in str(refused.value.words)

    visit = evening.book(starts_at=at(23, 30))

    assert (visit.starts_at, visit.ends_at) == (at(23, 30), at(0, day=TUESDAY))
    assert _starts(evening)[-1] == at(22, 45)  # 23:00 would need its turnover


def test_hours_until_midnight_and_those_after_it_are_one_stretch(evening: Practice) -> None:
    open_week(evening.clinician, weekdays=range(1, 2), start=MIDNIGHT, end=time(2))

    assert at(23, 45) in _starts(evening, length=2)
    assert evening.book(starts_at=at(23, 45)).ends_at == at(0, 15, day=TUESDAY)


def test_midnight_to_midnight_is_the_whole_day(in_clinic: Clinic) -> None:
    practice = make_practice(in_clinic, start=MIDNIGHT, end=MIDNIGHT)

    starts = _starts(practice)

    assert (starts[0], starts[-1]) == (at(0), at(23, 30))


def test_a_visit_in_the_last_hour_is_listed_when_the_hours_until_midnight_go_and_they_come_back(
    evening: Practice,
) -> None:
    visit = evening.book(starts_at=at(23, 30))
    block = AvailabilityBlock.objects.get(weekday=0)

    change = setting_changes.remove_hours(block=block, by=evening.desk, now=NOW)

    assert change.visits == [visit.pk]
    assert change.title == "Hours removed: Dr Ada Berg, Monday 18:00 until midnight"
    setting_changes.undo(change=change, by=evening.desk, now=NOW)
    assert AvailabilityBlock.objects.get(weekday=0).end_time == MIDNIGHT


# --- refused ----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("end", [time(0, 1), time(17, 59), time(18)])
def test_no_other_end_may_come_before_the_beginning_in_the_service_or_the_database(
    evening: Practice, end: time
) -> None:
    hours: dict[str, Any] = {"clinician": evening.clinician, "start_time": time(18), "end_time": end}
    weekly = hours | {"valid_from_date": MONDAY, "valid_until_date": None}
    with pytest.raises(VisitRefusedError):
        availability.add_blocks(weekdays=[5], by=evening.desk, **weekly)
    with pytest.raises(VisitRefusedError):
        resources.add_extra_hours(day=MONDAY, by=evening.desk, **hours)
    with pytest.raises(IntegrityError, match="scheduling_block_ends_after_start"), transaction.atomic():
        AvailabilityBlock.objects.create(clinic=evening.clinic, weekday=5, **weekly)
    with pytest.raises(IntegrityError, match="scheduling_extrahours_ends_after_start"), transaction.atomic():
        ExtraHours.objects.create(clinic=evening.clinic, day=MONDAY, **hours)


# --- on the screen ----------------------------------------------------------------------------------------------------
@pytest.fixture
def practice(clinic: Clinic) -> Practice:
    with tenant(clinic.pk, actor="test"):
        return make_practice(clinic)


@pytest.mark.usefixtures("monday_morning")
def test_an_admin_types_hours_until_midnight_and_reads_them_so(practice: Practice, admin: Client) -> None:
    hours = {"clinician": practice.clinician.pk, "start_time": "18:00", "end_time": "00:00"}
    weekly, once = reverse("scheduling:add_hours"), reverse("scheduling:add_extra_hours")
    for form in (weekly, once):
        assert "00:00 is midnight at the end of the day." in admin.get(form).content.decode()

    saved = admin.post(weekly, hours | {"weekdays": [0], "valid_from_date": MONDAY}, follow=True)
    extra = admin.post(once, hours | {"day": "2026-09-12"}, follow=True)

    for page in (saved, extra):
        assert "The hours are saved." in page.content.decode()
        assert "18:00 until midnight" in page.content.decode()


@pytest.mark.usefixtures("monday_morning")
def test_an_end_before_the_beginning_is_said_beside_the_end(practice: Practice, admin: Client) -> None:
    typed = {"clinician": practice.clinician.pk, "start_time": "18:00", "end_time": "00:30", "day": "2026-09-12"}
    typed |= {"weekdays": [0], "valid_from_date": MONDAY}
    for name in ("add_hours", "add_extra_hours"):
        answer = admin.post(reverse(f"scheduling:{name}"), typed)
        assert answer.status_code == 422
        assert answer.context["form"].errors == {"end_time": ["The end must come after the beginning."]}
    with tenant(practice.clinic.pk):
        assert not ExtraHours.objects.exists()


@pytest.mark.usefixtures("monday_morning")
def test_an_overlap_with_hours_until_midnight_is_said_whichever_came_first(practice: Practice, admin: Client) -> None:
    whose = {"clinician": practice.clinician.pk, "valid_from_date": MONDAY}
    for weekday, start, end, said in (
        (0, "16:00", "00:00", "Monday 08:00–17:00"),
        (0, "23:00", "23:30", "Monday 16:00 until midnight"),
        (1, "17:00", "00:00", ""),
        (1, "00:00", "08:00", ""),
    ):
        hours = whose | {"weekdays": [weekday], "start_time": start, "end_time": end}
        page = admin.post(reverse("scheduling:add_hours"), hours, follow=True).content.decode()
        assert ("These overlap" in page) == bool(said), (weekday, start, end)
        assert said in page


@pytest.mark.usefixtures("monday_morning")
def test_the_calendar_draws_hours_to_midnight_and_the_night_after_them(practice: Practice, desk: Client) -> None:
    with tenant(practice.clinic.pk, actor="test"):
        AvailabilityBlock.objects.all().delete()
        open_week(practice.clinician, weekdays=range(1), start=time(22), end=MIDNIGHT)
        open_week(practice.clinician, weekdays=range(1, 2), start=MIDNIGHT, end=time(2))
    a_visit(practice, starts_at=at(23, 30))
    events = reverse("scheduling:calendar_events")

    day = desk.get(events, {"day": MONDAY}).json()
    week = desk.get(events, {"day": MONDAY, "span": "week"}).json()

    assert day["hours"] == [22, 24]
    assert not [shade for shade in day["shades"] if shade["end"] > "2026-09-07T22:00"]
    assert day["visits"][0]["end"] == "2026-09-08T00:00"
    assert week["days"] == 7
    assert week["hours"] == [0, 24]
    assert week["quiet_weekdays"] == [2, 3, 4, 5, 6]
    page = desk.get(reverse("scheduling:calendar"), {"day": MONDAY}).content.decode()
    assert "23:30" in page
