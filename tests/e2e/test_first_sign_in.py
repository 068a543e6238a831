"""A clinic follows the README: from an empty server to a first page and a colleague's, by real mail and real keys."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from allauth.mfa.totp.internal import auth as totp
from playwright.sync_api import BrowserType, Page, expect

from tests.e2e.deployment import Deployment, deployment, variables_of_compose
from tests.look.test_passkey import make_authenticator

pytestmark = [pytest.mark.e2e, pytest.mark.slow]
PASSWORD = "four words nobody guesses"


def choose_password(page: Page, link: str) -> None:
    page.goto(link)
    page.get_by_label("Password", exact=False).first.fill(PASSWORD)
    page.get_by_label("Password, once more").fill(PASSWORD)
    page.get_by_role("button", name="Save the password").click()


def code_on(page: Page) -> str:
    secret = page.locator("main code").inner_text()
    return totp.format_hotp_value(totp.hotp_value(secret, next(totp.yield_hotp_counters_from_time())))


def set_up_app(page: Page) -> None:
    page.get_by_role("link", name="Set up an app").click()
    page.get_by_role("textbox", name="Authenticator code").fill(code_on(page))
    page.get_by_role("button", name="Finish").click()
    page.get_by_role("link", name="go to the first page").click()


def invite_a_colleague(page: Page, email: str) -> None:
    page.get_by_role("link", name="Settings").first.click()
    page.get_by_role("link", name="People").first.click()
    page.get_by_label("Full name").fill("Cleo Clinician")
    page.get_by_label("E-mail address").fill(email)
    page.get_by_label("Role").select_option("clinician")
    page.get_by_role("button", name="Send invitation").click()
    expect(page.get_by_text("Cleo Clinician is invited.")).to_be_visible()


def set_up_passkey(page: Page) -> None:
    page.get_by_role("link", name="Add a passkey").click()
    page.get_by_role("textbox", name="Name").fill("My laptop")
    page.get_by_label("Passwordless").check()
    page.get_by_role("button", name="Add", exact=True).click()
    page.get_by_role("link", name="go to the first page").click()


def is_at_work(page: Page) -> None:
    expect(page.get_by_role("heading", level=1, name="Today")).to_be_visible()


def sign_in_with_passkey(page: Page, site: Deployment) -> None:
    page.goto("about:blank")  # a page left open would ask, and be sent to sign in, at the same moment
    page.context.clear_cookies()
    page.goto(f"{site.origin}/account/login/")
    page.get_by_role("button", name="Sign in with a passkey").click()
    is_at_work(page)


def test_a_clinic_follows_the_readme_and_its_people_come_in(
    django_db_setup: None,
    django_db_blocker: Any,
    tmp_path: Path,
    browser_type: BrowserType,
    browser_type_launch_args: dict[str, Any],
    figure: Callable[[str, float], None],
) -> None:
    with django_db_blocker.unblock(), deployment(tmp_path) as site:
        assert set(site.told("app")) == variables_of_compose()
        site.start()
        place = ("--country", "DE", "--address", "Musterweg 1", "--address", "10115 Berlin", "--zone", "Europe/Berlin")
        details = (*place, "--language", "en", "--phone", "+4930901820", "--urgent-phone", "+4930901821")
        person = ("--email", "ada@example.org", "--name", "Ada Admin", "--role", "clinic_admin")
        said = site.manage("add_member", "--clinic", "Riverside", *details, *person)
        assert "/invitation/" not in said
        site.wait_until_it_answers()
        trusted = f"--ignore-certificate-errors-spki-list={site.proxy.public_key_hash}"
        arguments = [*browser_type_launch_args["args"], trusted]
        browser = browser_type.launch(**{**browser_type_launch_args, "args": arguments})
        try:
            ada = browser.new_context().new_page()
            choose_password(ada, site.mailbox.link_to("ada@example.org"))
            set_up_app(ada)
            is_at_work(ada)
            invite_a_colleague(ada, "cleo@example.org")
            cleo = browser.new_context().new_page()
            make_authenticator(cleo)
            choose_password(cleo, site.mailbox.link_to("cleo@example.org"))
            set_up_passkey(cleo)
            is_at_work(cleo)
            sign_in_with_passkey(cleo, site)
        finally:
            browser.close()
        figure("production_first_sign_in", 1)
