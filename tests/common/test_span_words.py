"""Whole days are told by their last day, hours by both ends."""

from datetime import date, time, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from common.span_words import end_words, span_words
from common.wall_clock import day_bounds, instant
from tests.scheduling.conftest import BERLIN


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(first=st.dates(date(1980, 1, 1), date(2060, 1, 1)), days=st.integers(0, 400), hour=st.integers(4, 23))
def test_a_span_is_told_as_people_say_it(first: date, days: int, hour: int) -> None:
    last = first + timedelta(days=days)
    start, end = day_bounds(first, BERLIN)[0], day_bounds(last, BERLIN)[1]
    day = f"{last.day} {last:%b} {last.year}"
    assert end_words(end, BERLIN) == day
    assert span_words(start, end, BERLIN).endswith(day)
    assert ("–" in span_words(start, end, BERLIN)) == (days > 0)
    noon = instant(last, time(hour, 30), BERLIN)
    assert end_words(noon, BERLIN) == f"{day} {hour:02}:30"
    assert span_words(start, noon, BERLIN).endswith(f"{hour:02}:30")
