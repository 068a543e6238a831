"""The local anaesthetic against its maximum: worked examples with their source, and what holds for any amounts."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalogue.dose_limits import lowest_maximum_mg
from sessions.dose_rules import Share, dextrose_g
from sessions.rules.anaesthetic_load import AnaestheticLoad, anaesthetic_load
from sessions.rules.facts import Limits, Point, Session, Solution
from tests.sessions.rule_cases import GOOD, point

D = Decimal
# DEX20_MIX of domain.md §4 [S39]: lidocaine 0.1 % and ropivacaine 0.1 %.
MIX = Solution("DEX20_MIX", "Mix", D(20), True, True, (Share("lidocaine", D("0.1")), Share("ropivacaine", D("0.1"))))


class Row:
    """A figure on file as ``catalogue.dose_limits`` reads it."""

    def __init__(self, mg_per_kg: str, max_mg: str | None) -> None:
        self.mg_per_kg, self.max_mg = D(mg_per_kg), D(max_mg) if max_mg else None


# domain.md §4, plain: lidocaine 4.5 mg/kg and 300 mg [S53][S54], one feed 3 mg/kg [S125];
# ropivacaine 3 mg/kg and 200 mg [S53].
LIDOCAINE = [Row("4.5", "300"), Row("3", None)]
ROPIVACAINE = [Row("3", "200")]


def given_ml(*volumes: str, solution: Solution = MIX) -> tuple[Point, ...]:
    return tuple(point(n, volume_ml=D(ml), solution=solution, lot=None) for n, ml in enumerate(volumes, start=1))


def at(weight: str) -> dict[str, Decimal]:
    return {
        "lidocaine": lowest_maximum_mg(LIDOCAINE, weight_kg=D(weight)),
        "ropivacaine": lowest_maximum_mg(ROPIVACAINE, weight_kg=D(weight)),
    }


def load(*volumes: str, weight: str = "60", **changes: object) -> AnaestheticLoad:
    session = replace(GOOD, points=given_ml(*volumes), maximum_mg=at(weight), **changes)  # type: ignore[arg-type]
    found = anaesthetic_load(session)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("ml", "percent", "grams"),
    # domain.md §4: 20 mL of 5 % are 1.0 g and 50 mL are 2.5 g; the last is plain arithmetic.
    [("20", "5", "1.0"), ("50", "5", "2.5"), ("4", "12.5", "0.5")],
)
def test_dextrose_by_worked_example(ml: str, percent: str, grams: str) -> None:
    assert dextrose_g(D(ml), D(percent)) == D(grams)


@pytest.mark.parametrize(
    ("weight", "maximum"),
    # Lowest of domain.md §4 for lidocaine: 3 mg/kg [S125] until 300 mg [S53]. Plain arithmetic on these figures.
    [("50", "150"), ("70", "210"), ("100", "300"), ("120", "300")],
)
def test_the_lowest_maximum_by_worked_example(weight: str, maximum: str) -> None:
    assert lowest_maximum_mg(LIDOCAINE, weight_kg=D(weight)) == D(maximum)


def test_a_mixture_adds_as_fractions_by_worked_example() -> None:
    # Plain arithmetic: 9 mL of 0.1 % are 9 mg of each; at 60 kg 9/180 of lidocaine and 9/180 of ropivacaine: 10 %.
    found = load("4.5", "4.5")
    assert [(share.name, share.dose_mg, share.maximum_mg) for share in found.shares] == [
        ("lidocaine", D("9.0"), D(180)),
        ("ropivacaine", D("9.0"), D(180)),
    ]
    assert (found.fraction, found.percent, found.bar, found.is_near) == (D("0.1"), D("10.0"), "10", False)


@pytest.mark.parametrize(
    ("ml", "near", "too_much"), [("72", False, False), ("72.1", True, False), ("90.1", False, True)]
)
def test_the_bar_warns_and_stops_where_the_rules_do(ml: str, near: bool, too_much: bool) -> None:
    found = load(ml)
    assert (found.is_near, found.is_too_much) == (near, too_much)
    assert int(found.bar) <= 100


def test_the_clinics_own_limits_move_the_bar() -> None:
    assert load("20", limits=Limits(anaesthetic_fraction_warn=D("0.2"))).is_near


def test_without_a_weight_nothing_is_made_up() -> None:
    found = anaesthetic_load(replace(GOOD, points=given_ml("5"), maximum_mg={}))
    assert found is not None
    assert (found.fraction, found.is_unknown) == (D(0), True)


def test_a_strength_nobody_wrote_down_is_said_to_be_unknown() -> None:
    vague = replace(MIX, anaesthetics=(Share("lidocaine", None),))
    found = anaesthetic_load(replace(GOOD, points=given_ml("5", solution=vague), maximum_mg=at("60")))
    assert found is not None
    assert found.is_unknown


def test_there_is_no_bar_without_an_anaesthetic() -> None:
    assert anaesthetic_load(GOOD) is None


volumes = st.lists(st.integers(1, 6000).map(lambda n: str(D(n) / 100)), min_size=1, max_size=8)


@given(volumes, st.integers(2, 5))
def test_the_fraction_is_linear(mls: list[str], times: int) -> None:
    # A share of a maximum may not end: equal to the last of 28 digits.
    assert abs(load(*mls * times).fraction - times * load(*mls).fraction) < D("1e-20")


@given(volumes, volumes)
def test_more_is_never_less(mls: list[str], more: list[str]) -> None:
    assert load(*mls, *more).fraction > load(*mls).fraction


@given(volumes, st.randoms(use_true_random=False))
def test_the_order_of_the_points_does_not_matter(mls: list[str], random: object) -> None:
    shuffled = list(mls)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert load(*shuffled).fraction == load(*mls).fraction


@given(volumes, st.integers(40, 120), st.integers(1, 60))
def test_a_heavier_patient_never_has_less_room(mls: list[str], weight: int, more: int) -> None:
    assert load(*mls, weight=str(weight + more)).fraction <= load(*mls, weight=str(weight)).fraction


@given(volumes)
def test_no_figure_is_a_float(mls: list[str]) -> None:
    found = load(*mls)
    figures = [found.fraction, found.percent, *(share.dose_mg for share in found.shares)]
    assert all(type(figure) is Decimal for figure in figures)


def test_the_session_is_not_changed_by_looking_at_it() -> None:
    session: Session = replace(GOOD, points=given_ml("5"), maximum_mg=at("60"))
    anaesthetic_load(session)
    assert session.maximum_mg == at("60")
