"""Before an idle sign-out a warning; after it the sign-in leads back to the page, with the text still there."""

import time
from collections.abc import Callable
from importlib import import_module
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Page, expect

from accounts.choices import Role
from tests.e2e.axe import axe_violations
from tests.factories.accounts import ClinicFactory

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]

QUARTER_HOUR_MS = 15 * 60 * 1000


def used_ago(client: Client, seconds: int) -> None:
    """Let the server think that nobody used this sign-in for so long."""
    store = import_module(settings.SESSION_ENGINE).SessionStore(client.cookies[settings.SESSION_COOKIE_NAME].value)
    store["last_seen"] = int(time.time()) - seconds
    store.save()


def test_who_types_is_warned_before_an_idle_sign_out_and_finds_the_text_again(
    page: Page, live_server: Any, staff_client: Callable[..., Client]
) -> None:
    clinic = ClinicFactory()
    client = staff_client(Role.CLINIC_ADMIN, clinic=clinic)
    user = client.member.user
    address = live_server.url + reverse("scheduling:add_room")

    def carry(signed_in: Client) -> None:
        name = settings.SESSION_COOKIE_NAME
        page.context.add_cookies([{"name": name, "value": signed_in.cookies[name].value, "url": live_server.url}])

    carry(client)
    page.clock.install()
    page.goto(address)
    page.locator("#id_name").fill("Garden room")
    dialog = page.get_by_role("dialog", name="Are you still here?")

    used_ago(client, 14 * 60)
    page.clock.run_for(QUARTER_HOUR_MS - 60_000)
    expect(dialog).to_be_visible()
    found = [problem for width in (390, 1440) for problem in seen(page, width)]
    with page.expect_response(lambda answer: answer.request.method == "POST"):
        page.get_by_role("button", name="Stay signed in").click()
    expect(dialog).to_be_hidden()
    assert client.get(reverse("accounts:still_here"), headers={"X-Poll": "test"}).json()["seconds"] > 800

    used_ago(client, 16 * 60)
    page.clock.run_for(QUARTER_HOUR_MS)
    page.wait_for_url("**/account/login/?next=**")
    again = Client()
    again.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[0])
    carry(again)
    page.goto(live_server.url + page.evaluate("new URL(location.href).searchParams.get('next')"))

    expect(page.locator("#id_name")).to_have_value("Garden room")
    expect(page.get_by_text("What you typed before you were signed out is back")).to_be_visible()
    assert found == []


def test_who_sends_a_form_after_the_sign_in_has_ended_finds_it_filled_in_again(
    page: Page, live_server: Any, staff_client: Callable[..., Client]
) -> None:
    client = staff_client(Role.FRONT_DESK, clinic=ClinicFactory())
    name = settings.SESSION_COOKIE_NAME

    def carry(value: str) -> None:
        page.context.add_cookies([{"name": name, "value": value, "url": live_server.url}])

    carry(client.cookies[name].value)
    page.goto(live_server.url + reverse("patients:register"))
    page.locator("#id_family_name").fill("Berg")
    page.locator("#id_given_names").fill("Ann")
    page.locator("#id_sex").select_option("female")
    page.locator("#id_needs_interpreter").check()
    # Nothing is asked by the page itself (a birth date would be said back in words): the form is what comes too late.
    page.wait_for_load_state("networkidle")
    used_ago(client, 16 * 60)
    page.get_by_role("button", name="Register").last.click()
    page.wait_for_url("**/account/login/?next=**")

    # The same browser signs in: what waited in its session stays there.
    again = Client()
    again.cookies[name] = next(one["value"] for one in page.context.cookies() if one["name"] == name)
    again.force_login(client.member.user, backend=settings.AUTHENTICATION_BACKENDS[0])
    carry(again.cookies[name].value)
    page.goto(live_server.url + page.evaluate("new URL(location.href).searchParams.get('next')"))
    expect(page.get_by_text("What you typed before you were signed out is back")).to_be_visible()
    expect(page.locator("#id_family_name")).to_have_value("Berg")
    expect(page.locator("#id_given_names")).to_have_value("Ann")
    expect(page.locator("#id_sex")).to_have_value("female")
    expect(page.locator("#id_needs_interpreter")).to_be_checked()


def seen(page: Page, width: int) -> list[Any]:
    page.set_viewport_size({"width": width, "height": 900})
    return axe_violations(page)
