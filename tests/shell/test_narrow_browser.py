"""A staff page on a phone with text at twice the size: the bar leaves the screen to the page."""

from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from django.urls import reverse
from playwright.sync_api import Browser, expect

from accounts.choices import Role
from accounts.models import Clinic
from common.tenancy import tenant
from tests.e2e.axe import axe_violations
from tests.factories.sessions import SideEffectFactory
from tests.staff import StaffClient

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]


def test_at_twice_the_text_the_bar_is_one_line_and_a_country_proposes_at_once(
    clinic: Clinic, staff_client: Callable[..., StaffClient], browser: Browser, live_server: Any
) -> None:
    cookie = staff_client(Role.CLINIC_ADMIN, clinic=clinic).cookies[settings.SESSION_COOKIE_NAME]
    with tenant(clinic.pk, actor="test"):
        SideEffectFactory(clinic=clinic, priority="P0")
    for scheme in ("light", "dark"):
        context = browser.new_context(
            base_url=live_server.url,
            color_scheme=scheme,  # type: ignore[arg-type]  # a literal of its own
            viewport={"width": 390, "height": 844},
            reduced_motion="reduce",
        )
        context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": live_server.url}])
        page = context.new_page()
        page.goto(reverse("accounts:settings"))
        page.evaluate("document.documentElement.style.fontSize = '200%'")
        expect(page.locator(".bar-urgent")).to_be_in_viewport(ratio=1)
        assert page.locator(".top-bar").evaluate("bar => bar.getBoundingClientRect().height") < 844 / 8
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
        assert [rule["id"] for rule in axe_violations(page)] == []
        page.locator(".search-toggle").click()
        expect(page.locator("#search-anywhere")).to_be_focused()
        expect(page.locator("#search-anywhere")).to_be_in_viewport(ratio=1)
        page.locator("#id_country").select_option("US")
        expect(page.locator("#id_emergency_number")).to_have_value("911")
        expect(page.locator("#id_zone")).to_have_value("")
        expect(page.locator("#country-decides")).to_contain_text("4 March 1981")
        expect(page.locator("#id_name")).to_have_value(clinic.name)
        context.close()
