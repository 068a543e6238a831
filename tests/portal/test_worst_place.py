"""The worst place to stand: a phone at 200 % text, from right to left, in the dark, without a network."""

import os
from pathlib import Path

import pytest
from django.test import Client
from playwright.sync_api import Browser, Page, expect

from accounts.choices import Role
from common.tenancy import tenant
from sessions.models import SideEffect
from tests.e2e.axe import axe_violations
from tests.factories.accounts import ClinicFactory
from tests.factories.sessions import SideEffectFactory
from tests.portal.visits import BORN, Told, told

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]

SHOTS = os.environ.get("PITCLINIC_SHOTS", "")
PHONE = {"width": 390, "height": 844}
# The page's own 112.5 %, for somebody whose browser shows text at twice the size.
TWICE = "document.documentElement.style.fontSize = '225%'"


def _look_at(page: Page, name: str) -> None:
    page.wait_for_load_state()
    page.evaluate(TWICE)
    if SHOTS:
        page.screenshot(path=str(Path(SHOTS) / f"{name}.png"), full_page=True)
    assert [(rule["id"], [node["target"] for node in rule["nodes"]]) for rule in axe_violations(page)] == [], name
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), name


def _enter(page: Page, origin: str, visit: Told) -> None:
    page.goto(f"{origin}{visit.url}")
    for name, value in BORN.items():
        page.fill(f"#id_{name}", value)
    page.click(".portal-main button[type=submit]")


@pytest.mark.parametrize(("scheme", "language"), [("light", "en"), ("dark", "ar")])
def test_the_signs_come_before_the_way_out_at_twice_the_size(live_server, browser: Browser, settings, scheme, language):
    settings.LANGUAGES = [("en", "English"), ("ar", "Arabic")]  # as if there were a catalogue that reads from the right
    visit = told(
        ClinicFactory(sender_name="Praxis am Stadtpark"),
        language=language,
        given_names="Maximiliane Alexandra",
        family_name="Oberhuber-Schwarzenberger",
    )
    context = browser.new_context(viewport=PHONE, color_scheme=scheme)
    page = context.new_page()
    _enter(page, live_server.url, visit)
    page.click("footer a[href*='report/']")
    _look_at(page, f"worst-worry-{scheme}")
    ends = page.eval_on_selector_all("button[name=sign]", "all => all.map(one => one.getBoundingClientRect().bottom)")
    way_out = page.locator("button[name=nothing]").bounding_box()
    number = page.locator(".at-once a").bounding_box()
    assert len(ends) == 12
    assert way_out is not None
    assert max(ends) < way_out["y"]
    assert ends[0] < PHONE["height"]
    assert number is not None
    assert number["y"] + number["height"] < PHONE["height"]
    assert page.evaluate("[...document.querySelectorAll('*')].every(e => getComputedStyle(e).position !== 'sticky')")
    page.fill("textarea", "It feels strange")
    page.click(".after-choices button")
    _look_at(page, f"worst-signs-{scheme}")
    expect(page.locator("button[name=sign]").first).to_be_in_viewport(ratio=1)
    page.click("button[name=none]")
    _look_at(page, f"worst-call-now-{scheme}")
    page.goto(f"{live_server.url}/p/{visit.clinic.link_code}-{'x' * 27}/")
    _look_at(page, f"worst-ended-{scheme}")
    context.close()


def test_a_sign_tapped_without_a_network_shows_the_words_and_never_says_that_the_clinic_knows(
    live_server, browser: Browser
):
    visit = told(ClinicFactory(sender_name="Haus am Park"))
    context = browser.new_context(viewport=PHONE)
    page = context.new_page()
    _enter(page, live_server.url, visit)
    page.click("footer a[href*='report/']")
    page.fill("textarea", "My chest hurts")
    context.set_offline(True)

    page.click("button[value=breathless]")

    words = page.locator("#emergency")
    expect(words).to_be_in_viewport()
    expect(words).to_contain_text("your clinic does not know yet")
    expect(words.locator(f"a[href='tel:{visit.clinic.emergency_number}']")).to_be_visible()
    expect(words).not_to_contain_text("has been told")
    if SHOTS:
        page.screenshot(path=str(Path(SHOTS) / "worst-offline.png"))
    page.click("text=Send this")
    assert page.input_value("textarea") == "My chest hurts"
    expect(words).to_contain_text("it is sent by itself when the signal is back")
    with tenant(visit.clinic.pk):
        assert not SideEffect.objects.exists()

    context.set_offline(False)
    page.wait_for_url("**/report/call/")
    expect(page.locator(".offline")).to_contain_text("your answer was sent at")
    _look_at(page, "worst-call")
    with tenant(visit.clinic.pk):
        report = SideEffect.objects.get()
    assert (report.priority, report.description) == ("P0", "My chest hurts")
    context.close()


def test_an_alarm_nobody_has_taken_is_in_sight_on_a_narrow_page(live_server, browser: Browser, staff_client):
    clinic = ClinicFactory()
    with tenant(clinic.pk, actor="test"):
        SideEffectFactory(clinic=clinic, priority="P0")
    desk: Client = staff_client(Role.FRONT_DESK, clinic=clinic)
    context = browser.new_context(viewport={"width": 320, "height": 700})
    context.add_cookies([{"name": "sessionid", "value": desk.cookies["sessionid"].value, "url": live_server.url}])
    page = context.new_page()
    page.goto(f"{live_server.url}/patients/")
    expect(page.locator(".bar-urgent")).to_be_in_viewport(ratio=1)
    expect(page.locator(".bar-urgent")).to_have_text("1 urgent")
    if SHOTS:
        page.screenshot(path=str(Path(SHOTS) / "worst-bar.png"))
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    page.set_viewport_size(PHONE)
    page.evaluate(TWICE)
    expect(page.locator(".bar-urgent")).to_be_in_viewport(ratio=1)
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    context.close()
