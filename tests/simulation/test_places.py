"""The made-up clinic lies where it is working hours."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from pitclinic.simulation.places import place_at


@pytest.mark.parametrize("hour", [*range(6), *range(8, 24)])
def test_the_clinic_is_at_work_at_almost_any_hour(hour: int):
    now = datetime(2026, 11, 22, hour, 0, tzinfo=UTC)
    assert 8 <= now.astimezone(ZoneInfo(place_at(now).zone)).hour <= 17


def test_before_anybody_is_at_work_it_lies_where_the_day_begins_next():
    assert place_at(datetime(2026, 11, 22, 6, 30, tzinfo=UTC)).zone == "Europe/Berlin"
