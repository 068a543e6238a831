"""The nerve map in a real browser: tapped, dragged and by the keyboard; one set of rows seen three ways."""

import re
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.contrib.staticfiles import finders
from django.utils import timezone
from playwright.sync_api import Locator, Page, expect

from accounts.models import Clinic
from catalogue.models import Nerve, Solution
from common.tenancy import tenant
from scheduling.models import Appointment
from sessions.models import Course, InjectionPoint, InjectionSession, SolutionLot
from tests.factories.scheduling import AppointmentFactory
from tests.factories.sessions import InjectionSessionFactory, sign
from tests.sessions.conftest import Open
from tests.sessions.test_session_browser import begin, is_too_wide, violations

pytestmark = [pytest.mark.e2e, pytest.mark.slow, pytest.mark.django_db(transaction=True)]

TABLET = {"width": 820, "height": 1180}
WIDTHS = [(390, 844), (820, 1180)]


@pytest.fixture
def page(visit: Appointment, open_page: Open) -> Page:
    return shown(open_page(begin(visit), viewport=TABLET, has_touch=True))


def shown(page: Page, figure: str = "front-v1") -> Page:
    page.locator(f'svg[data-figure="{figure}"] .nm-anchor').first.wait_for()
    return page


def anchor(page: Page, nerve: str, side: str) -> Locator:
    return page.locator(f'.nm-anchor[data-nerve="{nerve}"][data-side="{side}"]').first


def at(target: Locator) -> tuple[float, float]:
    # In the middle: the bar of buttons at the foot of the page would catch the finger.
    target.evaluate("element => element.scrollIntoView({block: 'center'})")
    box = target.bounding_box()
    assert box
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def tap(page: Page, target: Locator) -> None:
    page.touchscreen.tap(*at(target))


def close_up(page: Page, part: str, figure: str) -> None:
    page.locator("[data-map]").get_by_role("button", name=part, exact=True).click()
    shown(page, figure)


def legend(page: Page) -> list[str]:
    return [option.inner_text().split("\n")[1] for option in page.locator("#map-legend [role=option]").all()]


def marker(page: Page, number: int) -> Locator:
    return page.locator(f'.nm-point[data-number="{number}"]')


def place(page: Page, number: int) -> tuple[int, int]:
    found = re.match(r"translate\((\d+) (\d+)\)", marker(page, number).get_attribute("transform") or "")
    assert found
    return int(found[1]), int(found[2])


def rows(page: Page) -> list[list[str]]:
    """What the rows say: nerve and side."""
    return page.locator("[data-row]:not([hidden])").evaluate_all(
        """rows => rows.map(row => [row.querySelector('[name$="-nerve"]').value,
           row.querySelector('[name$="-side"]:checked')?.value ?? ""]).filter(([nerve]) => nerve)"""
    )


def test_a_tapped_nerve_is_a_point_with_its_side_in_words(page: Page) -> None:
    tap(page, anchor(page, "N019", "left"))
    expect(page.locator("[data-map-said]")).to_have_text(
        "Added. Point 1: Axillary / superior lateral brachial cutaneous, Left, 0.5 mL"
    )
    assert rows(page) == [["N019 Axillary / superior lateral brachial cutaneous", "left"]]
    assert page.said == []  # type: ignore[attr-defined]


def test_the_side_is_the_one_the_drawing_prints_above_the_finger(page: Page) -> None:
    """The right-left mix-up test on the screen: the nearer printed word and the side of the new point agree."""
    close_up(page, "Knee", "knee-front-v1")
    tap(page, anchor(page, "N054", "right"))
    x, _y = at(marker(page, 1))
    words = {side: at(page.locator(f'.nm-side[data-side="{side}"]'))[0] for side in ("left", "right")}
    nearer = min(words, key=lambda side: abs(words[side] - x))
    assert nearer == "right"
    assert page.locator(f'.nm-side[data-side="{nearer}"]').text_content() == "your patient’s RIGHT"
    expect(marker(page, 1)).to_have_attribute("aria-label", re.compile("Right"))


def test_several_nerves_under_one_finger_are_asked_back(page: Page) -> None:
    tap(page, anchor(page, "N056", "left"))
    expect(page.get_by_role("dialog", name="Which one?")).to_be_visible()
    assert rows(page) == []
    page.get_by_role("dialog").get_by_role("button", name="Retinacular nerves, medial/lateral, Left").click()
    assert rows(page) == [["N057 Retinacular nerves, medial/lateral", "left"]]


def test_the_question_leads_to_the_close_up(page: Page) -> None:
    tap(page, anchor(page, "N056", "left"))
    page.get_by_role("button", name="Closer: Knee, front").click()
    shown(page, "knee-front-v1")
    page.get_by_role("button", name="Left only").click()
    assert page.locator(".map-stage svg").get_attribute("viewBox") == "320 0 320 470"
    page.locator("[data-map-closer]").get_by_role("button", name="Whole body").click()
    shown(page)


def test_a_scar_is_a_tap_anywhere_on_the_body(page: Page) -> None:
    x, y = at(page.locator(".map-stage svg"))
    page.touchscreen.tap(x - 30, y - 145)
    page.get_by_role("button", name="Scar or field here, Right").click()
    assert rows(page) == [["N070 Scar / field (no named nerve)", "right"]]
    expect(marker(page, 1)).not_to_have_class(re.compile("nm-usual"))


def test_a_tap_beside_the_body_adds_nothing(page: Page) -> None:
    box = page.locator(".map-stage svg").bounding_box()
    assert box
    page.touchscreen.tap(box["x"] + 4, box["y"] + 4)
    assert rows(page) == []
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_a_second_tap_on_a_point_offers_one_more(page: Page) -> None:
    tap(page, anchor(page, "N019", "left"))
    tap(page, marker(page, 1))
    page.get_by_role("button", name="One more point here").click()
    assert [side for _nerve, side in rows(page)] == ["left", "left"]
    assert place(page, 1) != place(page, 2)


def drag(page: Page, number: int, dx: float, dy: float) -> None:
    at(marker(page, number))
    # A new point gives its row room, and the map may still be moving: this waits until the marker is still.
    marker(page, number).hover()
    x, y = at(marker(page, number))
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + dx / 2, y + dy / 2)
    page.mouse.move(x + dx, y + dy)
    page.mouse.up()


def test_a_dragged_point_stays_where_it_was_put_after_saving(clinic: Clinic, page: Page) -> None:
    close_up(page, "Knee", "knee-front-v1")
    tap(page, anchor(page, "N054", "left"))
    before = place(page, 1)
    drag(page, 1, 20, 30)
    after = place(page, 1)
    assert after[0] > before[0]
    assert after[1] > before[1]
    page.get_by_role("button", name="Save draft").click()
    expect(page.get_by_text("The draft is saved.")).to_be_visible()
    shown(page, "knee-front-v1")
    assert place(page, 1) == after
    with tenant(clinic.pk, actor="test"):
        point = InjectionSession.objects.get().points.get()
        assert (point.figure_id, point.x, point.y) == ("knee-front-v1", *after)


def test_a_point_is_not_dragged_onto_the_other_side(page: Page) -> None:
    close_up(page, "Knee", "knee-front-v1")
    tap(page, anchor(page, "N054", "left"))
    drag(page, 1, -300, 0)
    assert place(page, 1)[0] == 320
    assert rows(page)[0][1] == "left"


def test_the_other_side_chosen_in_the_row_moves_the_point_over_in_one_step(page: Page) -> None:
    close_up(page, "Knee", "knee-front-v1")
    tap(page, anchor(page, "N054", "left"))
    x, y = place(page, 1)
    page.locator("[data-row]").first.get_by_role("radio", name="Right").check()
    assert place(page, 1) == (640 - x, y)
    page.locator("[data-map] [data-undo]").click()
    assert place(page, 1) == (x, y)
    assert rows(page)[0][1] == "left"


def test_undo_and_redo_by_button_and_key(page: Page) -> None:
    tap(page, anchor(page, "N019", "left"))
    tap(page, anchor(page, "N019", "right"))
    page.locator("[data-map] [data-undo]").click()
    assert len(rows(page)) == 1
    page.keyboard.press("Control+Shift+Z")
    assert len(rows(page)) == 2
    page.locator("#map-legend").focus()
    page.keyboard.press("Control+z")
    page.keyboard.press("Control+z")
    assert rows(page) == []
    expect(page.locator(".nm-point")).to_have_count(0)


def test_the_keyboard_does_all_of_it(clinic: Clinic, visit: Appointment, open_page: Open) -> None:
    page = shown(open_page(begin(visit), viewport={"width": 1024, "height": 768}))
    page.locator("[data-map]").get_by_role("button", name="Knee", exact=True).press("Enter")
    shown(page, "knee-front-v1")
    page.locator("#map-nerves").focus()
    for letter in "infr":
        page.keyboard.press(letter)
    expect(page.locator(".nm-anchor.is-lit")).to_have_count(1)
    page.keyboard.press("Enter")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    assert [side for _nerve, side in rows(page)] == ["left", "right"]

    marker(page, 2).focus()
    x, y = place(page, 2)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Shift+ArrowLeft")
    expect(page.locator("[data-map-said]")).to_contain_text("Moved. Point 2")
    assert place(page, 2) == (x - 20, y + 4)
    expect(marker(page, 2)).to_be_focused()
    page.keyboard.press("PageUp")
    expect(marker(page, 1)).to_be_focused()
    page.keyboard.press("Delete")
    expect(page.locator("[data-map-said]")).to_contain_text("Removed. Point 1")
    assert [side for _nerve, side in rows(page)] == ["right"]
    page.keyboard.press("Control+z")
    assert [side for _nerve, side in rows(page)] == ["left", "right"]
    page.locator("#map-legend").focus()
    page.keyboard.press("End")
    page.keyboard.press("Enter")
    expect(marker(page, 2)).to_be_focused()
    assert page.said == []  # type: ignore[attr-defined]


def view_box(page: Page) -> list[float]:
    return [float(part) for part in (page.locator(".map-stage svg").get_attribute("viewBox") or "").split()]


def pinch(page: Page, x: float, y: float) -> None:
    """Two fingers 40 px apart around x, y move to 80 px apart."""
    fingers = page.context.new_cdp_session(page)

    def touch(kind: str, *across: float) -> None:
        points = [{"x": x + dx, "y": y, "id": number} for number, dx in enumerate(across)]
        fingers.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    touch("touchStart", -20)
    touch("touchStart", -20, 20)
    touch("touchMove", -30, 30)
    touch("touchMove", -40, 40)
    touch("touchEnd")


def zoomed_to(page: Page, width: float) -> None:
    page.wait_for_function(
        "width => Math.abs(document.querySelector('.map-stage svg').viewBox.baseVal.width - width) < 1", arg=width
    )


def test_the_figure_is_zoomed_by_fingers_wheel_button_and_key(page: Page) -> None:
    """The window on the front of the body is 460 by 1000 units; no way in changes the place under the finger."""
    x, y = at(anchor(page, "N050", "left"))
    scrolled = page.evaluate("scrollY")
    pinch(page, x, y)
    zoomed_to(page, 230)
    assert at(anchor(page, "N050", "left")) == pytest.approx((x, y), abs=1)
    assert page.evaluate("[scrollY, visualViewport.scale]") == [scrolled, 1]
    assert rows(page) == []
    expect(page.locator("[data-map-sides]")).to_have_text("your patient’s RIGHTyour patient’s LEFT")

    page.touchscreen.tap(x, y)
    expect(page.locator(".nm-point")).to_have_count(1)
    assert [side for _nerve, side in rows(page)] == ["left"]
    page.wait_for_function(
        "() => Math.abs(document.querySelector('.nm-hit').getBoundingClientRect().width - 44) < 0.5", timeout=20_000
    )

    page.get_by_role("button", name="Whole figure").click()
    assert view_box(page) == [0, 0, 460, 1000]
    expect(page.locator("[data-map-sides]")).to_be_hidden()
    page.locator("#map-nerves").focus()
    page.keyboard.press("+")
    assert view_box(page)[2] == pytest.approx(460 / 1.5, abs=0.1)
    page.keyboard.press("End")
    assert view_box(page)[2] == pytest.approx(460 / 1.5, abs=0.1)
    page.keyboard.press("0")
    x, y = at(anchor(page, "N050", "left"))
    page.mouse.move(x, y)
    page.keyboard.down("Control")
    page.mouse.wheel(0, -200)
    page.keyboard.up("Control")
    zoomed_to(page, 230)
    before = view_box(page)
    page.mouse.move(x + 60, y)
    page.mouse.down()
    page.mouse.move(x, y + 60)
    page.mouse.up()
    assert view_box(page)[0] > before[0]
    assert view_box(page)[1] < before[1]
    assert len(rows(page)) == 1
    assert violations(page) == []
    assert page.said == []  # type: ignore[attr-defined]


def test_what_was_given_last_time_waits_on_the_map_as_ghosts(
    clinic: Clinic, visit: Appointment, open_page: Open
) -> None:
    week_ago = timezone.now() - timedelta(days=7)
    with tenant(clinic.pk, actor="test"):
        past = InjectionSessionFactory(
            clinic=clinic,
            course=Course.objects.get(),
            appointment=AppointmentFactory(
                clinic=clinic, patient=visit.patient, clinician=visit.clinician, starts_at=week_ago
            ),
        )
        for number, code in enumerate(["N019", "N049"], start=1):
            InjectionPoint.objects.create(
                clinic=clinic,
                injection_session=past,
                number=number,
                nerve=Nerve.objects.get(code=code),
                side="left",
                volume_ml=Decimal("0.40"),
                solution=Solution.objects.get(code="D5W_BUF"),
                lot=SolutionLot.objects.get(),
            )
        sign(past, signed_at=week_ago)
    page = shown(open_page(begin(visit), viewport=TABLET, has_touch=True))
    axillary = "suggested: Axillary / superior lateral brachial cutaneous, Left, 0.4 mL"
    expect(page.locator(".nm-ghost")).to_have_count(2)
    expect(page.locator("#map-legend").get_by_role("group", name="Suggested from last time")).to_be_visible()
    assert violations(page) == []

    tap(page, page.get_by_role("button", name=axillary))
    expect(page.locator(".nm-ghost")).to_have_count(1)
    assert rows(page) == [["N019 Axillary / superior lateral brachial cutaneous", "left"]]
    page.locator(".nm-ghost").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".nm-ghost")).to_have_count(0)
    assert len(rows(page)) == 2
    expect(marker(page, 2)).to_be_focused()
    page.locator("[data-map] [data-undo]").click()
    expect(page.locator(".nm-ghost")).to_have_count(1)
    page.locator("#map-legend").focus()
    page.keyboard.press("End")
    page.keyboard.press("Enter")
    expect(page.locator(".nm-ghost")).to_have_count(0)
    assert page.said == []  # type: ignore[attr-defined]


def test_every_point_has_a_name_that_reads_sensibly(page: Page) -> None:
    close_up(page, "Knee", "knee-front-v1")
    tap(page, anchor(page, "N054", "left"))
    expect(
        page.get_by_role("button", name="Point 1: Infrapatellar branch of saphenous, Left, 0.5 mL", exact=True)
    ).to_be_visible()
    expect(page.get_by_role("group", name="Knee, front: numbered points")).to_be_visible()


def test_a_point_chosen_in_one_view_is_marked_in_the_others(page: Page) -> None:
    tap(page, anchor(page, "N019", "left"))
    tap(page, anchor(page, "N019", "right"))
    page.locator("#map-legend [role=option]").first.click()
    expect(page.locator("[data-row]").nth(0)).to_have_class(re.compile("is-selected"))
    expect(marker(page, 1)).to_have_attribute("aria-pressed", "true")
    page.locator("[data-row]").nth(1).get_by_label("mL").focus()
    expect(marker(page, 2)).to_have_attribute("aria-pressed", "true")
    expect(page.locator("#map-legend [role=option]").nth(1)).to_have_attribute("aria-selected", "true")


def test_a_row_typed_by_hand_stands_at_its_usual_place_dashed(page: Page) -> None:
    row = page.locator("[data-row]").first
    row.get_by_label("Nerve").fill("N049 Lateral femoral cutaneous")
    row.get_by_role("radio", name="Right").check()
    expect(marker(page, 1)).to_have_class(re.compile("nm-usual"))
    expect(marker(page, 1)).to_have_attribute("aria-label", re.compile("usual place"))
    drag(page, 1, 8, 8)
    expect(marker(page, 1)).not_to_have_class(re.compile("nm-usual"))


def printed_place(page: Page, number: int) -> tuple[int, int]:
    circle = page.locator(f'.map-printed .nm-point[data-number="{number}"] circle')
    return int(circle.get_attribute("cx") or 0), int(circle.get_attribute("cy") or 0)


def test_points_stand_on_the_printed_map_where_they_stand_on_the_page(page: Page) -> None:
    """The rules of placing are written twice, in Python and in the page's script: put by hand, usual, side by side."""
    tap(page, anchor(page, "N019", "left"))
    for nerve, side in (("N049", "Right"), ("N049", "Right"), ("N060", "Left")):
        page.get_by_role("button", name="Add a point").click()
        row = page.locator("[data-row]:not([hidden])").last
        row.get_by_label("Nerve").fill(nerve)
        row.get_by_role("radio", name=side).check()
        row.get_by_label("mL").fill("0.4")
        row.get_by_label("mL").blur()
    on_the_page = [place(page, number) for number in (1, 2, 3)]
    assert len(set(on_the_page)) == 3
    page.get_by_role("button", name="Save and look over").click()
    page.locator(".map-printed").wait_for()
    assert [printed_place(page, number) for number in (1, 2, 3)] == on_the_page
    # This nerve is not on the front: the first figure that shows it takes it.
    expect(page.locator(".map-printed figure", has_text="Back of the body")).to_contain_text("Medial sural cutaneous")


def test_map_rows_and_printed_legend_say_the_same(page: Page) -> None:
    tap(page, anchor(page, "N019", "left"))
    tap(page, anchor(page, "N034", "right"))
    close_up(page, "Foot", "foot-top-v1")
    tap(page, anchor(page, "N062", "left"))
    on_the_map = legend(page)
    page.get_by_role("button", name="Save and look over").click()
    page.locator(".map-printed").wait_for()
    printed = [item.inner_text() for item in page.locator(".map-printed .map-legend li").all()]
    assert printed == on_the_map
    assert page.locator(".map-printed .nm-point").count() == 3
    assert len(on_the_map) == 3


@pytest.mark.parametrize(("width", "height"), [(390, 844), (820, 1180)])
def test_the_rows_stay_where_they_are_when_the_map_comes(
    width: int, height: int, visit: Appointment, open_page: Open
) -> None:
    """A finger on its way to a row must still find it there."""
    page = open_page(begin(visit), viewport={"width": width, "height": height})
    page.locator("#map-nerves [role=option]").first.wait_for()
    row = "document.querySelector('[data-row]').getBoundingClientRect().top + scrollY"
    drawn = page.evaluate(row)
    page.evaluate("document.querySelectorAll('[data-map-stage], .map-list').forEach((part) => part.replaceChildren())")
    page.evaluate("document.querySelector('[data-map-legend]').removeAttribute('data-empty')")

    assert page.evaluate(row) == pytest.approx(drawn, abs=8)


@pytest.mark.parametrize(
    ("width", "height", "scheme"),
    [(*size, scheme) for size, scheme in zip(WIDTHS, ["light", "dark"], strict=True)],
)
def test_the_map_fits_and_is_accessible(
    width: int, height: int, scheme: Any, visit: Appointment, open_page: Open
) -> None:
    page = shown(open_page(begin(visit), viewport={"width": width, "height": height}, color_scheme=scheme))
    page.mouse.click(*at(anchor(page, "N019", "left")))
    assert violations(page) == []
    assert not is_too_wide(page)
    close_up(page, "Hand", "hand-palm-v1")
    page.mouse.click(*at(anchor(page, "N029", "right")))
    small = page.locator("[data-map]").evaluate(
        """part => [...part.querySelectorAll("button, [role=option]")].filter(one => one.offsetParent)
           .filter(one => one.getBoundingClientRect().height < 43.5).map(one => one.textContent)"""
    )
    assert small == []
    assert violations(page) == []
    assert not is_too_wide(page)


def test_a_language_from_right_to_left_does_not_turn_the_body_round(page: Page) -> None:
    page.evaluate("document.documentElement.dir = 'rtl'")
    x = {side: at(anchor(page, "N019", side))[0] for side in ("left", "right")}
    words = {side: at(page.locator(f'.nm-side[data-side="{side}"]'))[0] for side in ("left", "right")}
    assert x["right"] < x["left"]
    assert words["right"] < words["left"]
    tap(page, anchor(page, "N019", "left"))
    assert rows(page)[0][1] == "left"
    assert not is_too_wide(page)


def test_without_the_drawing_the_list_still_works(visit: Appointment, open_page: Open) -> None:
    page = open_page("about:blank", viewport=TABLET)
    page.route("**/figures/*.svg", lambda route: route.abort())
    page.goto(begin(visit))
    expect(page.locator("[data-map-said]")).to_contain_text("The drawing could not be fetched.")
    expect(page.locator("[data-row]").first.get_by_label("Nerve")).to_be_visible()


def test_the_weight_of_the_map(page: Page, figure: Callable[[str, float], None]) -> None:
    atlas = page.locator("[data-map]").evaluate(
        "async (part) => (await (await fetch(part.dataset.atlas)).text()).length"
    )
    figure("nerve_map_data_bytes", atlas)
    drawing = finders.find("figures/front-v1.svg")
    assert isinstance(drawing, str)
    figure("nerve_map_first_drawing_bytes", Path(drawing).stat().st_size)
    assert atlas < 25_000
