"""What a row of points and the safety questions take, refuse and keep."""

from typing import Any

import pytest

from catalogue.models import PointType, Solution
from catalogue.queries import nerves_for_choices, screening_items
from sessions.forms.injection_points import Choices, PointForm, point_formset
from sessions.forms.screening import ScreeningForm
from sessions.queries.words import words
from tests.factories.treatments import SolutionLotFactory


@pytest.fixture
def choices(in_clinic: Any) -> Choices:
    return Choices(
        nerves=nerves_for_choices(),
        synonyms=words().synonyms,
        named_nerves=words().named_nerves,
        point_types=list(PointType.objects.all()),
        solutions=list(Solution.objects.filter(is_topical=False)),
        lots=[SolutionLotFactory(clinic=in_clinic)],
    )


def typed(choices: Choices, **changes: Any) -> dict[str, Any]:
    plain = {"nerve": "N054", "side": "left", "volume_ml": "0.5", "depth": "subcutaneous"}
    return {**plain, "solution": choices.default_solution, **changes}


def form(choices: Choices, **changes: Any) -> PointForm:
    return PointForm(typed(choices, **changes), choices=choices)


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("N054", "N054"),
        ("n054 infrapatellar branch of saphenous", "N054"),
        ("infrapat", "N054"),
        ("Sural", "N061"),
        ("GON", "N009"),
        ("nervus occipitalis major", "N009"),
        ("lat fem cut", "N049"),
        ("common peron", "N058"),
    ],
)
def test_a_nerve_is_found_by_any_of_its_names(choices: Choices, words: str, code: str) -> None:
    point = form(choices, nerve=words)
    assert point.is_valid(), point.errors
    assert point.cleaned_data["nerve"].code == code


def test_words_that_fit_several_nerves_are_asked_back(choices: Choices) -> None:
    assert "Which one?" in form(choices, nerve="occipital").errors["nerve"][0]


def test_an_unknown_nerve_is_refused(choices: Choices) -> None:
    assert form(choices, nerve="funny bone").errors["nerve"] == ["No nerve is called that."]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"side": ""}, "side"),
        ({"side": "both"}, "side"),
        ({"side": "midline"}, "side"),
        ({"nerve": ""}, "nerve"),
        ({"nerve": "N0\x0054"}, "nerve"),
        ({"volume_ml": "0"}, "volume_ml"),
        ({"volume_ml": "-1"}, "volume_ml"),
        ({"volume_ml": "60.01"}, "volume_ml"),
        ({"volume_ml": ""}, "volume_ml"),
        ({"volume_ml": "NaN"}, "volume_ml"),
        ({"depth": "very"}, "depth"),
        ({"solution": "x"}, "solution"),
        ({"lot": "00000000-0000-0000-0000-000000000000"}, "lot"),
    ],
)
def test_a_row_that_is_not_whole_says_where(choices: Choices, changes: dict[str, str], field: str) -> None:
    point = form(choices, **changes)
    assert not point.is_valid()
    assert field in point.errors


def test_a_lot_of_another_solution_is_refused(choices: Choices) -> None:
    saline = next(str(row.pk) for row in choices.solutions if row.code == "NS09")
    point = form(choices, solution=saline, lot=str(choices.lots[0].pk))
    assert point.errors["lot"] == ["This lot holds another solution."]


def test_a_midline_nerve_may_be_on_the_midline(choices: Choices) -> None:
    assert form(choices, nerve="N045", side="midline").is_valid()


def test_rows_never_begun_are_not_points(choices: Choices) -> None:
    data = {"points-TOTAL_FORMS": "3", "points-INITIAL_FORMS": "0"}
    for number in range(3):
        row = typed(choices) if number == 1 else typed(choices, nerve="", side="")
        data |= {f"points-{number}-{name}": value for name, value in row.items()}
    rows = point_formset(data, choices=choices, rows=())
    assert rows.is_valid(), rows.errors
    assert len(list(rows.rows())) == 1


def test_what_is_stored_comes_back_as_it_was_typed(choices: Choices) -> None:
    first = form(choices, lot=str(choices.lots[0].pk), depth_mm="4", point_type=str(choices.point_types[0].pk))
    assert first.is_valid()
    row = first.row()
    assert row is not None
    again = point_formset(None, choices=choices, rows=(row,))
    data: dict[str, Any] = {"points-TOTAL_FORMS": "1", "points-INITIAL_FORMS": "1"}
    data |= {f"points-0-{name}": value for name, value in again.forms[0].initial.items()}
    stored = point_formset(data, choices=choices, rows=(row,))
    assert stored.is_valid(), stored.errors
    assert list(stored.rows()) == [row]


def test_nothing_is_answered_beforehand(db: None) -> None:
    items = list(screening_items())
    answered = ScreeningForm({"screening-INFECTION": "yes", "screening-INFECTION_detail": "sore"}, items=items)
    assert answered.is_valid()
    assert answered.answers() == {"INFECTION": (True, "sore")}
    assert all(field.initial is None for field in answered.fields.values())
