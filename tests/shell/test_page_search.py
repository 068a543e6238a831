"""The search of the top bar finds pages beside patients: by their words, and only those the person may open."""

import re
from collections.abc import Callable
from html import unescape

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.choices import Role
from accounts.models import Clinic
from pitclinic.navigation import ENTRIES
from pitclinic.setting_index import GROUPS
from tests.patients.people import register
from tests.staff import StaffClient

PART = {"HX-Request": "true"}
DESK, CLINICIAN, ADMIN = Role.FRONT_DESK, Role.CLINICIAN, Role.CLINIC_ADMIN
FINDERS = (DESK, CLINICIAN, ADMIN)
OF_STOCK = frozenset({CLINICIAN, ADMIN})


def found(client: Client, typed: str) -> str:
    answer = client.post(reverse("patients:search"), {"q": typed}, headers=PART)
    assert answer.status_code == 200
    return answer.text


def pages(part: str) -> list[str]:
    """The addresses of the pages that are listed, in their order."""
    listed = re.search(r"<nav aria-label=\"Pages found\">.*?</nav>", part, re.DOTALL)
    return [unescape(one) for one in re.findall(r'href="([^"]+)"', listed[0])] if listed else []


@pytest.mark.parametrize(
    ("typed", "url_name", "place", "roles"),
    [
        ("lots", "sessions:lots", "", OF_STOCK),
        ("Stock", "sessions:lots", "", OF_STOCK),
        ("messages", "reminders:messages", "", frozenset(FINDERS)),
        ("MÉSSAGES", "reminders:messages", "", frozenset(FINDERS)),
        ("messag", "reminders:messages", "", frozenset(FINDERS)),
        ("closures", "scheduling:resources", "#closures", frozenset({ADMIN})),
        ("rules safety", "sessions:rules", "", frozenset({ADMIN})),
        ("calendar link", "scheduling:calendar_link", "", frozenset({CLINICIAN})),
        ("passkeys", "mfa_index", "", frozenset(FINDERS)),
    ],
)
def test_a_word_of_a_page_finds_it_for_whoever_may_open_it(
    clinic: Clinic, staff_client: Callable[..., StaffClient], typed: str, url_name: str, place: str, roles: frozenset
) -> None:
    url = reverse(url_name) + place
    listing = {role for role in FINDERS if url in pages(found(staff_client(role, clinic=clinic), typed))}
    assert listing == roles


def test_every_page_that_is_listed_opens_for_the_person_and_every_page_is_found_by_its_name(
    clinic: Clinic, staff_client: Callable[..., StaffClient]
) -> None:
    named = {str(one.label) for one in (*ENTRIES, *(setting for group in GROUPS for setting in group.settings))}
    reached = {}
    for role in FINDERS:
        client = staff_client(role, clinic=clinic)
        listed = {name: pages(found(client, name)) for name in named}
        urls = {url.partition("#")[0] for urls in listed.values() for url in urls}
        assert {url: client.get(url).status_code for url in urls} == dict.fromkeys(urls, 200), role
        reached[role] = {name for name in named if listed[name]}
    assert reached[ADMIN] | reached[CLINICIAN] == named
    assert len(reached[DESK]) < len(reached[ADMIN])


def test_a_patient_stands_before_the_pages_of_the_same_name(
    clinic: Clinic, staff_client: Callable[..., StaffClient]
) -> None:
    register(clinic, "Mia", "Stock")
    part = found(staff_client(ADMIN, clinic=clinic), "stock")
    assert part.index("Stock, Mia") < part.index("Pages found")
    assert pages(part)[0] == reverse("sessions:lots")


def test_who_is_called_like_no_page_is_found_alone_and_who_is_not_found_is_told_so(
    clinic: Clinic, staff_client: Callable[..., StaffClient]
) -> None:
    register(clinic, "Jürgen", "Müller")
    desk = staff_client(DESK, clinic=clinic)
    assert "Pages" not in found(desk, "muller")
    for typed in ("quist", "messages"):
        part = found(desk, typed)
        assert "Nobody found" in part
        assert "Register a new patient" in part
        assert bool(pages(part)) is (typed == "messages")
    assert found(desk, "").strip() == ""
    for typed in ("the", "me", "!", "<b>"):
        assert pages(found(desk, typed)) == [], typed


def test_pages_are_found_without_a_query(clinic: Clinic, staff_client: Callable[..., StaffClient]) -> None:
    admin = staff_client(ADMIN, clinic=clinic)
    found(admin, "first of the day")  # the first request after a sign-in asks more
    counts = []
    for typed in ("closures", "kwijibos"):
        with CaptureQueriesContext(connection) as queries:
            found(admin, typed)
        counts.append(len(queries))
    assert counts == [11, 11]
