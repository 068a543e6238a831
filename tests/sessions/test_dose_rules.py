"""The arithmetic: the worked figures of domain.md §4 and §10, and what holds for any amount."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sessions.dose_rules import (
    Amount,
    Share,
    anaesthetic_mg,
    dextrose_g,
    summed_fraction,
    totals,
)
from sessions.response import relief_percent
from sessions.rules.amounts import months_before, plain

volumes = st.decimals(min_value=0, max_value=60, places=2)
percents = st.decimals(min_value=0, max_value=50, places=1)
amounts = st.builds(
    Amount,
    nerve=st.sampled_from(["Sural", "Saphenous", "Median"]),
    side=st.sampled_from(["left", "right"]),
    volume_ml=volumes,
    dextrose_percent=st.none() | percents,
    anaesthetics=st.just(()) | st.builds(lambda p: (Share("lidocaine", p),), percents),
)


@pytest.mark.parametrize(
    ("ml", "percent", "grams"), [(20, 5, "1.0"), (50, 5, "2.5"), (0, 5, "0"), (10, "12.5", "1.25")]
)
def test_dextrose_as_the_reference_works_it_out(ml: int, percent: str, grams: str) -> None:
    assert dextrose_g(Decimal(ml), Decimal(percent)) == Decimal(grams)


@pytest.mark.parametrize(("ml", "percent", "mg"), [(5, "1", "50"), (10, "0.5", "50"), (3, "0.1", "3")])
def test_anaesthetic_as_the_reference_works_it_out(ml: int, percent: str, mg: str) -> None:
    assert anaesthetic_mg(Decimal(ml), Decimal(percent)) == Decimal(mg)


def test_mixed_anaesthetics_add_as_fractions_of_their_maximum() -> None:
    # Half of the lidocaine maximum and a quarter of the ropivacaine maximum.
    assert summed_fraction([(Decimal(150), Decimal(300)), (Decimal(50), Decimal(200))]) == Decimal("0.75")


@pytest.mark.parametrize(
    ("before", "after", "percent"),
    [(8, 2, Decimal(75)), (4, 4, Decimal(0)), (5, 7, Decimal(-40)), (0, 0, None), (0, 3, None), (5, None, None)],
)
def test_relief_has_no_percentage_from_a_score_of_zero(before: int, after: int | None, percent: Decimal | None) -> None:
    assert relief_percent(before, after) == percent


@pytest.mark.parametrize("wrong", [(Decimal(-1), Decimal(5)), (Decimal(1), Decimal(-5))])
def test_a_negative_amount_is_refused(wrong: tuple[Decimal, Decimal]) -> None:
    with pytest.raises(ValueError, match="negative"):
        dextrose_g(*wrong)
    with pytest.raises(ValueError, match="negative"):
        anaesthetic_mg(*wrong)


def test_a_maximum_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="positive"):
        summed_fraction([(Decimal(1), Decimal(0))])


@given(st.lists(amounts, max_size=60))
def test_the_totals_are_the_sum_of_their_nerves(rows: list[Amount]) -> None:
    found = totals(rows)
    assert sum(nerve.volume_ml for nerve in found.nerves) == found.volume_ml
    assert sum(nerve.points for nerve in found.nerves) == found.points == len(rows)


@given(st.lists(amounts, max_size=30), st.lists(amounts, max_size=30))
def test_the_totals_of_two_lists_add_up(left: list[Amount], right: list[Amount]) -> None:
    both, one, other = totals(left + right), totals(left), totals(right)
    assert both.volume_ml == one.volume_ml + other.volume_ml
    assert both.dextrose_g == one.dextrose_g + other.dextrose_g
    lidocaine = [sums.anaesthetics_mg.get("lidocaine", Decimal(0)) for sums in (both, one, other)]
    assert lidocaine[0] == lidocaine[1] + lidocaine[2]


@given(st.lists(amounts, min_size=2, max_size=20), st.randoms(use_true_random=False))
def test_the_order_of_the_points_changes_no_sum(rows: list[Amount], random: object) -> None:
    shuffled = list(rows)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert totals(shuffled).dextrose_g == totals(rows).dextrose_g
    assert totals(shuffled).volume_ml == totals(rows).volume_ml


@given(volumes, percents)
def test_dextrose_never_weighs_more_than_its_percentage_allows(volume: Decimal, percent: Decimal) -> None:
    assert Decimal(0) <= dextrose_g(volume, percent) <= volume / 2


@given(st.integers(0, 10), st.integers(0, 10))
def test_relief_is_never_above_a_hundred_percent(before: int, after: int) -> None:
    relief = relief_percent(before, after)
    assert (relief is None) == (before == 0)
    assert relief is None or relief <= 100


@given(st.dates(), st.integers(1, 240))
def test_months_go_back_by_the_calendar(day: object, months: int) -> None:
    if day.year < 30:  # type: ignore[attr-defined]
        return
    back = months_before(day, months)  # type: ignore[arg-type]
    assert (day.year - back.year) * 12 + day.month - back.month == months  # type: ignore[attr-defined]
    assert back.day <= day.day  # type: ignore[attr-defined]


@pytest.mark.parametrize(("number", "text"), [("40", "40"), ("0.50", "0.5"), ("1.00", "1"), ("100", "100")])
def test_numbers_are_written_without_trailing_zeros(number: str, text: str) -> None:
    assert plain(Decimal(number)) == text
