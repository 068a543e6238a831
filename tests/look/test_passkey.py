"""Set up a passkey and sign in with it, in a real browser under the real content policy."""

from typing import Any

import pytest
from playwright.sync_api import Page

from accounts.choices import Role
from accounts.models import Clinic
from common.tenancy import tenant
from tests.factories.accounts import MembershipFactory, UserFactory

pytestmark = pytest.mark.e2e
PASSWORD = "four words nobody guesses"


def make_authenticator(page: Page) -> None:
    """Give the browser a virtual fingerprint reader."""
    protocol = page.context.new_cdp_session(page)
    protocol.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    protocol.send("WebAuthn.addVirtualAuthenticator", {"options": options})


@pytest.mark.django_db(transaction=True)
def test_a_clinician_sets_up_a_passkey_and_signs_in_with_it(live_server: Any, page: Page, clinic: Clinic) -> None:
    with tenant(clinic.pk, actor="test"):
        user = UserFactory()
        user.set_password(PASSWORD)
        user.save()
        MembershipFactory(clinic=clinic, role=Role.CLINICIAN, user=user)
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    make_authenticator(page)

    page.goto(f"{live_server.url}/account/login/")
    page.get_by_label("E-mail").fill(user.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.get_by_role("link", name="Add a passkey").click()
    page.get_by_role("textbox", name="Name").fill("My laptop")
    page.get_by_label("Sign in with this passkey alone").check()
    page.get_by_role("button", name="Add passkey").click()
    page.wait_for_url(lambda url: "webauthn/add" not in url)

    page.context.clear_cookies()
    page.goto(f"{live_server.url}/account/login/")
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.wait_for_url(lambda url: "login" not in url)
    assert page.get_by_role("button", name="Your menu").is_visible()
    assert said == []
