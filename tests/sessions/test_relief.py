"""Relief on the table and at home: the definitions of domain.md §10, by example and by property."""

import doctest
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sessions import relief as module
from sessions.relief import Answer, Relief, ReliefState, is_half_lost, median, relief
from sessions.response import relief_percent

END = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
SCORES = st.integers(0, 10)
UNKNOWN = Relief(state=ReliefState.UNKNOWN)


def after_hours(hours: float) -> datetime:
    return END + timedelta(hours=hours)


def test_the_examples_in_the_docstrings_hold() -> None:
    assert doctest.testmod(module).failed == 0


@pytest.mark.parametrize(
    ("before", "after", "percent"),
    [
        (8, 2, 75.0),
        (6, 6, 0.0),
        (4, 6, -50.0),
        (5, 0, 100.0),
        (0, 0, None),
        (0, 3, None),
        (None, 3, None),
        (3, None, None),
    ],
)
def test_relief_on_the_table_is_the_share_of_the_pain_before(before: int, after: int, percent: float | None) -> None:
    assert relief_percent(before, after) == percent


@given(before=st.integers(1, 10), after=SCORES)
def test_relief_on_the_table_lies_between_all_gone_and_ten_times_worse(before: int, after: int) -> None:
    percent = relief_percent(before, after)
    assert percent is not None
    assert -900 <= percent <= 100
    assert (percent > 0) == (after < before)


def test_silence_is_missing_and_never_zero() -> None:
    assert relief(END, []) == UNKNOWN


def test_the_patients_own_time_of_return_is_the_duration() -> None:
    told = [Answer(at=after_hours(48), has_ended=True, ended_at=after_hours(30))]
    assert relief(END, told) == Relief(state=ReliefState.ENDED, hours=30)


def test_an_end_without_a_time_lies_between_the_last_word_that_it_lasts_and_the_report() -> None:
    told = [Answer(at=after_hours(22), has_ended=False), Answer(at=after_hours(70), has_ended=True)]
    assert relief(END, told) == Relief(state=ReliefState.ENDED, hours=70, is_at_most=True, at_least=22)
    assert relief(END, told[1:]) == Relief(state=ReliefState.ENDED, hours=70, is_at_most=True)
    stated = [told[0], Answer(at=after_hours(70), has_ended=True, ended_at=after_hours(30))]
    assert relief(END, stated) == Relief(state=ReliefState.ENDED, hours=30)


def test_relief_that_still_lasts_is_censored_at_the_last_answer() -> None:
    told = [Answer(at=after_hours(22), has_ended=False), Answer(at=after_hours(70), has_ended=False)]
    assert relief(END, told) == Relief(state=ReliefState.LASTING, hours=70)


def test_the_first_end_counts_whatever_is_told_later() -> None:
    told = [
        Answer(at=after_hours(70), has_ended=False),
        Answer(at=after_hours(22), has_ended=True, ended_at=after_hours(5)),
    ]
    assert relief(END, told) == Relief(state=ReliefState.ENDED, hours=5)


def test_half_of_the_gain_lost_is_an_end_though_nobody_asked() -> None:
    told = [Answer(at=after_hours(4), score=3), Answer(at=after_hours(24), score=5)]
    ended = Relief(state=ReliefState.ENDED, hours=24, is_at_most=True, at_least=4)
    assert relief(END, told, before=8, after=2) == ended


def test_a_patient_who_says_it_lasts_is_believed_over_the_score() -> None:
    told = [Answer(at=after_hours(24), has_ended=False, score=9)]
    assert relief(END, told, before=8, after=2) == Relief(state=ReliefState.LASTING, hours=24)


def test_the_tap_on_a_score_just_before_the_word_that_it_lasts_is_one_answer_with_it() -> None:
    told = [Answer(at=after_hours(24), score=9), Answer(at=after_hours(24.01), has_ended=False)]
    assert relief(END, told, before=8, after=2) == Relief(state=ReliefState.LASTING, hours=24.01)


def test_a_score_of_hours_before_counts_by_itself() -> None:
    told = [Answer(at=after_hours(20), score=9), Answer(at=after_hours(24), has_ended=False)]
    ended = Relief(state=ReliefState.ENDED, hours=20, is_at_most=True)
    assert relief(END, told, before=8, after=2) == ended


def test_a_score_says_nothing_where_the_session_gave_no_gain() -> None:
    told = [Answer(at=after_hours(24), score=9)]
    assert relief(END, told, before=5, after=5) == UNKNOWN
    assert relief(END, told) == UNKNOWN


def test_what_is_told_after_the_next_session_could_be_of_either_and_counts_for_neither() -> None:
    told = [Answer(at=after_hours(24), has_ended=False), Answer(at=after_hours(200), has_ended=True)]
    lasting = Relief(state=ReliefState.LASTING, hours=24, has_unclear=True)
    assert relief(END, told, censored_at=after_hours(168)) == lasting
    told[1] = Answer(at=after_hours(200), has_ended=True, ended_at=after_hours(190))
    assert relief(END, told, censored_at=after_hours(168)) == lasting


def test_an_end_that_is_stated_counts_whenever_it_is_told() -> None:
    told = [Answer(at=after_hours(24), has_ended=False), Answer(at=after_hours(200), has_ended=True, ended_at=END)]
    assert relief(END, told, censored_at=after_hours(168)) == Relief(state=ReliefState.ENDED, hours=0)
    told = [Answer(at=after_hours(24), score=9), Answer(at=after_hours(70), has_ended=True, ended_at=after_hours(5))]
    assert relief(END, told, before=8, after=2) == Relief(state=ReliefState.ENDED, hours=5)


def test_relief_cannot_end_before_it_begins() -> None:
    told = [Answer(at=after_hours(3), has_ended=True, ended_at=after_hours(-2))]
    assert relief(END, told) == Relief(state=ReliefState.ENDED, hours=3, is_at_most=True)
    assert relief(END, [Answer(at=after_hours(-1), has_ended=True)]) == UNKNOWN


def told_answers() -> st.SearchStrategy[list[Answer]]:
    one = st.builds(
        lambda hours, ended, back, score: Answer(
            at=after_hours(hours),
            has_ended=ended,
            ended_at=after_hours(min(back, hours)) if ended else None,
            score=score,
        ),
        hours=st.integers(-24, 400),
        ended=st.sampled_from([True, False, None]),
        back=st.integers(-24, 400),
        score=st.none() | SCORES,
    )
    return st.lists(one, max_size=6)


@given(told=told_answers(), before=st.none() | SCORES, after=st.none() | SCORES, window=st.none() | st.integers(1, 300))
def test_hours_are_never_negative_never_later_than_the_last_answer_and_missing_only_when_unknown(
    told: list[Answer], before: int | None, after: int | None, window: int | None
) -> None:
    until = after_hours(window) if window else None
    found = relief(END, told, before=before, after=after, censored_at=until)
    assert (found.hours is None) == (found.state is ReliefState.UNKNOWN)
    if found.hours is not None:
        latest = max(one.at for one in told)
        assert 0 <= found.hours <= (latest - END) / timedelta(hours=1)
        assert until is None or END + timedelta(hours=found.hours) <= until
        assert found.at_least is None or (found.is_at_most and 0 <= found.at_least < found.hours)


@given(told=told_answers(), before=SCORES, after=SCORES)
def test_the_order_of_the_answers_does_not_matter(told: list[Answer], before: int, after: int) -> None:
    unique = list({one.at: one for one in told}.values())
    assert relief(END, unique, before=before, after=after) == relief(END, unique[::-1], before=before, after=after)


@given(before=SCORES, after=SCORES, now=SCORES)
def test_half_of_the_gain_is_lost_at_the_score_before_and_not_at_the_score_after(
    before: int, after: int, now: int
) -> None:
    if before > after:
        assert is_half_lost(before, after, before)
        assert not is_half_lost(before, after, after)
        assert is_half_lost(before, after, now) <= is_half_lost(before, after, min(now + 1, 10))
    else:
        assert not is_half_lost(before, after, now)


@given(st.lists(st.integers(0, 1000), min_size=1))
def test_the_median_lies_between_the_smallest_and_the_largest(values: list[int]) -> None:
    middle = median(values)
    assert middle is not None
    assert min(values) <= middle <= max(values)
    assert median([]) is None
