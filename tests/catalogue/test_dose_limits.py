"""The lowest configured maximum counts, at any weight."""

from decimal import Decimal
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalogue.dose_limits import NoDoseLimitError, lowest_maximum_mg, lowest_mg_per_kg
from catalogue.queries import maximum_dose_mg


def limit(mg_per_kg, max_mg=None):
    return SimpleNamespace(mg_per_kg=Decimal(mg_per_kg), max_mg=None if max_mg is None else Decimal(max_mg))


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("anaesthetic", "has_adrenaline", "weight_kg", "expected_mg"),
    [
        ("lidocaine", False, 60, 180),  # 3 mg/kg, the lower of two sources
        ("lidocaine", False, 120, 300),  # the ceiling
        ("lidocaine", True, 60, 420),
        ("lidocaine", True, 100, 500),
        ("bupivacaine", False, 60, 120),
        ("bupivacaine", False, 100, 175),
        ("bupivacaine", True, 60, 180),
        ("ropivacaine", False, 60, 180),
        ("ropivacaine", False, 80, 200),
        ("mepivacaine", False, 100, 350),
        ("procaine", False, 60, 360),  # 6 mg/kg, the lower end of "6-7"
        ("procaine", False, 120, 600),
        ("procaine", True, 60, 600),
    ],
)
def test_the_lowest_figure_on_file_counts(anaesthetic, has_adrenaline, weight_kg, expected_mg):
    dose = maximum_dose_mg(anaesthetic, has_adrenaline=has_adrenaline, weight_kg=Decimal(weight_kg))
    assert dose == Decimal(expected_mg)


@pytest.mark.django_db
def test_ropivacaine_with_adrenaline_has_no_maximum_and_so_is_refused():
    with pytest.raises(NoDoseLimitError):
        maximum_dose_mg("ropivacaine", has_adrenaline=True, weight_kg=Decimal(70))


def test_the_lowest_figure_per_kg_is_found():
    assert lowest_mg_per_kg([limit("4.5"), limit("3")]) == Decimal(3)
    with pytest.raises(NoDoseLimitError):
        lowest_mg_per_kg([])


@pytest.mark.parametrize("weight_kg", ["0", "-1"])
def test_a_weight_that_is_none_is_refused(weight_kg):
    with pytest.raises(ValueError, match="positive"):
        lowest_maximum_mg([limit(3)], weight_kg=Decimal(weight_kg))


@given(
    st.lists(st.tuples(st.integers(1, 20), st.none() | st.integers(1, 900)), min_size=1, max_size=6),
    st.integers(1, 300),
)
def test_no_source_is_ever_exceeded(figures, weight_kg):
    limits = [limit(per_kg, ceiling) for per_kg, ceiling in figures]
    dose = lowest_maximum_mg(limits, weight_kg=Decimal(weight_kg))
    assert all(dose <= each.mg_per_kg * weight_kg for each in limits)
    assert all(dose <= each.max_mg for each in limits if each.max_mg is not None)
