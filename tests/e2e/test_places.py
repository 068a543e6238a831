"""The middle of a morning is found at every hour of a year."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from tests.e2e.places import where_it_is_morning


def test_it_is_morning_there_whenever_the_tests_run() -> None:
    hours = (datetime(2026, 1, 1, tzinfo=UTC) + timedelta(hours=hour) for hour in range(0, 365 * 24, 5))
    found = {now.astimezone(ZoneInfo(where_it_is_morning(now).zone)).hour for now in hours}
    assert found <= {8, 9, 10, 11, 12}
