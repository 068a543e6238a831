"""The patient's way in a real browser: phone to desk, light and dark, with and without scripts."""

import os
import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.core import mail as django_mail
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from accounts.actors import machine
from accounts.models import Clinic
from common.tenancy import tenant
from patients.models import AccessLink
from patients.services import contact_codes
from reminders.choices import Step
from reminders.services import sweeps
from sessions.models import PainScore, SideEffect
from tests.e2e.axe import axe_violations
from tests.factories.accounts import ClinicFactory
from tests.factories.patients import EmailFactory
from tests.look.test_gallery import SMALL_TARGETS
from tests.portal.visits import BORN, told

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]

SHOTS = os.environ.get("PITCLINIC_SHOTS", "")
SMALL_FOR_PATIENTS = SMALL_TARGETS.replace("43.5", "55.5").replace('"a.btn, button,', '".portal-main a.btn, button,')


def _look_at(page: Page, name: str) -> None:
    if SHOTS:
        page.screenshot(path=str(Path(SHOTS) / f"{name}.png"), full_page=True)
    found = axe_violations(page)
    assert [(rule["id"], [node["target"] for node in rule["nodes"]]) for rule in found] == [], name
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), name
    assert page.evaluate(SMALL_FOR_PATIENTS) == [], name


@pytest.mark.parametrize(
    ("width", "scheme", "has_script"),
    [(390, "light", True), (820, "dark", True), (390, "dark", False)],
)
def test_a_patient_answers_in_three_taps(live_server, browser: Browser, width, scheme, has_script):
    visit = told(ClinicFactory(sender_name="Haus am Park"))
    context = browser.new_context(
        viewport={"width": width, "height": 844}, color_scheme=scheme, java_script_enabled=has_script
    )
    page = context.new_page()
    weight = {"bytes": 0}
    page.on(
        "response",
        lambda answer: weight.update(bytes=weight["bytes"] + len(answer.body() or b"")) if answer.ok else None,
    )
    look = _look_at if has_script else lambda page, name: None
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))

    page.goto(f"{live_server.url}{visit.url}")
    assert weight["bytes"] < 100_000
    look(page, f"portal-door-{width}-{scheme}")
    for name, value in BORN.items():
        page.fill(f"#id_{name}", value)
    if has_script:
        expect(page.locator(".birth-words")).to_contain_text("17 May 1970")
    page.click("text=Go on")

    look(page, f"portal-pain-{width}-{scheme}")
    page.click("button[value='4']")
    look(page, f"portal-relief-{width}-{scheme}")
    page.click("text=No, the pain has come back")
    look(page, f"portal-relief-end-{width}-{scheme}")
    page.click("text=About 6 hours ago")
    look(page, f"portal-worry-{width}-{scheme}")
    page.click("text=No, nothing")
    look(page, f"portal-done-{width}-{scheme}")
    assert page.url.endswith("/end/")

    page.click("text=Report a problem")
    page.click("button[value='breathless']")
    page.wait_for_selector("text=I tapped this by mistake")
    look(page, f"portal-emergency-{width}-{scheme}")
    assert page.locator("h1:has-text('Call for help now')").is_visible()
    assert said == []
    context.close()
    with tenant(visit.clinic.pk):
        assert PainScore.objects.get().score == 4
        assert SideEffect.objects.get().priority == "P0"


def _link_with_code(clinic: Clinic) -> str:
    with tenant(clinic.pk, actor="test"):
        mailbox = EmailFactory(patient__clinic=clinic)
        contact_codes.ask(by=machine(clinic, "test"), now=timezone.now(), point=mailbox)
    sweeps.sweep(clinic=clinic, owner="test", clock=timezone.now)
    link = re.search(r"/p/\S+/", django_mail.outbox[-1].body)
    assert link
    return link[0]


@pytest.mark.parametrize(("width", "scheme"), [(390, "light"), (390, "dark")])
def test_an_old_link_and_a_wrong_date_are_told_plainly(live_server, browser: Browser, width, scheme):
    visit = told(ClinicFactory(sender_name="Haus am Park"))
    context = browser.new_context(viewport={"width": width, "height": 844}, color_scheme=scheme)
    page = context.new_page()
    page.goto(f"{live_server.url}{visit.url}")
    for name, value in {**BORN, "year": "1950"}.items():
        page.fill(f"#id_{name}", value)
    page.click("text=Go on")
    _look_at(page, f"portal-wrong-{width}-{scheme}")
    with tenant(visit.clinic.pk, actor="test"):
        AccessLink.objects.update(expires_at=timezone.now())
    page.goto(f"{live_server.url}{visit.url}")
    _look_at(page, f"portal-ended-{width}-{scheme}")
    page.click("text=Send me a new link")
    _look_at(page, f"portal-sent-{width}-{scheme}")
    page.goto(live_server.url + _link_with_code(visit.clinic))
    _look_at(page, f"portal-confirm-{width}-{scheme}")
    for name, value in BORN.items():
        page.fill(f"#id_{name}", value)
    page.click("button:has-text('Confirm')")
    assert page.url.endswith("/confirmed/")
    _look_at(page, f"portal-confirmed-{width}-{scheme}")
    _look_at_the_question_of_a_week(page, visit.clinic, live_server.url, f"portal-change-{width}-{scheme}")
    context.close()


def _look_at_the_question_of_a_week(page: Page, clinic: Clinic, origin: str, name: str) -> None:
    week = told(clinic, step=Step.CHECK_7D, ago=timedelta(days=7))
    page.goto(f"{origin}{week.url}")
    for field, value in BORN.items():
        page.fill(f"#id_{field}", value)
    page.click("text=Go on")
    page.click("button[value='4']")
    page.click("button[value='lasting']")
    page.wait_for_url("**/3/")
    _look_at(page, name)
