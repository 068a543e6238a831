"""Nothing typed is lost, in a real browser: a lost network, a closed tab, a second person in the draft."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import Page, expect

from accounts.choices import Role
from accounts.models import Clinic
from common.tenancy import tenant
from scheduling.models import Appointment
from sessions.models import InjectionSession, UnsavedTyping
from tests.sessions.conftest import Open
from tests.sessions.test_session_browser import begin, violations

pytestmark = [pytest.mark.e2e, pytest.mark.slow, pytest.mark.django_db(transaction=True)]

TABLET: Any = {"width": 820, "height": 1180}
SAVED = "#saved[data-state=saved]"


@pytest.fixture
def url(visit: Appointment) -> str:
    return begin(visit)


@pytest.fixture
def page(url: str, open_page: Open) -> Page:
    return open_page(url, viewport=TABLET)


def note(page: Page) -> Any:
    return page.get_by_label("Note", exact=True)


def stored(clinic: Clinic) -> InjectionSession:
    with tenant(clinic.pk, actor="test"):
        return InjectionSession.objects.get()


def wait_until_stored(clinic: Clinic, words: str) -> None:
    """The number of tries is bounded."""
    for _try in range(300):
        if stored(clinic).note == words:
            return
        threading.Event().wait(0.1)
    raise AssertionError(f"never stored: {words}")


def wait_until_kept(page: Page) -> None:
    """In this browser, encrypted: one row of bytes."""
    page.wait_for_function(
        """() => new Promise((resolve) => {
            const request = indexedDB.open("pit-waiting", 1);
            request.onsuccess = () => {
                const all = request.result.transaction("typed").objectStore("typed").getAll();
                all.onsuccess = () => { request.result.close(); resolve(all.result.length === 1); };
            };
        })"""
    )


def test_what_is_typed_is_saved_without_a_button(clinic: Clinic, page: Page) -> None:
    note(page).press_sequentially("typed, never saved by hand")
    expect(page.locator(SAVED)).to_contain_text("Saved at")
    page.get_by_label("Points in one line").fill("sural r 3x.4")
    with page.expect_response(
        lambda answer: "/autosave/" in answer.url and "points-2-nerve=N061" in (answer.request.post_data or "")
    ):
        page.get_by_label("Points in one line").press("Enter")
    expect(page.locator(SAVED)).to_be_visible()

    assert stored(clinic).note == "typed, never saved by hand"
    with tenant(clinic.pk, actor="test"):
        assert stored(clinic).points.count() == 3
    assert violations(page) == []


def test_a_lost_network_is_told_and_loses_nothing(clinic: Clinic, page: Page, url: str, open_page: Open) -> None:
    page.context.set_offline(True)
    note(page).fill("typed without a network")
    expect(page.locator("#saved-trouble")).to_contain_text("Not saved on the server: 1 change waits here")
    page.get_by_label("Drawn up (mL)").fill("5")
    expect(page.locator("#saved-trouble")).to_contain_text("2 changes wait here")
    assert violations(page) == []
    assert page.evaluate("Object.keys(localStorage).length") == 0
    page.get_by_role("button", name="Save draft").click()
    expect(note(page)).to_have_value("typed without a network")

    page.context.set_offline(False)

    expect(page.locator(SAVED)).to_be_visible(timeout=20_000)
    expect(page.locator("#saved-trouble")).to_be_hidden()
    assert stored(clinic).note == "typed without a network"


def test_a_tab_closed_without_a_network_comes_back(clinic: Clinic, page: Page, url: str) -> None:
    page.context.set_offline(True)
    note(page).fill("typed, then the tab was closed")
    expect(page.locator("#saved-trouble")).to_contain_text("waits here")
    wait_until_kept(page)
    context = page.context
    page.close()
    context.set_offline(False)

    again = context.new_page()
    again.goto(url)

    expect(again.get_by_text("What was typed without a connection is saved.")).to_be_visible(timeout=15_000)
    expect(note(again)).to_have_value("typed, then the tab was closed")
    assert stored(clinic).note == "typed, then the tab was closed"


def test_a_tab_closed_in_the_middle_of_a_word_loses_nothing(clinic: Clinic, page: Page, url: str) -> None:
    note(page).fill("the last word")
    wait_until_kept(page)
    context = page.context
    page.close(run_before_unload=False)

    wait_until_stored(clinic, "the last word")  # by the closing tab
    again = context.new_page()
    again.goto(url)
    expect(note(again)).to_have_value("the last word", timeout=15_000)


def test_half_a_number_comes_back_as_it_was_typed(page: Page, url: str) -> None:
    note(page).fill("beside half a point")
    page.locator("[data-row]").nth(0).get_by_label("Nerve").fill("peron")
    page.locator("[data-row]").nth(0).get_by_label("Nerve").blur()
    expect(page.locator("#saved[data-state=part]")).to_contain_text("but not: Point 1, Nerve:")

    page.goto(url)

    expect(page.locator("#typed-again")).to_be_visible()
    expect(note(page)).to_have_value("beside half a point")
    expect(page.locator("[data-row]").nth(0).get_by_label("Nerve")).to_have_value("peron")
    assert violations(page) == []


def test_the_second_of_two_people_sees_both_texts(
    clinic: Clinic, page: Page, url: str, open_page: Open, staff_client: Callable[..., Client]
) -> None:
    colleague = open_page(url, client=staff_client(Role.CLINICIAN, clinic=clinic), viewport=TABLET)
    note(colleague).fill("theirs")
    expect(colleague.locator(SAVED)).to_contain_text("Saved at")
    note(page).fill("mine")
    expect(page.locator("#saved-trouble")).to_contain_text("This session was saved after you opened it")
    page.get_by_role("button", name="See both").click()

    expect(page.get_by_role("cell", name="mine")).to_be_visible()
    expect(page.get_by_role("cell", name="theirs")).to_be_visible()
    assert stored(clinic).note == "theirs"
    with tenant(clinic.pk, actor="test"):
        assert UnsavedTyping.objects.get().typed["note"] == ["mine"]

    note(page).fill("theirs and mine")
    page.get_by_role("button", name="Save draft").last.click()
    expect(page.get_by_text("The draft is saved.")).to_be_visible()
    assert stored(clinic).note == "theirs and mine"
    note(colleague).fill("theirs again")
    expect(colleague.locator("#saved-trouble")).to_contain_text("This session was saved after you opened it")


def test_signing_out_leaves_nothing_in_the_browser(page: Page) -> None:
    page.context.set_offline(True)
    note(page).fill("left behind?")
    expect(page.locator("#saved-trouble")).to_be_visible()
    page.evaluate(
        "document.querySelector('[action$=\"/account/logout/\"]').addEventListener('submit', (e) => e.preventDefault())"
    )
    page.evaluate("document.querySelector('[action$=\"/account/logout/\"]').requestSubmit()")

    page.wait_for_function("async () => !(await indexedDB.databases()).some((each) => each.name === 'pit-waiting')")
