"""The ICD-10-CM codes of each fiscal year: what may stand on a bill on a day, what is a heading, what is no code."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from catalogue.icd10cm import is_well_formed
from catalogue.icd10cm_years import Standing, _codes, fiscal_year, standing, year_for, years_on_file

DAY = date(2026, 3, 2)


def test_a_code_is_what_its_years_list_says() -> None:
    known = {
        "U07.1": Standing.BILLABLE,
        "QA0.0101": Standing.BILLABLE,
        "G57.12": Standing.BILLABLE,
        "A09": Standing.BILLABLE,
        "S83.511A": Standing.BILLABLE,
        "S83.511": Standing.HEADING,
        "QA0": Standing.HEADING,
        "QA0.0": Standing.HEADING,
        "G57": Standing.HEADING,
        "G57.1": Standing.HEADING,
        "T78.07XA": Standing.ANOTHER_YEAR,
        "Y99.95": Standing.UNKNOWN,
        "Z99.9X": Standing.UNKNOWN,
        "G57.": Standing.UNKNOWN,
        "G5": Standing.UNKNOWN,
        "g57.12": Standing.UNKNOWN,
        "G5712": Standing.UNKNOWN,
        "A09\nA17.0": Standing.UNKNOWN,
        "": Standing.UNKNOWN,
    }
    assert {code: standing(code, DAY) for code in known} == known


def test_the_day_of_the_visit_decides_the_year() -> None:
    assert [fiscal_year(day) for day in (date(2025, 9, 30), date(2025, 10, 1))] == [2025, 2026]
    days = (date(2025, 9, 30), date(2025, 10, 1))
    assert [standing("QA0.0101", day) for day in days] == [Standing.ANOTHER_YEAR, Standing.BILLABLE]
    assert [standing("G35", day) for day in days] == [Standing.BILLABLE, Standing.HEADING]
    # Where the data ends: the newest list before the visit, else the oldest.
    assert [year_for(day) for day in (date(2020, 1, 1), date(2031, 1, 1))] == [2025, max(years_on_file())]


def test_the_lists_are_whole() -> None:
    assert {year: len(_codes(year).split()) for year in years_on_file()} == {2025: 74_260, 2026: 74_719}
    assert all(is_well_formed(code) for code in _codes(2026).split())


@given(st.sampled_from(_codes(2026).split()[::97]), st.data())
def test_every_beginning_of_a_code_is_a_heading_a_code_or_cut_at_its_dot(code: str, data: st.DataObject) -> None:
    beginning = code[: data.draw(st.integers(3, len(code)))]
    expected = {Standing.UNKNOWN} if beginning.endswith(".") else {Standing.HEADING, Standing.BILLABLE}
    assert standing(beginning, DAY) in expected
