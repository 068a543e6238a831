"""The drawn day on the two days a year on which the clock is changed: everything stands at the time the wall shows."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from django.core.paginator import Paginator

from common.wall_clock import clock_change, instant
from scheduling.queries.agendas import Agenda
from scheduling.queries.calendar_pictures import picture
from scheduling.queries.calendar_visits import made
from scheduling.queries.calendars import Shown

WHO = UUID(int=1)
# Zone, day, when the clock would show this it shows that; half an hour on Lord Howe, midnight in Cairo.
CHANGES = [
    ("Europe/Berlin", date(2026, 3, 29), time(2), time(3)),
    ("Europe/Berlin", date(2026, 10, 25), time(3), time(2)),
    ("America/New_York", date(2026, 3, 8), time(2), time(3)),
    ("America/New_York", date(2026, 11, 1), time(2), time(1)),
    ("Australia/Lord_Howe", date(2026, 10, 4), time(2), time(2, 30)),
    ("Australia/Lord_Howe", date(2026, 4, 5), time(2), time(1, 30)),
    ("Africa/Cairo", date(2026, 4, 24), time(0), time(1)),
    ("Africa/Cairo", date(2026, 10, 29), time(0), time(23)),
]
DAYS = [(ZoneInfo(zone), day) for zone, day, _at, _to in CHANGES]


def drawn(zone: ZoneInfo, day: date, visits: list[datetime], *, opens: time, closes: time) -> dict[str, Any]:
    """A day of one clinician who works from ``opens`` to ``closes``, with visits of half an hour."""
    span = (instant(day, opens, zone), instant(day, closes, zone))
    half = timedelta(minutes=30)
    rows = [
        made(
            UUID(int=2),
            UUID(int=3),
            WHO,
            None,
            at,
            at + half,
            "booked",
            1,
            None,
            "A",
            "B",
            "en",
            False,
            None,
            "Visit",
            0,
            "C",
            None,
            zone=zone,
        )
        for at in visits
    ]
    found = Shown(
        first_day=day,
        days=1,
        is_by_room=False,
        blocks={},
        agenda=Agenda(zone=zone, working={WHO: [span]}, away={}),
        held={WHO: [(at, at + half) for at in visits]} if visits else {},
        page=Paginator([WHO], 1).get_page(1),
        names={WHO: "C"},
        visits=rows,
        held_times=[],
    )
    return picture(found, zone=zone, may_move=True)


@pytest.mark.parametrize(("zone", "day", "at", "to"), CHANGES)
def test_the_change_of_the_clock_is_known_with_its_times(zone: str, day: date, at: time, to: time) -> None:
    change = clock_change(day, ZoneInfo(zone))

    assert change is not None
    assert (change.at, change.to) == (at, to)
    assert change.is_forward == (day.month in ((10,) if "Lord" in zone else (3, 4)))


@pytest.mark.parametrize(
    ("zone", "day"),
    [
        ("Europe/Berlin", date(2026, 3, 28)),
        ("Europe/Berlin", date(2026, 3, 30)),
        ("Africa/Cairo", date(2026, 4, 23)),
        ("Africa/Cairo", date(2026, 10, 30)),
        ("Asia/Kolkata", date(2026, 3, 29)),
        ("Pacific/Apia", date(2011, 12, 31)),
    ],
)
def test_other_days_have_no_change(zone: str, day: date) -> None:
    assert clock_change(day, ZoneInfo(zone)) is None


@pytest.mark.parametrize(("zone", "day"), DAYS)
def test_each_visit_stands_at_the_time_of_the_wall(zone: ZoneInfo, day: date) -> None:
    times = [time(1), time(4), time(9, 15), time(16, 45), time(22)]

    told = drawn(zone, day, [instant(day, one, zone) for one in times], opens=time(8), closes=time(17))

    assert [one["start"] for one in told["visits"]] == [f"{day}T{one:%H:%M}" for one in times]
    assert [one["end"][11:] for one in told["visits"]] == ["01:30", "04:30", "09:45", "17:15", "22:30"]


@pytest.mark.parametrize(("zone", "day"), DAYS)
def test_the_shades_end_and_begin_at_the_hours_of_the_wall(zone: ZoneInfo, day: date) -> None:
    early_and_late = [instant(day, time(4), zone), instant(day, time(20), zone)]

    told = drawn(zone, day, early_and_late, opens=time(8), closes=time(17))

    assert told["hours"] == [4, 21]
    assert [(one["start"][11:], one["end"][11:]) for one in told["shades"]] == [("04:00", "08:00"), ("17:00", "21:00")]


@pytest.mark.parametrize(("zone", "day"), DAYS)
def test_hours_across_the_change_are_drawn_to_their_end_by_the_wall(zone: ZoneInfo, day: date) -> None:
    told = drawn(zone, day, [], opens=time(1), closes=time(6))

    assert (told["hours"][0], told["hours"][1] >= 6) == (1, True)


def test_a_visit_in_the_second_showing_of_an_hour_stands_at_that_time() -> None:
    second = datetime(2026, 10, 25, 1, 30, tzinfo=UTC)

    told = drawn(ZoneInfo("Europe/Berlin"), date(2026, 10, 25), [second], opens=time(8), closes=time(17))

    assert (told["visits"][0]["start"], told["hours"]) == ("2026-10-25T02:30", [2, 17])
