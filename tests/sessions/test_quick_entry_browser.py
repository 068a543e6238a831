"""The line of points and the rows in a real browser: by keyboard, by finger, undone and done again."""

import pytest
from playwright.sync_api import Page, expect

from accounts.models import Clinic
from common.tenancy import tenant
from scheduling.models import Appointment
from sessions.models import InjectionSession
from tests.sessions.conftest import Open
from tests.sessions.test_session_browser import begin, violations

pytestmark = [pytest.mark.e2e, pytest.mark.slow, pytest.mark.django_db(transaction=True)]

LINE = "Points in one line"


@pytest.fixture
def page(visit: Appointment, open_page: Open) -> Page:
    return open_page(begin(visit), viewport={"width": 820, "height": 1180})


def shown(page: Page) -> list[list[str]]:
    """Nerve code, side and volume of every point, as rows.js tells it to the map and to "repeat last"."""
    found: list[list[str]] = page.evaluate(
        """async () => {
            const { points } = await import("/static/js/session/rows.js");
            const form = document.querySelector("form[data-points]");
            return points(form).map((point) => [point.nerveCode, point.side, point.volume]);
        }"""
    )
    return found


def test_a_line_typed_and_entered_becomes_rows(page: Page) -> None:
    line = page.get_by_label(LINE)
    line.press_sequentially("saph infrapat L 4x0.5; sural r 3x.4")
    expect(page.locator("#quick-said")).to_contain_text(
        "4 points, Infrapatellar branch of saphenous, LEFT, 0.5 mL each"
    )
    line.press("Enter")

    expect(page.locator("#totals")).to_contain_text("3.20")
    assert shown(page) == [["N054", "left", "0.50"]] * 4 + [["N061", "right", "0.40"]] * 3
    expect(line).to_have_value("")
    expect(line).to_be_focused()


def test_a_nerve_is_completed_by_tab_and_a_side_by_arrow(page: Page) -> None:
    line = page.get_by_label(LINE)
    line.press_sequentially("cluneal")
    expect(page.locator("#quick-list").get_by_role("option")).to_have_text(
        ["N042 Superior cluneal", "N043 Middle cluneal", "N044 Inferior cluneal"]
    )
    assert violations(page) == []
    line.press("ArrowDown")
    line.press("Tab")
    expect(line).to_have_value("mid cluneal ")
    expect(page.locator("#quick-list").get_by_role("option")).to_have_count(3)
    line.press("ArrowDown")
    line.press("ArrowDown")
    line.press("Enter")
    expect(line).to_have_value("mid cluneal right ")
    line.press("Enter")

    expect(line).to_have_value("")
    assert shown(page) == [["N043", "right", "0.5"]]


def test_tab_leaves_the_line_where_only_a_side_is_offered(page: Page) -> None:
    line = page.get_by_label(LINE)
    line.press_sequentially("sural ")
    expect(page.locator("#quick-list").get_by_role("option")).to_have_count(3)
    line.press("Tab")

    expect(line).to_have_value("sural ")
    expect(line).not_to_be_focused()


def test_a_nerve_is_chosen_by_finger(visit: Appointment, open_page: Open) -> None:
    page = open_page(begin(visit), viewport={"width": 820, "height": 1180}, has_touch=True)
    page.get_by_label(LINE).press_sequentially("infrapat")
    page.locator("#quick-list").get_by_role("option").first.tap()
    page.locator("#quick-list").get_by_role("option", name="left").tap()
    page.get_by_role("button", name="Add these").tap()

    expect(page.locator("#totals")).to_contain_text("0.50")
    assert shown(page) == [["N054", "left", "0.5"]]


def test_a_refusal_names_the_piece_and_keeps_the_line(page: Page) -> None:
    line = page.get_by_label(LINE)
    line.fill("sural 3x.4")
    line.press("Enter")

    expect(page.locator("#quick-error")).to_have_text("sural 3x.4: which side? L, R or both")
    expect(line).to_have_value("sural 3x.4")
    assert violations(page) == []
    assert shown(page) == []


def test_without_a_network_the_line_stays(page: Page) -> None:
    page.context.set_offline(True)
    line = page.get_by_label(LINE)
    line.fill("sural r 3x.4")
    line.press("Enter")

    expect(page.locator("#quick-error")).to_contain_text("No connection")
    expect(line).to_have_value("sural r 3x.4")


def test_a_line_is_one_step_to_undo_and_to_do_again(page: Page) -> None:
    line = page.get_by_label(LINE)
    undo, redo = page.locator(".form-actions [data-undo]"), page.locator(".form-actions [data-redo]")
    expect(undo).to_be_disabled()
    line.fill("sural r 3x.4")
    line.press("Enter")
    expect(page.locator("#totals")).to_contain_text("1.20")
    line.fill("gon l .5")
    line.press("Enter")
    expect(page.locator("#totals")).to_contain_text("1.70")

    undo.click()
    assert shown(page) == [["N061", "right", "0.40"]] * 3
    undo.click()
    assert shown(page) == []
    redo.click()
    redo.click()
    assert shown(page) == [["N061", "right", "0.40"]] * 3 + [["N009", "left", "0.50"]]
    expect(redo).to_be_disabled()
    expect(page.locator("#totals")).to_contain_text("1.70")


def test_a_typed_change_and_a_removal_are_undone_too(clinic: Clinic, page: Page) -> None:
    page.get_by_label(LINE).fill("sural r 2x.4")
    page.get_by_label(LINE).press("Enter")
    expect(page.locator("#totals")).to_contain_text("0.80")
    first = page.locator("[data-row]").nth(0)
    first.get_by_label("mL").fill("1")
    first.get_by_label("mL").blur()
    first.get_by_text("Remove").click()
    assert shown(page) == [["N061", "right", "0.40"]]

    page.keyboard.press("Control+z")
    page.keyboard.press("Control+z")

    assert shown(page) == [["N061", "right", "0.40"]] * 2
    page.get_by_role("button", name="Save draft").click()
    expect(page.get_by_text("The draft is saved.")).to_be_visible()
    with tenant(clinic.pk, actor="test"):
        assert [str(p.volume_ml) for p in InjectionSession.objects.get().points.all()] == ["0.40", "0.40"]


def test_another_module_adds_changes_and_removes_points(page: Page) -> None:
    """The contract of rows.js for the map and for "repeat last"."""
    told = page.evaluate(
        """async () => {
            const rows = await import("/static/js/session/rows.js");
            const form = document.querySelector("form[data-points]");
            let told = 0;
            form.addEventListener("points-changed", () => { told += 1; });
            const row = rows.addPoint(form, { nerve: "N061 Sural", side: "left", volume: "0.30" });
            rows.addPoint(form, { nerve: "N009 Greater occipital (C2)", side: "right" });
            rows.changePoint(row, { side: "right" });
            rows.removePoint(row);
            rows.undo(form);
            return told;
        }"""
    )
    assert told == 5
    assert shown(page) == [["N061", "right", "0.30"], ["N009", "right", "0.30"]]
