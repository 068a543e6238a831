"""When a message may leave: wall clock, quiet hours and changes of the clocks, in many zones over two years."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from patients import quiet_hours
from reminders import timing
from reminders.timing import Rung

LADDER = [
    Rung("care_0h", hours=2),
    Rung("check_24h", days=1, at=time(10, 0)),
    Rung("check_72h", days=3, at=time(10, 0)),
    Rung("check_7d", days=7, at=time(10, 0)),
]
ZONES = [
    "Europe/Berlin",
    "Europe/London",
    "America/New_York",
    "America/Sao_Paulo",
    "America/St_Johns",
    "Africa/Cairo",
    "Africa/Casablanca",
    "Asia/Kathmandu",
    "Asia/Gaza",
    "Australia/Lord_Howe",
    "Pacific/Chatham",
    "Pacific/Kiritimati",
    "Pacific/Pago_Pago",
    "UTC",
]
moments = st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31), timezones=st.just(UTC))
# A busy machine is slow to draw; that says nothing about the arithmetic.
calm = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
zones = st.sampled_from(ZONES).map(ZoneInfo)


@calm
@given(signed_at=moments, zone=zones, rung=st.sampled_from(LADDER))
def test_nothing_is_owed_in_the_quiet_hours(signed_at, zone, rung):
    due = timing.due_at(rung, signed_at, zone)
    assert time(8) <= due.astimezone(zone).time() < time(20)
    assert not quiet_hours.is_quiet(due, zone)


@calm
@given(signed_at=moments, zone=zones, rung=st.sampled_from(LADDER[1:]))
def test_a_later_step_is_owed_at_ten_by_the_patients_clock_some_calendar_days_later(signed_at, zone, rung):
    local = timing.due_at(rung, signed_at, zone).astimezone(zone)
    assert local.replace(tzinfo=None).time() == time(10)
    assert local.date() == signed_at.astimezone(zone).date() + timedelta(days=rung.days)


@calm
@given(signed_at=moments, zone=zones)
def test_the_first_step_is_owed_two_hours_later_or_the_next_morning(signed_at, zone):
    due = timing.due_at(LADDER[0], signed_at, zone)
    assert due == signed_at + timedelta(hours=2) or due.astimezone(zone).time() == time(8)
    assert timedelta(hours=2) <= due - signed_at <= timedelta(hours=15)


@calm
@given(signed_at=moments, zone=zones, rung=st.sampled_from(LADDER))
def test_a_step_lasts_until_the_next_one_is_owed(signed_at, zone, rung):
    due = timing.due_at(rung, signed_at, zone)
    expires = timing.expires_at(rung, LADDER, signed_at, zone)
    assert due < expires <= due + timedelta(days=4, hours=1)


@calm
@given(moment=moments, zone=zones)
def test_waiting_for_the_quiet_hours_to_end_takes_at_most_half_a_day_and_ends_it(moment, zone):
    then = quiet_hours.after_quiet_hours(moment, zone)
    assert moment <= then <= moment + timedelta(hours=13)
    assert quiet_hours.after_quiet_hours(then, zone) == then


@pytest.mark.parametrize(
    ("zone", "signed_at", "due_at"),
    [
        # Berlin: clocks go forward on 29 March 2026: the "24 hours" are 23.
        ("Europe/Berlin", datetime(2026, 3, 28, 9, 0, tzinfo=UTC), datetime(2026, 3, 29, 8, 0, tzinfo=UTC)),
        # New York: clocks go back on 1 November 2026: they are 25.
        ("America/New_York", datetime(2026, 10, 31, 14, 0, tzinfo=UTC), datetime(2026, 11, 1, 15, 0, tzinfo=UTC)),
        ("Asia/Kathmandu", datetime(2026, 6, 1, 4, 15, tzinfo=UTC), datetime(2026, 6, 2, 4, 15, tzinfo=UTC)),
        # Lord Howe goes back half an hour on 5 April 2026.
        ("Australia/Lord_Howe", datetime(2026, 4, 3, 23, 0, tzinfo=UTC), datetime(2026, 4, 4, 23, 30, tzinfo=UTC)),
    ],
)
def test_a_day_is_a_calendar_day_when_the_clocks_change(zone, signed_at, due_at):
    assert timing.due_at(LADDER[1], signed_at, ZoneInfo(zone)) == due_at


@pytest.mark.parametrize(
    ("shown", "is_quiet"),
    [
        (time(7, 59, 59), True),
        (time(8, 0), False),
        (time(19, 59, 59), False),
        (time(20, 0), True),
        (time(0, 0), True),
    ],
)
def test_quiet_hours_run_from_eight_in_the_evening_to_eight_in_the_morning(shown, is_quiet):
    zone = ZoneInfo("Europe/Berlin")
    moment = datetime.combine(datetime(2026, 7, 1).date(), shown, tzinfo=zone)
    assert quiet_hours.is_quiet(moment, zone) is is_quiet


@calm
@given(attempts=st.integers(1, 20), jitter=st.floats(0, 1, exclude_max=True))
def test_the_wait_grows_from_a_minute_to_an_hour_with_a_little_spread(attempts, jitter):
    wait = timing.backoff(attempts, jitter=jitter)
    base = timedelta(minutes=timing.BACKOFF_MINUTES[min(attempts, 4) - 1])
    assert base <= wait <= base * 1.2
