"""A score is worked out from enough answers on their scale, or not at all."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sessions.rules.instruments import ScaleError
from sessions.scoring import MEAN, MEAN_TO_100, SUM_IMPUTE_ONE, Questionnaire, score

QUICK_DASH = Questionnaire(
    formula=MEAN_TO_100, low=Decimal(0), high=Decimal(100), item_count=11, min_answered=10
)  # domain.md §7: (mean − 1) × 25, at least 10 of 11
NDI = Questionnaire(formula=SUM_IMPUTE_ONE, low=Decimal(0), high=Decimal(50), item_count=10, min_answered=9)
PEG = Questionnaire(formula=MEAN, low=Decimal(0), high=Decimal(10), item_count=3)


@pytest.mark.parametrize(
    ("items", "of", "expected"),
    [
        ([1] * 11, QUICK_DASH, "0.00"),
        ([5] * 11, QUICK_DASH, "100.00"),
        ([2] * 5 + [3] * 5 + [None], QUICK_DASH, "37.50"),
        ([5] * 9 + [None], NDI, "50.00"),
        ([4, 5, 5], PEG, "4.67"),
    ],
)
def test_worked_examples(items: list[int | None], of: Questionnaire, expected: str) -> None:
    assert score(items, of) == Decimal(expected)


@pytest.mark.parametrize(("answers", "has_score"), [(9, False), (10, True)])
def test_v28_too_few_answers_give_no_score(answers: int, has_score: bool) -> None:
    found = score([3] * answers + [None] * (11 - answers), QUICK_DASH)
    assert (found is not None) is has_score


def test_without_a_least_number_on_file_every_item_has_to_be_answered() -> None:
    assert score([4, 5, None], PEG) is None


@pytest.mark.parametrize("answer", [0, 6])
def test_v28_an_answer_off_its_scale_is_refused(answer: int) -> None:
    with pytest.raises(ScaleError):
        score([3] * 10 + [answer], QUICK_DASH)


def test_another_number_of_answers_is_refused() -> None:
    with pytest.raises(ValueError, match="as many answers"):
        score([3] * 10, QUICK_DASH)


@given(st.lists(st.one_of(st.none(), st.integers(1, 5)), min_size=11, max_size=11))
def test_a_score_lies_on_its_scale(items: list[int | None]) -> None:
    found = score(items, QUICK_DASH)
    assert found is None or 0 <= found <= 100
