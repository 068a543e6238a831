"""The session in a real browser: a row added by script, totals that follow, a signature; axe and widths on the way."""

from collections.abc import Callable
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from accounts.models import Clinic
from common.tenancy import tenant
from patients.models import Allergy
from scheduling.models import Appointment
from sessions.models import InjectionSession
from tests.e2e.axe import axe_violations
from tests.e2e.eyes import large_text_problems
from tests.sessions.conftest import Open

pytestmark = [pytest.mark.e2e, pytest.mark.slow, pytest.mark.django_db(transaction=True)]


PHONE = 390
# A bar that another one lies upon, or that leaves a slit in which half a line of text shows.
COVERED = """() => {
  const bars = [".top-bar", ".patient-line"].map(name => document.querySelector(name).getBoundingClientRect());
  const links = document.querySelector(".part-links").getBoundingClientRect();
  const [top, line] = bars, first = document.querySelector("#points").getBoundingClientRect();
  const wrong = [];
  if (line.top < top.bottom - 1 || line.top > top.bottom + 8) wrong.push(`slit ${line.top - top.bottom}`);
  if (links.bottom > 0 && links.bottom > first.top + 1) wrong.push("the links lie upon the part");
  if (first.top < line.bottom - 1) wrong.push("the line lies upon the part");
  return wrong;
}"""


def violations(page: Page) -> list[str]:
    found = axe_violations(page)
    return [f"{row['id']}: {node['html'][:160]}" for row in found for node in row["nodes"]]


def is_too_wide(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth + 1"))


def begin(visit: Appointment) -> str:
    answer = visit.client.post(reverse("sessions:start", args=[visit.pk]))  # type: ignore[attr-defined]
    return str(answer.headers["Location"])


def write(page: Page) -> None:
    """Type a session of two points, the first thing a clinician does with an empty page."""
    page.get_by_role("button", name="All asked, nothing to report").click()
    page.get_by_label("Full name, typed by the person who consents").fill("Aroha Example")
    page.locator("#id_rest_before").get_by_role("radio", name="6").check()
    first = page.locator("[data-row]").nth(0)
    first.get_by_label("Nerve").fill("N049 Lateral femoral cutaneous")
    first.get_by_role("radio", name="Left").check()
    first.locator("summary").click()
    first.get_by_label("Lot").select_option(index=1)


def confirm(page: Page, nerve: str) -> None:
    """The time-out, once it shows what was typed."""
    expect(page.locator("#time_out")).to_contain_text(nerve)
    page.get_by_role("button", name="All confirmed").click()


def test_a_session_is_written_with_scripts_and_signed(
    clinic: Clinic, visit: Appointment, open_page: Open, figure: Callable[[str, float], None]
) -> None:
    page = open_page(begin(visit), viewport={"width": 820, "height": 1180})
    write(page)
    page.get_by_role("button", name="Add a point").click()
    second = page.locator("[data-row]").nth(1)
    expect(second.get_by_label("Nerve")).to_have_value("N049 Lateral femoral cutaneous")
    second.get_by_label("mL").fill("1")
    second.get_by_label("mL").blur()
    expect(page.locator("#totals")).to_contain_text("1.50")
    expect(page.locator("#totals")).to_contain_text("0.075")
    expect(page.locator("#sum")).to_contain_text("2 points · 1.50")
    confirm(page, "Lateral femoral cutaneous")
    page.locator("#id_rest_after").get_by_role("radio", name="2").check()
    page.get_by_role("button", name="All fine").click()
    page.get_by_role("button", name="Save and look over").click()
    expect(page.get_by_text("Every rule is kept.")).to_be_visible()
    found = violations(page)
    page.get_by_role("button", name="Sign", exact=True).click()
    expect(page.get_by_text("I gave this treatment and this record is true.")).to_be_visible()
    found += violations(page)

    figure("session_axe_violations", len(found))
    assert found == []
    assert page.said == []  # type: ignore[attr-defined]
    with tenant(clinic.pk, actor="test"):
        stored = InjectionSession.objects.get()
        assert [(p.number, p.side, str(p.volume_ml)) for p in stored.points.all()] == [
            (1, "left", "0.50"),
            (2, "left", "1.00"),
        ]


def test_a_removed_row_is_not_saved(clinic: Clinic, visit: Appointment, open_page: Open) -> None:
    page = open_page(begin(visit), viewport={"width": 1440, "height": 900})
    write(page)
    page.get_by_role("button", name="Add a point").click()
    page.locator("[data-row]").nth(0).get_by_text("Remove").click()
    page.get_by_role("button", name="Save draft").click()
    expect(page.get_by_text("The draft is saved.")).to_be_visible()

    with tenant(clinic.pk, actor="test"):
        assert [p.number for p in InjectionSession.objects.get().points.all()] == [1]


def test_the_page_works_without_scripts(clinic: Clinic, visit: Appointment, open_page: Open) -> None:
    page = open_page(begin(visit), viewport={"width": 390, "height": 844}, java_script_enabled=False)
    first = page.locator("[data-row]").nth(0)
    first.get_by_label("Nerve").fill("meralgia")
    page.get_by_role("button", name="Save draft").click()
    expect(page.get_by_text("No nerve is called that.").first).to_be_visible()
    first.get_by_label("Nerve").fill("lateral femoral")
    first.get_by_role("radio", name="Right").check()
    page.get_by_role("button", name="Save and add a row").click()

    expect(page.locator("[data-row]")).to_have_count(2)
    expect(page.locator("#totals")).to_contain_text("0.50")
    with tenant(clinic.pk, actor="test"):
        assert InjectionSession.objects.get().points.get().side == "right"


@pytest.mark.parametrize(("width", "scheme"), [(PHONE, "light"), (820, "dark")])
def test_every_page_fits_and_reads(
    width: int, scheme: Any, clinic: Clinic, visit: Appointment, open_page: Open
) -> None:
    with tenant(clinic.pk, actor="test"):
        Allergy.objects.create(clinic=clinic, patient=visit.patient, substance="corn", recorded_at=visit.starts_at)
    url = begin(visit)
    page = open_page(url, viewport={"width": width, "height": 1000}, color_scheme=scheme)
    write(page)
    page.get_by_label("Drawn up (mL)").fill("5")
    page.get_by_role("button", name="Save draft").click()
    expect(page.get_by_text("The draft is saved.")).to_be_visible()
    for path in (url, f"{url}sign/", f"{url}record/", reverse("sessions:lots")):
        page.goto(path)
        assert violations(page) == [], path
        assert not is_too_wide(page), path
        assert large_text_problems(page) == [], path
    page.goto(url)
    for size in ("100%", "200%") if width == PHONE else ():
        page.evaluate("size => { document.documentElement.style.fontSize = size }", size)
        page.locator("#points").evaluate("part => part.scrollIntoView()")
        line = page.locator(".patient-line")
        expect(line).to_be_in_viewport(ratio=1)
        expect(line).to_contain_text("Aroha Example")
        expect(line).to_contain_text("Allergy: Corn")
        assert page.evaluate(COVERED) == [], size
    assert page.said == []  # type: ignore[attr-defined]
