"""What a country decides: facts of others, which agree with one another."""

from datetime import date, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st
from phonenumbers.shortnumberinfo import is_emergency_number

from common import countries
from common.emergency_numbers import EMERGENCY_NUMBERS
from patients.ages import birth_date_in_words
from patients.forms.fields import BirthDateField
from patients.importing.values import to_date
from patients.search_terms import parse

lands = st.sampled_from(sorted(countries.codes()))
days = st.dates(date(1890, 1, 1), date(2026, 11, 30))


def test_every_emergency_number_is_one_of_its_country_by_a_second_source() -> None:
    assert set(EMERGENCY_NUMBERS) <= countries.codes()
    assert [c for c, number in EMERGENCY_NUMBERS.items() if not is_emergency_number(number, c)] == []
    told = {"DE": "112", "US": "911", "GB": "999", "AU": "000", "NZ": "111", "JP": "119", "BR": "192", "NO": "113"}
    assert {country: countries.emergency_number_of(country) for country in told} == told
    assert countries.emergency_number_of("RS") == ""  # where the sources disagree nobody guesses


def test_every_country_has_a_name_and_zones_that_are_places() -> None:
    assert len(countries.codes()) > 240
    for code, name in countries.choices():
        assert name != code
        assert countries.zones_of(code)
    assert all(ZoneInfo(zone) for zone in countries.all_zones())
    odd = {"posixrules", "localtime", "Factory", "EST5EDT", "US/Pacific", "Etc/GMT+5", "Asia/Calcutta", "GB"}
    assert not odd & countries.all_zones()


def test_the_month_comes_first_where_the_united_states_write_it_and_nowhere_in_europe() -> None:
    first = {code for code in countries.codes() if countries.is_month_first(code)}
    assert {"US", "PR", "PH"} <= first
    assert not {"DE", "GB", "CA", "AU", "IN", "MX", "ES", "BR", "ZA", "NZ", "JP", "CN"} & first
    assert {code for code in countries.codes() if countries.weighs_in_pounds(code)} == {"US", "LR"}
    assert (countries.languages_of("US"), countries.languages_of("CH")) == (("en",), ("de", "fr", "it"))


@given(country=lands, day=days, sign=st.sampled_from("/.-"))
def test_a_day_typed_in_the_order_of_the_country_means_the_same_in_form_search_and_file(
    country: str, day: date, sign: str
) -> None:
    is_month_first = countries.is_month_first(country)
    parts = (day.month, day.day, day.year) if is_month_first else (day.day, day.month, day.year)
    field = BirthDateField()
    field.read_as(country)
    for typed in (sign.join(map(str, parts)), day.isoformat()):
        assert field.clean(typed) == day
        assert to_date(typed, is_month_first=is_month_first) == day
        (term,) = parse(typed, is_month_first=is_month_first)
        assert term.days == ((day, day + timedelta(days=1)),)
        assert field.words(typed, today=date(2026, 11, 30)) == birth_date_in_words(day, date(2026, 11, 30))


def test_a_date_of_birth_is_said_in_words_with_the_age() -> None:
    today = date(2026, 11, 30)
    assert birth_date_in_words(date(1981, 3, 4), today) == "4 March 1981, 45 years"
    assert birth_date_in_words(date(2026, 11, 27), today) == "27 November 2026, 3 days"
    assert birth_date_in_words(date(2027, 1, 1), today) == "1 January 2027"
    field = BirthDateField()
    field.read_as("US")
    assert field.words("3/4/1981", today=today) == "4 March 1981, 45 years"
    assert (field.words("31/12/1980", today=today), field.words("", today=today)) == ("", "")
