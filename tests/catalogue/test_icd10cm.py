"""A side completes a code where the reference knows how; otherwise the coder does."""

import re
from types import SimpleNamespace

import pytest

from catalogue.icd10cm import complete, is_well_formed


def codes(files):
    defaults = {"code_right": "", "code_left": "", "code_bilateral": ""}
    return {row.values["pattern"]: SimpleNamespace(**(defaults | row.values)) for row in files["condition_codes"]}


@pytest.mark.parametrize(
    ("pattern", "right", "left", "bilateral"),
    [
        ("G56.0-", "G56.01", "G56.02", "G56.03"),
        ("G57.1-", "G57.11", "G57.12", "G57.13"),
        ("G90.51-", "G90.511", "G90.512", "G90.513"),
        ("M26.62-", "M26.621", "M26.622", "M26.623"),
        ("M17.1-", "M17.11", "M17.12", "M17.0"),  # both knees have a code of another family
        ("M16.1-", "M16.11", "M16.12", ""),
        ("M77.1-", "M77.11", "M77.12", ""),
        ("M76.6-", "M76.61", "M76.62", ""),
        ("M54.4-", "M54.41", "M54.42", ""),
        ("M22.2X-", "M22.2X1", "M22.2X2", ""),
    ],
)
def test_the_side_completes_the_code(files, pattern, right, left, bilateral):
    row = codes(files)[pattern]
    assert [complete(row, side).code for side in ("right", "left", "bilateral")] == [right, left, bilateral]


@pytest.mark.parametrize("pattern", ["S13.4XX-", "S93.40-", "M18.-"])
def test_a_character_that_is_no_side_is_left_to_the_coder(files, pattern):
    answer = complete(codes(files)[pattern], "right")
    assert answer.needs_coder
    assert pattern in answer.reason


def test_without_a_side_the_code_is_not_completed(files):
    answer = complete(codes(files)["G56.0-"], None)
    assert answer.needs_coder
    assert answer.reason == "G56.0- needs a side."


def test_both_sides_are_never_made_up(files):
    answer = complete(codes(files)["M77.1-"], "bilateral")
    assert answer.needs_coder
    assert "no single code" in answer.reason


def test_a_complete_code_needs_no_side(files):
    assert complete(codes(files)["M54.2"], "bilateral").code == "M54.2"
    assert complete(codes(files)["M72.2"], None).code == "M72.2"


def test_every_code_on_file_is_well_formed_and_one_character_longer_than_its_pattern(files):
    for row in files["condition_codes"]:
        pattern = row.values["pattern"]
        if not pattern.endswith("-"):
            assert is_well_formed(pattern), row.place
        for side, last in (("right", "1"), ("left", "2"), ("bilateral", "3")):
            code = row.values[f"code_{side}"]
            assert code in {"", pattern[:-1] + last} or (pattern, code) == ("M17.1-", "M17.0"), row.place
            assert not code or is_well_formed(code), row.place


def test_the_codes_of_a_condition_are_those_the_reference_writes(files):
    written = {row.code: row.values["icd10cm"] for row in files["conditions"]}
    for row in files["condition_codes"]:
        stem = re.escape(row.values["pattern"])
        assert re.search(rf"(^|[ (]){stem}($|[ )])", written[row.parents["condition"]]), row.place
    assert {row.parents["condition"] for row in files["condition_codes"]} == set(written)


@pytest.mark.parametrize("code", ["G56.0-", "g56.01", "G5601", "QB0.1", "G56.01234", "", "G56."])
def test_what_is_no_complete_code_is_recognised(code):
    assert not is_well_formed(code)
