"""Pain before and after in a real browser: by touch, by keyboard, by nerve, in cycles; the observation's clock."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from accounts.models import Clinic
from common.tenancy import tenant
from scheduling.choices import VisitStatus
from scheduling.models import Appointment
from sessions.choices import Moment
from sessions.models import InjectionSession
from tests.sessions.conftest import Open
from tests.sessions.test_session_browser import begin, is_too_wide, violations, write

pytestmark = [pytest.mark.e2e, pytest.mark.slow, pytest.mark.django_db(transaction=True)]

TABLET: dict[str, Any] = {"viewport": {"width": 820, "height": 1180}, "has_touch": True}


def scale(page: Page, name: str) -> Any:
    return page.locator(f"[data-pain]:has(#{name})")


def tap(page: Page, name: str, score: int) -> None:
    scale(page, name).locator(f"input[value='{score}']").tap()


def save(page: Page) -> None:
    page.get_by_role("button", name="Save draft").last.click()
    expect(page.get_by_text("The draft is saved.")).to_be_visible()


def stored(clinic: Clinic) -> InjectionSession:
    with tenant(clinic.pk, actor="test"):
        return InjectionSession.objects.select_related("appointment").get()


def scores(clinic: Clinic) -> set[tuple[str, str, int, str, int]]:
    with tenant(clinic.pk, actor="test"):
        rows = stored(clinic).pain_scores.select_related("nerve")
        return {(r.question, r.moment, r.cycle, r.nerve.code if r.nerve else "", r.score) for r in rows}


def test_one_tap_answers_and_moves_on_and_the_score_before_stays_in_sight(visit: Appointment, open_page: Open) -> None:
    page = open_page(begin(visit), **TABLET)
    tap(page, "id_rest_before", 8)
    expect(page.locator("#id_provoked_before input").nth(0)).to_be_focused()
    tap(page, "id_rest_after", 2)

    line = scale(page, "id_rest_after").locator("[data-earlier]")
    expect(line).to_have_text("Before: 8 75 % less")


def test_number_keys_and_t_answer(visit: Appointment, open_page: Open) -> None:
    page = open_page(begin(visit), viewport={"width": 1440, "height": 900})
    page.locator("#id_rest_before input").nth(0).focus()
    page.keyboard.press("3")
    page.keyboard.press("t")

    expect(page.locator("#id_rest_before input[value='3']")).to_be_checked()
    expect(page.locator("#id_provoked_before input[value='10']")).to_be_checked()


def test_arrow_keys_walk_through_the_answers_of_one_question(visit: Appointment, open_page: Open) -> None:
    page = open_page(begin(visit), viewport={"width": 1440, "height": 900})
    page.locator("#id_rest_before input[value='3']").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")

    expect(page.locator("#id_rest_before input[value='5']")).to_be_focused()


def test_a_second_cycle_starts_from_the_last_score_and_both_are_kept(
    clinic: Clinic, visit: Appointment, open_page: Open
) -> None:
    page = open_page(begin(visit), **TABLET)
    tap(page, "id_rest_before", 8)
    tap(page, "id_rest_after", 6)
    page.get_by_text("Still painful: treat again").first.tap()
    tap(page, "id_response-rest_after_2", 2)
    line = scale(page, "id_response-rest_after_2").locator("[data-earlier]")
    expect(line).to_have_text("Before: 8 → 6 75 % less")
    save(page)

    assert scores(clinic) == {
        ("rest", Moment.BEFORE, 1, "", 8),
        ("rest", Moment.AFTER, 1, "", 6),
        ("rest", Moment.AFTER, 2, "", 2),
    }
    expect(page.locator("#id_response-rest_after_2 input[value='2']")).to_be_visible()


def test_a_point_added_in_the_second_cycle_belongs_to_it(clinic: Clinic, visit: Appointment, open_page: Open) -> None:
    page = open_page(begin(visit), **TABLET)
    write(page)
    expect(page.locator("[data-row-cycle]").first).to_be_hidden()
    page.get_by_text("Still painful: treat again").first.tap()
    page.get_by_role("button", name="Add a point").tap()
    again = page.locator("[data-row]").nth(1)
    expect(again.locator("[name$=cycle]")).to_have_value("2")
    expect(again.locator("summary")).to_contain_text("cycle 2")
    save(page)
    with tenant(clinic.pk, actor="test"):
        assert [point.cycle for point in stored(clinic).points.order_by("number")] == [None, 2]
    expect(page.locator("[data-row]").nth(1).locator("summary")).to_contain_text("cycle 2")


def test_a_nerve_with_a_point_can_be_scored_by_touch(clinic: Clinic, visit: Appointment, open_page: Open) -> None:
    page = open_page(begin(visit), **TABLET)
    write(page)
    page.locator("summary", has_text="Pain before, by nerve").tap()
    page.get_by_label("Lateral femoral cutaneous, Left, at rest").first.tap()
    page.locator("[data-pad] button[value='7']").tap()
    page.locator("[data-pad] button[value='9']").tap()
    save(page)

    found = {row for row in scores(clinic) if row[3]}
    assert found == {("rest", Moment.BEFORE, 1, "N049", 7), ("provoked", Moment.BEFORE, 1, "N049", 9)}
    page.locator("summary", has_text="Pain before, by nerve").tap()
    expect(page.get_by_label("Lateral femoral cutaneous, Left, at rest").first).to_have_value("7")


def test_a_nerve_is_scored_by_keys_alone(visit: Appointment, open_page: Open) -> None:
    page = open_page(begin(visit), viewport={"width": 1440, "height": 900})
    write(page)
    page.locator("summary", has_text="Pain before, by nerve").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("t")
    page.keyboard.press("0")

    cells = page.locator("[data-nerves]").first.locator("[data-score-cell]")
    expect(cells.nth(0)).to_have_value("10")
    expect(cells.nth(1)).to_have_value("0")


def test_a_nerve_leaves_the_list_with_its_last_point_unless_it_was_scored(visit: Appointment, open_page: Open) -> None:
    page = open_page(begin(visit), viewport={"width": 1440, "height": 900})
    write(page)
    expect(page.locator("tr[data-nerve]")).not_to_have_count(0)
    page.locator("[data-row]").nth(0).get_by_text("Remove").click()

    expect(page.locator("tr[data-nerve]")).to_have_count(0)


def test_the_observation_counts_down_through_a_reload_and_moves_the_visit(
    clinic: Clinic, visit: Appointment, open_page: Open
) -> None:
    page = open_page(begin(visit), **TABLET)
    expect(page.get_by_label("Watch for (minutes)")).to_have_value("15")
    page.get_by_role("button", name="More: Watch for (minutes)").tap()
    page.get_by_role("button", name="Begin the observation").tap()
    expect(page.locator("[data-left]")).to_be_visible()
    page.reload()

    left = page.locator("[data-left]").inner_text()
    assert left.startswith(("19:", "20:0"))
    session = stored(clinic)
    assert (session.observation_minutes, session.appointment.status) == (20, VisitStatus.OBSERVATION)


def test_the_end_of_the_observation_is_said_in_words(visit: Appointment, open_page: Open) -> None:
    page = open_page(begin(visit), **TABLET)
    page.clock.install()
    page.get_by_role("button", name="Begin the observation").tap()
    expect(page.locator("[data-left]")).to_be_visible()
    page.clock.run_for(16 * 60 * 1000)

    expect(page.get_by_role("status").filter(has_text="The observation time is over.")).to_be_visible()
    expect(page.locator("[data-left]")).to_have_text("0:00")


def test_one_tap_confirms_what_the_button_says(visit: Appointment, open_page: Open) -> None:
    page = open_page(begin(visit), **TABLET)
    page.get_by_role("button", name="More: Sharps opened").tap()
    page.get_by_role("button", name="More: Sharps opened").tap()
    page.get_by_role("button", name="All fine sharps 2 = 2").tap()

    expect(page.get_by_label("Sharps disposed of")).to_have_value("2")
    expect(page.locator(".discharge-item input[value=yes]:checked")).to_have_count(3)


@pytest.mark.parametrize(
    ("size", "scheme"),
    [((390, 844), "light"), ((820, 1180), "dark")],
)
def test_the_response_fits_and_reads(size: tuple[int, int], scheme: Any, visit: Appointment, open_page: Open) -> None:
    url = begin(visit)
    page = open_page(url, viewport={"width": size[0], "height": size[1]}, color_scheme=scheme, has_touch=True)
    write(page)
    tap(page, "id_provoked_before", 3)
    tap(page, "id_rest_after", 4)
    tap(page, "id_provoked_after", 1)
    page.locator("#after").get_by_role("button", name="Injected just now").first.tap()
    page.get_by_text("Still painful: treat again").first.tap()
    tap(page, "id_response-rest_after_2", 1)
    page.locator("#after summary", has_text="by nerve").first.tap()
    page.locator("#after [data-score-cell]").first.tap()
    page.locator("[data-pad] button[value='2']").tap()
    page.locator("#after summary", has_text="at 15 minutes").first.tap()
    page.get_by_role("button", name="All fine").tap()
    with page.expect_navigation():
        page.get_by_role("button", name="Begin the observation").tap()
    expect(page.locator("[data-left]")).to_be_visible()
    for path in (url, f"{url}sign/"):
        page.goto(path)
        assert violations(page) == [], path
        assert not is_too_wide(page), path
    small = page.goto(url) and page.evaluate(
        "[...document.querySelectorAll('#after button, .pain-step label, .discharge-item label, .stepper button')]"
        ".filter((e) => e.getClientRects().length && Math.min(e.offsetWidth, e.offsetHeight) < 44).length"
    )
    assert small == 0
    assert page.said == []  # type: ignore[attr-defined]
