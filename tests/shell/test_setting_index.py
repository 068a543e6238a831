"""One page leads to every setting, in at most three clicks from anywhere, and shows a person their own only."""

import re
from collections.abc import Callable, Iterator
from html import unescape

import pytest
import time_machine
from django.urls import reverse

from accounts.choices import Role
from accounts.models import Clinic
from accounts.permissions import Act
from common.tenancy import tenant
from tests.access import objects
from tests.access.walking import address, staff_urls, view_of
from tests.factories.accounts import on_call
from tests.scheduling.conftest import Practice, at, make_practice
from tests.staff import StaffClient

INDEX = reverse("settings")
SETTINGS = {Act.CHANGE_SETTINGS, Act.SET_UP_SCHEDULE}
OTHERS = {"sessions:products", "sessions:product", "sessions:stock_rules", "reminders:on_call", "scheduling:tablets"}
NO_SETTING = {
    "accounts:logo_image": "the picture itself, shown on the page of the logo",
    "sessions:open_work": "a worklist of one person, behind their page",
}


@pytest.fixture
def practice(clinic: Clinic) -> Iterator[Practice]:
    with time_machine.travel(at(8, 50), tick=False), tenant(clinic.pk, actor="test"):
        yield make_practice(clinic)


def links(client: StaffClient, url: str) -> set[str]:
    """Where the page's own part leads, without the shell around it."""
    page = client.get(url).content.decode()
    main = page[page.index("<main") :]
    return {unescape(one).partition("#")[0].partition("?")[0] for one in re.findall(r'href="(/[^"]*)"', main)}


def test_every_setting_is_three_clicks_from_any_page(
    practice: Practice, staff_client: Callable[..., StaffClient]
) -> None:
    """One to the index, one to a setting, one to what stands on it."""
    made = objects.make(practice.clinic, "Index")
    admin = staff_client(Role.CLINIC_ADMIN, clinic=practice.clinic)
    assert f'href="{INDEX}"' in admin.get(reverse("patients:list")).content.decode()
    first = links(admin, INDEX)
    reached = first.union(*(links(admin, url) for url in first))
    wanted = {
        name: address(name, pattern, made)
        for name, pattern in staff_urls()
        if "GET" in view_of(pattern).allowed_methods
        and (view_of(pattern).required_act in SETTINGS or name in OTHERS)
        and name not in NO_SETTING
    }
    assert sorted(name for name, url in wanted.items() if url not in reached) == []
    assert len(wanted) > 25


def test_everybody_finds_what_they_may_change_and_nothing_else(
    practice: Practice, staff_client: Callable[..., StaffClient]
) -> None:
    counts = {}
    for role in Role:
        client = staff_client(role, clinic=practice.clinic)
        found = links(client, INDEX)
        assert {url: client.get(url).status_code for url in found} == dict.fromkeys(found, 200), role
        counts[role] = len(found)
    assert counts[Role.CLINIC_ADMIN] > counts[Role.CLINICIAN] > counts[Role.RESEARCHER] == 3


def test_the_index_says_how_each_setting_stands(practice: Practice, staff_client: Callable[..., StaffClient]) -> None:
    admin = staff_client(Role.CLINIC_ADMIN, clinic=practice.clinic)
    body = admin.get(INDEX).content.decode()
    assert all(words in body for words in ("1 room<", "1 clinician<", "3 people<", "nobody is on call", "not changed"))

    on_call(practice.clinic, "")

    body = admin.get(INDEX).content.decode()
    assert "nobody is on call" not in body
    assert "Nobody is on call" not in body
