"""The sign-in page in a real browser, under the real headers."""

from typing import Any

import pytest
from playwright.sync_api import Page

from accounts.models import Clinic

pytestmark = pytest.mark.e2e


@pytest.mark.django_db(transaction=True)
def test_a_form_reaches_the_server_although_nothing_is_told_to_other_sites(
    live_server: Any, page: Page, clinic: Clinic
) -> None:
    answer = page.goto(f"{live_server.url}/account/login/")
    assert answer is not None
    assert answer.headers["referrer-policy"] == "no-referrer"
    page.get_by_label("E-mail").fill("nobody@example.org")
    page.get_by_label("Password").fill("not the right password")
    page.get_by_role("button", name="Sign in", exact=True).click()
    assert page.get_by_role("alert").is_visible()
    assert page.evaluate("document.activeElement.getAttribute('role')") == "alert"
