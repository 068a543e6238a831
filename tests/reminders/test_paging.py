"""When whom: rounds of five minutes, one person more every ten, and nothing made up for after an outage."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from reminders import paging

BEGAN = datetime(2026, 3, 4, 2, 17, 41, 123456, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
ages = st.timedeltas(min_value=timedelta(), max_value=timedelta(days=60))


def people_at(minutes: float, on_call: int) -> int:
    return paging.people_in(paging.round_at(BEGAN, BEGAN + minutes * MINUTE), on_call)


def test_the_first_hour_with_three_people_on_call() -> None:
    assert [people_at(minutes, 3) for minutes in (0, 4.9, 5, 9.9, 10, 15, 19.9, 20, 25, 55)] == [
        1, 1, 1, 1, 2, 2, 2, 3, 3, 3,
    ]  # fmt: skip


def test_with_nobody_on_call_nobody_is_paged() -> None:
    assert people_at(120, 0) == 0


def test_two_clocks_that_differ_page_at_once() -> None:
    assert paging.round_at(BEGAN, BEGAN - timedelta(seconds=3)) == 0


@given(age=ages, on_call=st.integers(1, 12))
def test_every_moment_is_in_one_round_and_the_first_person_is_in_every_round(age: timedelta, on_call: int) -> None:
    number = paging.round_at(BEGAN, BEGAN + age)
    assert paging.starts_at(BEGAN, number) <= BEGAN + age < paging.starts_at(BEGAN, number + 1)
    assert 1 <= paging.people_in(number, on_call) <= on_call
    assert paging.people_in(number + 1, on_call) - paging.people_in(number, on_call) in (0, 1)


@given(age=ages, on_call=st.integers(1, 12), place=st.integers(0, 11))
def test_the_next_page_is_announced_for_the_round_it_comes_in(age: timedelta, on_call: int, place: int) -> None:
    """Whoever is announced is in that round, was in none between, and waits five minutes at most once joined."""
    if place >= on_call:
        return
    now = BEGAN + age
    at = paging.next_page_at(BEGAN, place, now)
    number = paging.round_at(BEGAN, at)
    assert at > now
    assert place < paging.people_in(number, on_call)
    assert all(place >= paging.people_in(r, on_call) for r in range(paging.round_at(BEGAN, now) + 1, number))
    if place < paging.people_in(paging.round_at(BEGAN, now), on_call):
        assert at - now <= paging.EVERY


@given(age=ages, pause=ages, on_call=st.integers(1, 12))
def test_an_alarm_that_rings_again_pages_the_round_it_would_be_in_and_is_due_no_later(
    age: timedelta, pause: timedelta, on_call: int
) -> None:
    rang_at = BEGAN + pause
    number = paging.round_at(BEGAN, rang_at + age)
    assert paging.due_at(BEGAN, rang_at, number) <= rang_at + age
    assert paging.people_in(number, on_call) >= paging.people_in(paging.round_at(rang_at, rang_at + age), on_call)


@given(steps=st.lists(st.integers(1, 3600), min_size=1, max_size=60))
def test_an_unheard_alarm_is_told_once_every_fifteen_minutes_however_the_sweeps_come(steps: list[int]) -> None:
    now, before, told = BEGAN, None, 0
    for seconds in steps:
        now += timedelta(seconds=seconds)
        told += paging.is_told_again(BEGAN, before, now)
        before = now
    passed = (now - BEGAN) // paging.UNHEARD_AFTER
    assert told <= passed
    assert (told > 0) == (passed > 0)
