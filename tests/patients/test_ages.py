"""How old somebody is, in the unit that says something: days, weeks, months, years; and at death."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patients import ages
from patients.models import Patient

BORN = date(2024, 2, 29)
DAYS = st.dates(min_value=date(1890, 1, 1), max_value=date(2100, 12, 31))


@pytest.mark.parametrize(
    ("born", "day", "words"),
    [
        (date(2026, 3, 1), date(2026, 3, 1), "0 days"),
        (date(2026, 3, 1), date(2026, 3, 2), "1 day"),
        (date(2026, 3, 1), date(2026, 3, 6), "5 days"),
        (date(2026, 3, 1), date(2026, 3, 28), "27 days"),
        (date(2026, 3, 1), date(2026, 3, 29), "4 weeks"),
        (date(2026, 3, 1), date(2026, 6, 30), "17 weeks"),
        (date(2026, 3, 1), date(2026, 7, 1), "4 months"),
        (date(2026, 3, 1), date(2028, 2, 29), "23 months"),
        (date(2026, 3, 1), date(2028, 3, 1), "2 years"),
        (BORN, date(2025, 2, 28), "11 months"),
        (BORN, date(2025, 3, 1), "12 months"),
        (BORN, date(2028, 2, 28), "3 years"),
        (BORN, date(2028, 2, 29), "4 years"),
        (date(2008, 2, 29), date(2026, 2, 28), "17 years"),
        (date(2008, 2, 29), date(2026, 3, 1), "18 years"),
        (date(2026, 3, 2), date(2026, 3, 1), "0 days"),  # born today, where the clinic's day is not over
    ],
)
def test_an_age_is_said_in_the_unit_that_says_something(born: date, day: date, words: str) -> None:
    assert ages.in_words(born, day) == words


@given(DAYS, DAYS)
def test_nobody_gets_younger_and_the_words_tell_the_completed_units(born: date, day: date) -> None:
    born, day = min(born, day), max(born, day)
    number, unit = ages.in_words(born, day).split()
    units = {"day": 1, "week": 7, "month": 30.44, "year": 365.25}
    lived = (day - born).days

    assert ages.years_on(born, day) >= 0
    assert ages.years_on(born, day) == ages.months_on(born, day) // 12
    assert ages.years_on(born, day + timedelta(days=1)) - ages.years_on(born, day) in (0, 1)
    about = units[unit.rstrip("s")] * int(number)
    assert about - 2 <= lived < about + units[unit.rstrip("s")] + 4
    assert (lived < 28) == (unit in ("day", "days"))
    assert (ages.years_on(born, day) >= 2) == (unit in ("year", "years"))


@given(DAYS, st.integers(min_value=1, max_value=100))
def test_a_birthday_adds_a_year_on_the_day_itself(born: date, years: int) -> None:
    try:
        birthday = born.replace(year=born.year + years)
    except ValueError:
        birthday = date(born.year + years, 3, 1)

    assert ages.years_on(born, birthday) == years
    assert ages.years_on(born, birthday - timedelta(days=1)) == years - 1


def test_who_died_is_as_old_as_on_the_day_of_death() -> None:
    gone = Patient(birth_date=date(1940, 2, 3), is_deceased=True, deceased_date=date(2020, 1, 1))

    assert gone.age_in_words(date(2026, 3, 2)) == "79 years at death"
    assert gone.age_on(date(2026, 3, 2)) == 79
    gone.deceased_date = None
    assert gone.age_in_words(date(2026, 3, 2)) == "age at death not known"
