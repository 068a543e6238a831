"""An instant has a day only on a clock: one place says it in words, and every text of the record goes there."""

import re
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from common.local_words import day_words, local_clock_words, local_day_words, local_time_words

ROOT = Path(__file__).parents[2]
AFTERNOON = datetime(2026, 3, 2, 23, 30, tzinfo=UTC)


def test_the_day_is_the_clinics_own() -> None:
    for zone, day, clock in (
        ("Pacific/Auckland", "3 Mar 2026", "12:30"),
        ("America/Los_Angeles", "2 Mar 2026", "15:30"),
        ("Asia/Kolkata", "3 Mar 2026", "05:00"),
    ):
        there = ZoneInfo(zone)
        assert local_day_words(AFTERNOON, there) == day
        assert local_clock_words(AFTERNOON, there) == clock
        assert local_time_words(AFTERNOON, there) == f"{day} {clock}"
        assert local_time_words(AFTERNOON, there, seconds=True) == f"{day} {clock}:00"


def test_a_day_of_the_calendar_has_no_zone_and_an_instant_no_day_without_one() -> None:
    assert day_words(date(2026, 3, 2)) == "2 Mar 2026"
    with pytest.raises(TypeError, match="only in a zone"):
        day_words(AFTERNOON)


def test_no_text_of_the_treatment_is_dated_past_it() -> None:
    """``date_format`` takes an instant as it is, in UTC: a consent of this afternoon was printed as tomorrow's."""
    found = [
        str(path.relative_to(ROOT))
        for app in ("sessions", "portal")
        for path in (ROOT / app).rglob("*.py")
        if re.search(r"\bdate_format\b|\.measured_at\.date\(\)|_at\.strftime", path.read_text())
    ]
    assert found == []
