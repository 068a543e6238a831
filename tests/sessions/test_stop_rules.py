"""The stop rules of domain.md §5: each trips where it must and not one step inside; what is missing never trips."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sessions.stop_rules import Scores, tripped

NRS = st.one_of(st.none(), st.integers(0, 10))
SESSIONS = st.lists(st.builds(Scores, before=NRS, after=NRS), max_size=10)


def course(*rows: tuple[int | None, int | None] | int) -> list[Scores]:
    """A pair is (before, after); a bare number is a score before with full relief on the table."""
    pairs = [row if isinstance(row, tuple) else (row, 0) for row in rows]
    return [Scores(before=before, after=after) for before, after in pairs]


def rules(sessions: Sequence[Scores], **more: int | None) -> list[str]:
    return [found.rule for found in tripped(sessions, **more)]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("sessions", "does_trip"),
    [
        (course((10, 8), (10, 8)), True),  # 20 % twice
        (course((10, 9), (10, 10)), True),
        (course((8, 9), (8, 8)), True),  # worse after
        (course((10, 8), (10, 7)), False),  # 30 % is a response
        (course((10, 7), (10, 8)), False),
        (course((10, 8)), False),  # one session is not two
        (course((10, None), (10, 8)), False),  # nobody asked after
        (course((0, 0), (10, 8)), False),  # V05: nothing can fall from 0
    ],
)
def test_a_asks_when_the_first_two_sessions_gave_little_relief(sessions: list[Scores], does_trip: bool) -> None:
    assert ("a" in rules(sessions)) is does_trip


@pytest.mark.parametrize(
    ("sessions", "does_trip"),
    [
        (course(8, 8, 8), True),
        (course(8, 5, 8), True),
        (course(7, 7, 9), True),
        (course(8, 8, 7), False),  # a whole point
        (course(8, 8), False),  # not yet three
        (course(8, None, None), False),
        (course(None, 8, 8), False),
        (course(0, 3, 3), False),  # no pain to fall from
    ],
)
def test_b_asks_when_pain_has_not_fallen_after_three_sessions(sessions: list[Scores], does_trip: bool) -> None:
    assert ("b" in rules(sessions)) is does_trip


@pytest.mark.parametrize(
    ("sessions", "pgic", "does_trip"),
    [
        (course(10, 9, 9, 8, 8, 8), 4, True),  # 20 %, “no change”
        (course(10, 9, 9, 8, 8, 8), None, True),  # nobody asked: the fall alone
        (course(10, 9, 9, 8, 8, 8), 3, False),  # the patient says minimally improved
        (course(10, 9, 9, 8, 8, 7), 4, False),  # 30 %
        (course(10, 9, 9, 8, 8), 4, False),  # five sessions
        (course(10, 9, 9, 8, 8, None), 4, False),
    ],
)
def test_c_asks_when_six_sessions_did_little(sessions: list[Scores], pgic: int | None, does_trip: bool) -> None:
    assert ("c" in rules(sessions, pgic=pgic)) is does_trip


def test_c_says_when_the_overall_change_is_missing() -> None:
    sessions = course(10, 9, 9, 8, 8, 8)
    assert [found.is_pgic_missing for found in tripped(sessions) if found.rule == "c"] == [True]
    assert [found.is_pgic_missing for found in tripped(sessions, pgic=5) if found.rule == "c"] == [False]


@pytest.mark.parametrize(
    ("sessions", "does_trip"),
    [
        (course(9, 6, 6, 7, 6), True),
        (course(9, 6, 5, 6, 7), True),  # one point better is unchanged
        (course(9, 6, 6, 4, 6), False),  # two points better
        (course(9, 8, 8), False),  # nothing to compare with
        (course(9, 6, None, 6, 6), False),  # one of the three is missing
        (course(None, 6, 6, 6), False),
    ],
)
def test_d_asks_on_a_plateau(sessions: list[Scores], does_trip: bool) -> None:
    assert ("d" in rules(sessions)) is does_trip


@pytest.mark.parametrize(
    ("sessions", "goals", "reached", "does_trip"),
    [
        (course(8, 2, 2), 0, 0, True),
        (course(8, 0, 1), 0, 0, True),
        (course(8, 2, 3), 0, 0, False),
        (course(8, 2, 3, 2), 0, 0, False),  # not twice running
        (course(8, None, 2), 0, 0, False),
        (course(2), 0, 0, False),
        (course(8, 7), 2, 2, True),  # both of the patient's goals
        (course(8, 7), 2, 1, False),
        (course(), 1, 1, False),  # nothing was done yet
    ],
)
def test_success_asks_when_pain_is_low_twice_or_the_goals_are_reached(
    sessions: list[Scores], goals: int, reached: int, does_trip: bool
) -> None:
    assert ("success" in rules(sessions, goals=goals, goals_reached=reached)) is does_trip


def test_a_rule_names_the_session_it_rests_on() -> None:
    found = {one.rule: one.number for one in tripped(course((8, 7), (8, 7), (8, 7)))}
    assert found == {"a": 2, "b": 3}


def test_an_impossible_overall_change_is_refused() -> None:
    with pytest.raises(ValueError, match="1 to 7"):
        tripped([], pgic=0)


@given(SESSIONS)
def test_rules_are_ordered_unique_and_rest_on_a_session_that_is_there(sessions: list[Scores]) -> None:
    found = tripped(sessions)
    assert [one.rule for one in found] == sorted({one.rule for one in found})
    assert all(1 <= one.number <= len(sessions) for one in found)


@given(SESSIONS)
def test_without_any_score_nothing_trips(sessions: list[Scores]) -> None:
    assert tripped([Scores(before=None, after=None) for _one in sessions]) == []


@given(st.lists(st.integers(1, 10), min_size=3, max_size=10), st.data())
def test_taking_the_first_or_the_latest_score_away_never_trips_b(scores: list[int], data: st.DataObject) -> None:
    sessions = course(*scores)
    which = data.draw(st.sampled_from([0, -1]))
    sessions[which] = Scores(before=None, after=None)
    assert "b" not in rules(sessions)


@given(SESSIONS, st.integers(1, 3))
def test_a_patient_who_calls_it_improved_is_no_non_responder_of_c(sessions: list[Scores], pgic: int) -> None:
    assert "c" not in rules(sessions, pgic=pgic)


@given(SESSIONS)
def test_first_sessions_decide_a_whatever_comes_after(sessions: list[Scores]) -> None:
    assert ("a" in rules(sessions)) == ("a" in rules(sessions[:2]))
