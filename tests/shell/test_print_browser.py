"""Every page of a patient on paper: whose it is on each sheet, nothing to press, and nothing beside the sheet."""

import io
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, Page
from pypdf import PdfReader

from accounts.choices import Role
from accounts.models import Clinic
from accounts.permissions import may
from common.tenancy import tenant
from patients.models import Patient
from sessions.models import Course
from tests.access import objects
from tests.access.walking import address, staff_urls, view_of
from tests.sessions.test_chart import treated
from tests.staff import StaffClient

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]

SHOTS = os.environ.get("PITCLINIC_SHOTS", "")
NUMBER, NAME = "Sentinel", "Hinemoana" * 11
ROLES = (Role.CLINICIAN, Role.CLINIC_ADMIN, Role.FRONT_DESK)
SHEETS = {"A4": 210, "Letter": 216}
MARGINS_MM = 28
CONTROLS = "button, input, select, textarea, nav, [role=button], a.btn, summary:not(:has(h2, h3))"
PRINTED_CONTROLS = f"""() => [...document.querySelectorAll({CONTROLS!r})]
  .filter((one) => one.checkVisibility() && one.getClientRects().length)
  .map((one) => one.outerHTML.slice(0, 120))"""
TOO_WIDE = """() => { const edge = document.documentElement.clientWidth + 1;
  return [...document.querySelectorAll("main *")]
  .filter((one) => one.checkVisibility() && one.getBoundingClientRect().right > edge && !one.closest("svg"))
  .map((one) => one.outerHTML.slice(0, 120)).slice(0, 3) }"""


def pages_of_a_patient(clients: dict[Role, StaffClient], made: dict[str, Any]) -> Iterator[tuple[str, Role, str]]:
    """Every page that carries a patient's banner: its name, who may see it, its address."""
    for name, pattern in staff_urls():
        view = view_of(pattern)
        role = next((role for role in ROLES if may(role, view.required_act)), None)
        if role is None or "GET" not in view.allowed_methods or not pattern.pattern.converters:
            continue
        where = address(name, pattern, made)
        answer = Client.get(clients[role], where)
        if answer.status_code == 200 and b'class="print-who"' in getattr(answer, "content", b""):
            yield name, role, where


@pytest.fixture
def made(clinic: Clinic) -> dict[str, Any]:
    made = objects.make(clinic, NUMBER)
    with tenant(clinic.pk, actor="test"):
        Patient.objects.filter(pk=made["patient_id"]).update(family_name=NAME)
        course = Course.objects.get(pk=made["course_id"])
        for week in range(1, 10):
            treated(course, week, 8, 2)
    return made


def test_every_page_of_a_patient_can_be_printed(
    clinic: Clinic, made: dict[str, Any], staff_client: Callable[..., StaffClient], browser: Browser, live_server: Any
) -> None:
    clients = {role: staff_client(role, clinic=clinic) for role in ROLES}
    pages = {role: _page(browser, live_server, client) for role, client in clients.items()}
    found, wrong = list(pages_of_a_patient(clients, made)), []
    for name, role, where in found:
        page = pages[role]
        page.goto(where)
        page.emulate_media(media="print", reduced_motion="reduce")
        wrong += [f"{name}: {one}" for one in page.evaluate(PRINTED_CONTROLS)]
        for sheet, width in SHEETS.items():
            page.set_viewport_size({"width": round((width - MARGINS_MM) / 25.4 * 96), "height": 900})
            wrong += [f"{name} on {sheet}: {one}" for one in page.evaluate(TOO_WIDE)]
        wrong += [f"{name}: {one}" for one in _unsigned_sheets(page, name)]
        page.emulate_media(media="screen")
    assert wrong == []
    assert len(found) > 25


def _page(browser: Browser, live_server: Any, client: StaffClient) -> Page:
    cookie = client.cookies[settings.SESSION_COOKIE_NAME]
    context = browser.new_context(base_url=live_server.url)
    context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": live_server.url}])
    return context.new_page()


def _unsigned_sheets(page: Page, name: str) -> Iterator[str]:
    """The sheets that do not say whose they are and which of how many."""
    data = page.pdf(format="A4", prefer_css_page_size=False)
    if SHOTS:
        Path(SHOTS, f"{name.replace(':', '-')}.pdf").write_bytes(data)
        Path(SHOTS, f"{name.replace(':', '-')}.html").write_text(page.content())
    sheets = PdfReader(io.BytesIO(data)).pages
    for number, sheet in enumerate(sheets, start=1):
        shown = "".join(sheet.extract_text().split())
        for words in (NAME, "born", NUMBER, f"{number}/{len(sheets)}"):
            if words not in shown:
                yield f"sheet {number} of {len(sheets)} lacks {words}"
