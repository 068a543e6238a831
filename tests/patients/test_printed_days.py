"""Whatever our pages print as a date of birth is found when it is typed into the search."""

import re
from datetime import date, timedelta
from pathlib import Path

from django.conf import settings
from django.utils.formats import date_format
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from accounts.actors import machine
from patients.ages import birth_date_in_words
from patients.forms.fields import day_formats
from patients.queries import find
from patients.search_terms import Term, parse
from tests.factories.patients import PatientFactory

ROOT = Path(__file__).resolve().parents[2]
BORN = st.dates(min_value=date(1895, 1, 1), max_value=date(2026, 3, 2))
FORMATS = ("j M Y", "j F Y")
PRINTED = re.compile(r'birth_date\|date:"([^"]+)"|birth_date, "([^"]+)"\)')


def days_found(text: str, *, is_month_first: bool = False) -> list[Term]:
    return list(parse(text, is_month_first=is_month_first))


@given(born=BORN, older=st.integers(0, 40_000))
def test_what_is_printed_is_found(born: date, older: int) -> None:
    that_day = [Term(days=((born, born + timedelta(days=1)),))]
    for language, _name in settings.LANGUAGES:
        with override(language):
            said = birth_date_in_words(born, born + timedelta(days=older))
            for printed in (*(date_format(born, how) for how in FORMATS), said, said.replace(", ", " (") + ")"):
                for text in (printed, printed.lower(), printed.upper()):
                    for is_month_first in (True, False):
                        assert days_found(text, is_month_first=is_month_first) == that_day, text
    for country in ("DE", "US"):
        for how in day_formats(country):
            text = born.strftime(how) if born.year > 999 else ""
            assert days_found(text, is_month_first=country == "US") == that_day, text


def test_pages_print_a_date_of_birth_in_these_ways_only() -> None:
    files = [*ROOT.glob("templates/**/*.html"), *ROOT.glob("[a-z]*/**/*.py")]
    own = [path for path in files if not {"tests", "node_modules", "vendor"} & set(path.relative_to(ROOT).parts)]
    found = {how for path in own for pair in PRINTED.findall(path.read_text()) for how in pair if how}

    assert found <= set(FORMATS)
    assert found


def test_a_month_by_its_name_in_the_ways_people_write_it() -> None:
    that_day = [Term(days=((date(1981, 3, 4), date(1981, 3, 5)),))]
    for text in (
        "4 mar 1981",
        "4. March 1981",
        "March 4, 1981",
        "Mar. 4th 1981",
        "4-Mar-1981",
        "04MAR1981",
        "4th March, 1981",
    ):
        assert days_found(text) == that_day, text
    assert days_found("May 4 1981 Born")[0].days == ((date(1981, 5, 4), date(1981, 5, 5)),)
    for text in ("31 Feb 1981", "March", "May Born", "4 Marten 1981", "Julia 1981"):
        assert any(term.name for term in days_found(text)), text


def test_the_patient_is_found_by_the_printed_day_alone_and_with_the_name(in_clinic) -> None:
    PatientFactory(clinic=in_clinic, family_name="Other", birth_date=date(1981, 4, 3))
    patient = PatientFactory(clinic=in_clinic, birth_date=date(1981, 3, 4))

    for text in ("4 Mar 1981", "4 March 1981, 45 years", "Mar 4, 1981"):
        assert [row.id for row in find(machine(in_clinic, "test"), text, today=date(2026, 3, 4))] == [patient.pk], text
