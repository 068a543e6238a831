"""Relief on the table, cycle by cycle, and the time of the observation (domain.md §5, §10)."""

import doctest
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sessions import observation as observation_module
from sessions import response as response_module
from sessions.observation import Observation, default_minutes
from sessions.response import MAX_CYCLES, Asked, Response, Undefined, minutes_since, response

AT = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
SCORES = st.integers(0, 10)


def asked(score: int, *, cycle: int = 1, minutes: int = 3) -> Asked:
    return Asked(cycle, score, AT + timedelta(minutes=minutes))


@pytest.mark.parametrize("module", [response_module, observation_module])
def test_the_examples_in_the_docstrings_hold(module: object) -> None:
    assert doctest.testmod(module).failed == 0  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("before", "after", "minutes", "percent", "undefined"),
    [
        (8, 2, 3, 75.0, None),
        (4, 6, 3, -50.0, None),
        (8, 2, 30, 75.0, None),
        (8, 2, 31, None, Undefined.TOO_LATE),
        (0, 0, 3, None, Undefined.FROM_ZERO),
        (None, 2, 3, None, Undefined.NO_BEFORE),
    ],
)
def test_a_percentage_is_given_only_where_it_is_defined(
    before: int | None, after: int, minutes: int, percent: float | None, undefined: Undefined | None
) -> None:
    found = response(before, [asked(after, minutes=minutes)], [AT])
    assert (found.percent, found.undefined) == (percent, undefined)


def test_without_a_score_after_there_is_no_percentage() -> None:
    assert response(8, []).undefined is Undefined.NO_AFTER


@pytest.mark.parametrize(("before", "is_floor"), [(3, True), (4, False), (None, False)])
def test_little_pain_before_is_flagged(before: int | None, is_floor: bool) -> None:
    assert response(before, [asked(0)]).is_floor is is_floor


def test_each_cycle_starts_from_the_score_before_it_and_the_last_one_counts() -> None:
    found = response(8, [asked(2, cycle=2, minutes=12), asked(6)], [AT, AT + timedelta(minutes=10)])
    assert [(c.before, c.after, c.minutes) for c in found.cycles] == [(8, 6, 3), (6, 2, 2)]
    assert (found.fall, found.percent) == (6, 75.0)


def test_there_is_no_percentage_where_nobody_can_tell_how_long_after_the_injection() -> None:
    """Nobody wrote down its last injection: it came after the first one, and after those of the cycles before."""
    late, soon = asked(2, minutes=300), asked(2, minutes=30)
    for found in (response(8, [late]), response(8, [late], since=AT), response(8, [soon], [None])):
        assert (found.minutes, found.percent, found.undefined) == (None, None, Undefined.UNKNOWN_TIME)
    assert response(8, [soon], since=AT).percent == 75.0
    # The last injection of the first cycle was ten hours before the second cycle's score.
    second = [asked(6), asked(2, cycle=2, minutes=600)]
    for since in (None, AT):
        assert response(8, second, [AT], since=since).undefined is Undefined.UNKNOWN_TIME
        assert response(8, second, [AT, AT + timedelta(minutes=569)], since=since).undefined is Undefined.TOO_LATE
        assert response(8, second, [AT + timedelta(minutes=570)], since=since).percent == 75.0


@given(before=st.none() | SCORES, scores=st.lists(SCORES, max_size=MAX_CYCLES), times=st.lists(st.none() | st.just(AT)))
def test_no_cycle_is_lost_and_each_begins_where_the_last_one_ended(
    before: int | None, scores: list[int], times: list[datetime | None]
) -> None:
    told = [asked(score, cycle=number) for number, score in enumerate(scores, start=1)]
    found = response(before, reversed(told), times)
    assert [cycle.after for cycle in found.cycles] == scores
    assert [cycle.before for cycle in found.cycles] == [before, *scores][: len(scores)]


@given(before=st.none() | SCORES, after=st.none() | SCORES, minutes=st.none() | st.integers(-600, 600))
def test_a_percentage_is_missing_exactly_where_a_reason_is_given(
    before: int | None, after: int | None, minutes: int | None
) -> None:
    at = None if minutes is None else AT - timedelta(minutes=minutes)
    found: Response = response(before, [] if after is None else [asked(after, minutes=0)], [at])
    assert (found.percent is None) == (found.undefined is not None)
    assert found.percent is None or minutes is not None
    assert found.percent is None or (-900 <= found.percent <= 100 and (found.percent > 0) == ((found.fall or 0) > 0))


@given(seconds=st.integers(-7200, 7200))
def test_minutes_since_an_injection_are_whole_and_rounded_down(seconds: int) -> None:
    minutes = minutes_since(AT, AT + timedelta(seconds=seconds))
    assert minutes is not None
    assert minutes * 60 <= seconds < (minutes + 1) * 60


def test_who_faints_with_needles_is_watched_longer() -> None:
    assert default_minutes(has_vasovagal_flag=True) > default_minutes(has_vasovagal_flag=False)


@given(planned=st.integers(1, 240), seconds=st.integers(0, 20_000))
def test_the_clock_reaches_zero_exactly_when_the_time_is_over(planned: int, seconds: int) -> None:
    now = AT + timedelta(seconds=seconds)
    watched = Observation(AT, planned)
    assert watched.seconds_left(now) == max(0, planned * 60 - seconds)
    assert (watched.seconds_left(now) == 0) == watched.is_over(now)
    assert watched.minutes(now) == seconds // 60
