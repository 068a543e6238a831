"""The safety gate in a real browser: signed by finger and by keys, the time-out, findings that follow the typing."""

import time
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from accounts.choices import Role
from accounts.models import Clinic
from common.tenancy import tenant
from patients.models import BodyWeight
from scheduling.models import Appointment
from sessions.models import Consent, TimeOut
from tests.sessions.conftest import Open
from tests.sessions.test_session_browser import begin, is_too_wide, violations

pytestmark = [pytest.mark.e2e, pytest.mark.slow, pytest.mark.django_db(transaction=True)]

TABLET: dict[str, Any] = {"viewport": {"width": 820, "height": 1180}, "has_touch": True}
DESK: dict[str, Any] = {"viewport": {"width": 1440, "height": 900}}
NERVE = "Lateral femoral cutaneous"


def a_point(page: Page, *, side: str = "Left", lot: int = 1) -> None:
    row = page.locator("[data-row]").nth(0)
    row.get_by_label("Nerve").fill(f"N049 {NERVE}")
    row.get_by_role("radio", name=side).check()
    more = row.locator(".point-more")
    if more.get_attribute("open") is None:
        more.locator("summary").click()
    row.get_by_label("Lot").select_option(index=lot)
    expect(page.locator("#time_out")).to_contain_text(f"{NERVE} {side}")
    if lot:
        expect(page.locator("#time_out")).to_contain_text("LOT-77")


def draw(page: Page) -> None:
    """One stroke with a finger that comes to rest: for a moment after a flick the browser takes no tap."""
    page.locator("canvas.sign-canvas").scroll_into_view_if_needed()
    box = page.locator("canvas.sign-canvas").bounding_box()
    assert box
    finger = page.context.new_cdp_session(page)
    places = [(0.1 + step * 0.09, 0.3 + 0.4 * (step % 2)) for step in range(9)]
    begun = time.time() - 1
    for step, (across, down) in enumerate([*places, places[-1], places[-1]]):
        touch = {"x": box["x"] + box["width"] * across, "y": box["y"] + box["height"] * down}
        kind = "touchMove" if step else "touchStart"
        moment = begun + step * 0.06
        finger.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [touch], "timestamp": moment})
    finger.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": [], "timestamp": begun + 0.9})


def ticked(page: Page) -> int:
    return page.locator("#time_out input[type=checkbox]:checked").count()


def test_consent_and_time_out_by_touch_alone(clinic: Clinic, visit: Appointment, open_page: Open) -> None:
    page = open_page(begin(visit), **TABLET)
    page.get_by_label("Full name, typed by the person who consents").fill("Aroha Example")
    draw(page)
    a_point(page)
    page.get_by_role("button", name="All confirmed").tap()
    expect(page.locator("#time_out input[type=checkbox]:not(:checked)")).to_have_count(0)
    page.get_by_role("button", name="Keep the consent").tap()

    expect(page.get_by_role("img", name="Signature of Aroha Example")).to_be_visible()
    expect(page.locator("#time_out")).to_contain_text("Confirmed by")
    found = violations(page)
    with tenant(clinic.pk, actor="test"):
        consent = Consent.objects.get()
        assert sum(len(stroke) for stroke in consent.signature) >= 5
        assert TimeOut.objects.get().confirmed_at
    page.locator("[data-row]").nth(0).get_by_role("radio", name="Right").check()
    expect(page.locator("#time_out")).to_contain_text(f"{NERVE} Right")
    assert ticked(page) == 0
    expect(page.locator("[data-gate]")).to_contain_text("After the time-out this was changed: the side.")
    assert found + violations(page) == []
    assert page.said == []  # type: ignore[attr-defined]


def test_consent_and_time_out_by_keyboard_alone(clinic: Clinic, visit: Appointment, open_page: Open) -> None:
    page = open_page(begin(visit), **DESK)
    page.get_by_label("Full name, typed by the person who consents").focus()
    page.keyboard.type("Aroha Example")
    page.locator("[data-row]").nth(0).get_by_label("Nerve").focus()
    page.keyboard.type(f"N049 {NERVE}")
    page.locator("[data-row]").nth(0).get_by_role("radio", name="Left").focus()
    page.keyboard.press("Space")
    expect(page.locator("#time_out")).to_contain_text(f"{NERVE} Left")
    boxes = page.locator("#time_out input[type=checkbox]")
    boxes.nth(0).focus()
    for _item in range(boxes.count()):
        page.keyboard.press("Space")
        page.keyboard.press("Tab")
    page.get_by_role("button", name="Keep the consent").focus()
    page.keyboard.press("Enter")

    expect(page.locator("#consent")).to_contain_text("Given by Aroha Example")
    with tenant(clinic.pk, actor="test"):
        assert Consent.objects.get().signature is None
        assert TimeOut.objects.get().confirmed_at


def test_findings_follow_the_typing_and_keep_the_reason_that_is_given(visit: Appointment, open_page: Open) -> None:
    page = open_page(begin(visit), **TABLET)
    a_point(page, lot=0)
    gate = page.locator("[data-gate]")
    no_lot = gate.locator("li", has_text="P02")
    no_lot.get_by_label("checked again, it is as written").check(force=True)
    no_lot.get_by_label("In words").fill("Small bottle")
    volume = page.locator("[data-row]").nth(0).get_by_label("mL")
    volume.fill("1.5")

    expect(gate).to_contain_text("Point 1 received 1.5 mL; more than 1 mL is unusual.")
    expect(no_lot.get_by_label("In words")).to_have_value("Small bottle")
    expect(no_lot.get_by_label("checked again, it is as written")).to_be_checked()
    gate.locator("li", has_text="V17").get_by_role("link").click()
    expect(page.locator("[data-row]").nth(0).get_by_label("Nerve")).to_be_focused()
    volume.fill("1")
    expect(gate).not_to_contain_text("is unusual")
    assert violations(page) == []


def test_the_anaesthetic_fills_its_bar_while_it_is_typed(clinic: Clinic, visit: Appointment, open_page: Open) -> None:
    with tenant(clinic.pk, actor="test"):
        day = timezone.now().date()
        BodyWeight.objects.create(clinic=clinic, patient=visit.patient, weight_kg=Decimal(60), measured_date=day)
    page = open_page(begin(visit), **TABLET)
    a_point(page, lot=0)
    row = page.locator("[data-row]").nth(0)
    row.get_by_label("Solution").select_option(label="Dextrose 20 % with lidocaine and ropivacaine")
    row.get_by_label("mL").fill("9")

    # 9 mL of 0.1 % are 9 mg of each; of 180 mg each at 60 kg (3 mg/kg): 5 % and 5 %.
    expect(page.locator("#totals")).to_contain_text("10.0 % of the maximum for this patient")
    expect(page.get_by_role("meter")).to_have_attribute("value", "10")
    row.get_by_label("mL").fill("60")
    expect(page.locator("#totals")).to_contain_text("66.7 %")
    assert violations(page) == []


@pytest.mark.parametrize(("name", "button"), [("rules", "Save the rules"), ("consent_wording", "Preview the text")])
def test_the_settings_pages_are_in_order(
    name: str, button: str, clinic: Clinic, staff_client: Callable[..., Client], browser: Browser, live_server: Any
) -> None:
    cookie = staff_client(Role.CLINIC_ADMIN, clinic=clinic).cookies[settings.SESSION_COOKIE_NAME]
    context = browser.new_context(base_url=live_server.url, viewport={"width": 390, "height": 844})
    context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": live_server.url}])
    page = context.new_page()
    page.goto(reverse(f"sessions:{name}"))
    expect(page.get_by_role("button", name=button)).to_be_visible()

    assert not is_too_wide(page)
    assert violations(page) == []
