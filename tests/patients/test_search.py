"""A patient is found by whatever somebody remembers."""

from datetime import UTC, date, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.actors import machine
from common.tenancy import tenant
from patients.choices import ContactKind
from patients.contacts import email_in_lower_case, phone_in_e164
from patients.queries import find
from patients.records import ContactDetails, NumberDetails, PatientDetails
from patients.search_terms import parse
from patients.services import patients

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
TODAY = date(2026, 3, 2)


def registered(clinic, given, family, born="1970-05-17", *, phone="", email="", number="", preferred=""):
    contacts = []
    if phone:
        value = phone_in_e164(phone, region=clinic.country)
        contacts.append(ContactDetails(kind=ContactKind.PHONE, value=value))
    if email:
        contacts.append(ContactDetails(kind=ContactKind.EMAIL, value=email_in_lower_case(email)))
    return patients.register(
        by=machine(clinic, "test"),
        now=NOW,
        details=PatientDetails(
            given_names=given,
            family_name=family,
            birth_date=date.fromisoformat(born),
            zone="Europe/Berlin",
            preferred_name=preferred,
        ),
        contacts=contacts,
        numbers=[NumberDetails(system="national", value=number)] if number else [],
    )


def names(clinic, text):
    return [row.name for row in find(machine(clinic, "test"), text, today=TODAY)]


@pytest.fixture
def jurgen(in_clinic):
    registered(in_clinic, "Lena", "Sommer", "1988-01-02", phone="0171 555 11 22")
    return registered(
        in_clinic,
        "Jürgen Karl",
        "Müller-Weiß",
        "1970-05-17",
        phone="+49 176 1234567",
        email="Jurgen@Example.org",
        number="ZZ 99",
        preferred="Jogi",
    )


@pytest.mark.parametrize(
    "typed",
    [
        "müller",
        "MULLER",
        "weiss jurgen",
        "jürgen müller",
        "jogi",
        "mul",
        "j mull",
        "karl, jurgen",
        "Mueller",
        "mller",
        "muellr jurgen",
        "mulelr",
        "jurgem",
        "4567",
        "567",
        "0176 1234567",
        "+49 176 123 45 67",
        "0049 176 1234567",
        "1970-05-17",
        "17.5.1970",
        "17.05.1970",
        "17/05/1970",
        "17051970",
        "1970",
        "muller 1970",
        "1970 muller",
        "muller 4567",
        "jurgen 17.5.1970 4567",
        "jurgen@example.org",
        "jurgen@",
        "P-00002",
        "p-00002",
        "2",
        "muller p-00002",
    ],
)
def test_one_patient_is_found_by(in_clinic, jurgen, typed):
    if typed == "muellr jurgen":
        assert names(in_clinic, typed) == []  # two letters wrong
        return
    assert names(in_clinic, typed) == ["Müller-Weiß, Jürgen Karl"]


@pytest.mark.parametrize(
    "typed", ["", "  ", "?", "xyz", "muller 1971", "lena muller", "99999999999999999999", "66", "()"]
)
def test_nobody_is_found_by(in_clinic, jurgen, typed):
    assert names(in_clinic, typed) == []


def test_the_same_name_comes_before_a_longer_one_and_a_longer_one_before_a_similar_one(in_clinic):
    for family in ("Marten", "Martens", "Marton", "Marte"):
        registered(in_clinic, "A", family)
    assert names(in_clinic, "marten") == ["Marten, A", "Martens, A", "Marte, A", "Marton, A"]


def test_a_clinic_in_america_writes_the_month_first(in_clinic):
    registered(in_clinic, "May", "Born", "1970-05-06")
    assert names(in_clinic, "5/6/1970") == []
    in_clinic.country = "US"
    assert names(in_clinic, "5/6/1970") == ["Born, May"]
    assert names(in_clinic, "13/5/1970") == []


def test_another_clinics_patients_are_never_found(clinic, other_clinic, as_superuser):
    with tenant(other_clinic.pk, actor="test"):
        registered(other_clinic, "Secret", "Sentinel", phone="+49 176 1234567", email="s@example.org")
    as_superuser()
    with tenant(clinic.pk, actor="test"):
        for typed in ("sentinel", "sentine", "sent", "1970", "17.5.1970", "4567", "s@example.org", "P-00001", "1"):
            assert names(clinic, typed) == []


def test_the_number_of_queries_does_not_depend_on_what_is_found(in_clinic):
    counts = []
    for family in ("Miller", "Millar", "Milles"):
        registered(in_clinic, "A", family, phone="+49 176 1234567")
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert names(in_clinic, "miller 1970")
        counts.append(len(queries))
    assert counts == [5, 5, 5]


def test_at_most_twenty_are_shown_and_the_best_of_them(in_clinic):
    for n in range(30):
        registered(in_clinic, f"N{n:02}", "Bergmann")
    registered(in_clinic, "Z", "Berg")
    found = names(in_clinic, "berg")
    assert len(found) == 20
    assert found[0] == "Berg, Z"


def test_a_search_has_few_terms_however_much_is_pasted():
    assert len(parse("word " * 1000, is_month_first=False)) == 1
    assert len(parse(" ".join(f"w{'abcdefgh'[i]}" for i in range(8)), is_month_first=False)) == 6
