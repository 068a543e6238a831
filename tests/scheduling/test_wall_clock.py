"""The clock on the wall, on the days it jumps: Berlin, New York, Lord Howe (half an hour), Kolkata (never)."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.wall_clock import day_bounds, instant, is_shown, is_shown_twice, local_day

# Zone → its two jumps in 2026 as (day, local time before which the clock jumps, minutes forward).
JUMPS = {
    "Europe/Berlin": [(date(2026, 3, 29), 60), (date(2026, 10, 25), -60)],
    "America/New_York": [(date(2026, 3, 8), 60), (date(2026, 11, 1), -60)],
    "Australia/Lord_Howe": [(date(2026, 10, 4), 30), (date(2026, 4, 5), -30)],
    "Asia/Kolkata": [],
    "Africa/Cairo": [(date(2026, 4, 24), 60), (date(2026, 10, 29), -60)],  # jumps at midnight
}
CASES = [(zone, *jump) for zone, jumps in JUMPS.items() for jump in jumps]

zones = st.sampled_from(sorted(JUMPS)).map(ZoneInfo)
days = st.dates(date(2025, 1, 1), date(2028, 12, 31)) | st.sampled_from([day for _zone, day, _by in CASES])
times = st.times()


@given(days, times, zones)
def test_a_time_the_clock_shows_is_read_back_and_a_skipped_one_is_the_moment_of_the_jump(
    day: date, at: time, zone: ZoneInfo
) -> None:
    found = instant(day, at, zone)
    wall = found.astimezone(zone)
    if is_shown(day, at, zone):
        assert (wall.date(), wall.time()) == (day, at)
        assert wall.fold == 0
    else:
        assert wall.time() > at or wall.date() > day
        just_before = found - timedelta(seconds=1)
        assert just_before.astimezone(zone).utcoffset() != wall.utcoffset()


@given(days, times, times, zones)
def test_later_on_the_wall_is_never_earlier_in_time(day: date, one: time, other: time, zone: ZoneInfo) -> None:
    first, second = sorted((one, other))
    assert instant(day, first, zone) <= instant(day, second, zone)


@given(days, zones)
def test_days_follow_each_other_without_a_gap(day: date, zone: ZoneInfo) -> None:
    start, end = day_bounds(day, zone)
    assert day_bounds(day + timedelta(days=1), zone)[0] == end
    assert local_day(start, zone) == day
    assert local_day(end - timedelta(microseconds=1), zone) == day


@pytest.mark.parametrize(("zone", "day", "minutes"), CASES)
def test_a_day_of_a_jump_is_shorter_or_longer_by_it(zone: str, day: date, minutes: int) -> None:
    start, end = day_bounds(day, ZoneInfo(zone))
    assert end - start == timedelta(hours=24) - timedelta(minutes=minutes)


def test_a_time_shown_twice_is_known() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    assert is_shown_twice(datetime(2026, 10, 25, 0, 30, tzinfo=UTC), berlin)
    assert is_shown_twice(datetime(2026, 10, 25, 1, 30, tzinfo=UTC), berlin)
    assert not is_shown_twice(datetime(2026, 10, 25, 2, 30, tzinfo=UTC), berlin)
    assert not is_shown_twice(datetime(2026, 3, 29, 1, 0, tzinfo=UTC), berlin)
