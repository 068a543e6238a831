"""The calendar's picture in a real browser: drag, undo, refusal, keys, a finger; axe once in each theme."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Browser, Locator, Page, expect

from accounts.choices import Role
from accounts.models import Membership
from common.tenancy import tenant
from scheduling.models import Appointment
from scheduling.services import appointments, slot_holds
from tests.e2e.axe import axe_violations
from tests.factories.accounts import ClinicFactory, MembershipFactory, UserFactory
from tests.factories.patients import PatientFactory
from tests.factories.scheduling import AppointmentFactory
from tests.scheduling.conftest import Practice, at, make_practice, open_week

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]

QUARTER = 38  # the height of a quarter of an hour on the screen, in pixels
SAMOA = "Pacific/Apia"


@dataclass
class Desk:
    practice: Practice
    colleague: Membership
    day: date
    moving: Appointment
    in_the_way: Appointment


@pytest.fixture
def desk_day(transactional_db: None) -> Desk:
    """A Monday to come: Dr Berg has a visit at nine, Dr Carr one at ten, both work from eight to five."""
    day = datetime.now(UTC).date() + timedelta(days=14)
    day -= timedelta(days=day.weekday())
    clinic = ClinicFactory(name="Harbour Clinic", zone=SAMOA)
    with tenant(clinic.pk, actor="test"):
        practice = make_practice(clinic)
        colleague = MembershipFactory(clinic=clinic, user=UserFactory(full_name="Dr Bo Carr"))
        open_week(colleague)
        shared = {"clinic": clinic, "visit_type": practice.visit_type}

        def visit(name: str, clinician: Membership, hour: int, room: Any) -> Appointment:
            patient = PatientFactory(clinic=clinic, given_names=name, family_name="Example")
            starts_at = at(hour, day=day, zone=ZoneInfo(SAMOA))
            return AppointmentFactory(**shared, patient=patient, clinician=clinician, room=room, starts_at=starts_at)

        moving = visit("Aroha", practice.clinician, 9, practice.room)
        in_the_way = visit("Tane", colleague, 10, practice.another_room())
    return Desk(practice, colleague, day, moving, in_the_way)


@pytest.fixture
def open_calendar(
    desk_day: Desk, staff_client: Callable[..., Client], browser: Browser, live_server: Any
) -> Iterator[Callable[..., Page]]:
    """The page of the day, drawn; the clock of the browser is in another zone than the clinic."""
    contexts = []

    def go(*, query: str = "", **given: Any) -> Page:
        client = staff_client(Role.FRONT_DESK, clinic=desk_day.practice.clinic)
        context = browser.new_context(
            viewport={"width": 1440, "height": 1000},
            timezone_id="America/New_York",
            reduced_motion="reduce",
            **given,
        )
        contexts.append(context)
        cookie = client.cookies["sessionid"].value
        context.add_cookies([{"name": "sessionid", "value": cookie, "url": live_server.url}])
        page = context.new_page()
        said: list[str] = []
        page.said = said  # type: ignore[attr-defined]
        page.on("console", lambda message: said.append(message.text))
        page.goto(f"{live_server.url}{reverse('scheduling:calendar')}?day={desk_day.day}{query}")
        page.get_by_role("link", name="Aroha Example").wait_for()
        return page

    yield go
    for context in contexts:
        context.close()


def event(page: Page, name: str) -> Locator:
    return page.locator(".ec-event", has=page.get_by_role("link", name=name))


def middle(of: Locator) -> tuple[float, float]:
    box = of.bounding_box()
    assert box
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def drag(page: Page, what: Locator, *, columns: int = 0, quarters: int = 0) -> None:
    what.scroll_into_view_if_needed()
    box = page.locator(".ec-body .ec-day").first.bounding_box()
    assert box
    x, y = middle(what)
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 8, y + 8)
    page.mouse.move(x + columns * box["width"], y + quarters * QUARTER, steps=4)
    page.mouse.up()


def where(visit: Appointment) -> tuple[str, Any]:
    with tenant(visit.clinic_id):
        visit.refresh_from_db()
    return f"{visit.starts_at.astimezone(ZoneInfo(SAMOA)):%H:%M}", visit.clinician_id


def length(visit: Appointment) -> timedelta:
    with tenant(visit.clinic_id):
        visit.refresh_from_db()
    return visit.ends_at - visit.starts_at


def problems(page: Page) -> list[str]:
    found = [f"{one['id']}: {one['nodes'][0]['html'][:160]}" for one in axe_violations(page)]
    if page.evaluate("document.documentElement.scrollWidth - innerWidth") > 0:
        found.append("the page scrolls sideways")
    return found + page.said  # type: ignore[attr-defined]


def test_a_visit_is_dragged_refused_moved_by_keys_and_taken_back(desk_day: Desk, open_calendar: Any) -> None:
    berg, carr = desk_day.practice.clinician.pk, desk_day.colleague.pk
    page = open_calendar()
    answer = page.locator("#calendar-answer")
    expect(page.locator("[data-waiting]")).to_have_count(0)
    assert problems(page) == []

    # Two hours later in the other column, and back.
    drag(page, event(page, "Aroha Example"), columns=1, quarters=8)
    answer.get_by_text("Moved to").wait_for()
    assert where(desk_day.moving) == ("11:00", carr)
    answer.get_by_role("button", name="Undo").click()
    answer.get_by_text("Undone").wait_for()
    assert where(desk_day.moving) == ("09:00", berg)

    # Onto somebody else: told why, back in its place, another time in one tap.
    drag(page, event(page, "Aroha Example"), columns=1, quarters=4)
    answer.get_by_text("another visit holds the clinician").wait_for()
    expect(event(page, "Aroha Example")).to_contain_text("09:00")
    answer.get_by_role("button", name="Dr Bo Carr").first.click()
    answer.get_by_text("Moved to").wait_for()
    assert where(desk_day.moving)[1] == carr
    answer.get_by_role("button", name="Undo").click()
    answer.get_by_text("Undone").wait_for()

    # Longer by half an hour at its lower edge.
    handle = event(page, "Aroha Example").locator(".ec-resizer")
    x, y = middle(handle)
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x, y + 2 * QUARTER, steps=4)
    page.mouse.up()
    answer.get_by_text("Moved to").wait_for()
    assert length(desk_day.moving) == timedelta(hours=1)
    answer.get_by_role("button", name="Undo").click()
    answer.get_by_text("Undone").wait_for()
    assert length(desk_day.moving) == timedelta(minutes=30)

    # The same on the keyboard; each length and place is said.
    link = page.get_by_role("link", name="Aroha Example")
    said = page.locator("#announce")
    link.focus()
    link.press("Shift+Alt+ArrowDown")
    expect(said).to_have_text("45 min, until 09:45. Enter saves, Escape gives up.")
    link.press("Enter")
    answer.get_by_text("Moved to").wait_for()
    assert length(desk_day.moving) == timedelta(minutes=45)
    answer.get_by_role("button", name="Undo").click()
    answer.get_by_text("Undone").wait_for()
    expect(link).to_be_focused()
    link.press("Alt+ArrowDown")
    expect(said).to_have_text("09:15, Dr Ada Berg. Enter saves, Escape gives up.")
    link.press("Escape")
    expect(said).to_contain_text("The visit stays at 09:00")
    link.press("Alt+ArrowUp")
    link.press("Alt+ArrowRight")
    expect(said).to_have_text("08:45, Dr Bo Carr. Enter saves, Escape gives up.")
    link.press("Enter")
    answer.get_by_text("Moved to").wait_for()
    assert where(desk_day.moving) == ("08:45", carr)
    expect(page.get_by_role("link", name="Aroha Example")).to_be_focused()

    # The privacy screen hides names in the picture too.
    page.keyboard.press("Shift+P")
    expect(page.locator(".ec-event .person").first).to_have_css("-webkit-text-fill-color", "rgba(0, 0, 0, 0)")


def test_a_finger_drags_after_a_long_press(desk_day: Desk, open_calendar: Any) -> None:
    page = open_calendar(has_touch=True, color_scheme="dark")
    page.set_viewport_size({"width": 820, "height": 1000})
    what = event(page, "Aroha Example")
    what.scroll_into_view_if_needed()
    x, y = middle(what)
    touch = page.context.new_cdp_session(page)

    def send(kind: str, *points: tuple[float, float]) -> None:
        touch_points = [{"x": px, "y": py} for px, py in points]
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": touch_points})

    send("touchStart", (x, y))
    page.locator(".ec-preview").wait_for()
    send("touchMove", (x, y + QUARTER))
    send("touchMove", (x, y + 4 * QUARTER))
    send("touchEnd")

    page.locator("#calendar-answer").get_by_text("Moved to").wait_for()
    assert where(desk_day.moving) == ("10:00", desk_day.practice.clinician.pk)
    assert problems(page) == []


# An empty place ------------------------------------------------------------------------------------------------------


def asked_for(page: Page) -> tuple[str, str, str]:
    """What the booking page has filled in: day, time, clinician."""
    page.wait_for_url("**/book/at/**")
    page.get_by_role("button", name="Hold this time").wait_for()
    chosen = page.get_by_label("Clinician").locator("option:checked").inner_text()
    return page.get_by_label("Day").input_value(), page.get_by_label("Time").input_value()[:5], chosen


def test_a_click_on_an_empty_time_books_there(open_calendar: Callable[..., Page], desk_day: Desk) -> None:
    page = open_calendar()
    box = event(page, "Aroha Example").bounding_box()
    assert box

    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + 6 * QUARTER + QUARTER / 2)

    assert asked_for(page) == (str(desk_day.day), "10:30", "Dr Ada Berg")
    page.get_by_role("button", name="Hold this time").click()
    page.get_by_role("heading", name="10:30–11:00").wait_for()


def test_a_click_on_a_visit_opens_the_visit(open_calendar: Callable[..., Page], desk_day: Desk) -> None:
    page = open_calendar()

    event(page, "Aroha Example").click()

    page.wait_for_url(f"**/visits/{desk_day.moving.pk}/")


def test_an_empty_time_is_booked_by_keys(open_calendar: Callable[..., Page], desk_day: Desk) -> None:
    page = open_calendar()
    page.locator(".ec-main").focus()

    for key in ["Enter", *["ArrowDown"] * 3, "ArrowRight"]:
        page.keyboard.press(key)
    expect(page.locator("#announce")).to_have_text("08:45, Dr Bo Carr. Enter books, Escape gives up.")
    page.keyboard.press("Enter")

    assert asked_for(page) == (str(desk_day.day), "08:45", "Dr Bo Carr")


def test_escape_takes_the_mark_off_again(open_calendar: Callable[..., Page]) -> None:
    page = open_calendar()
    page.locator(".ec-main").focus()

    page.keyboard.press("Enter")
    page.locator("[data-preview]").wait_for()
    page.keyboard.press("Escape")

    expect(page.locator("[data-preview]")).to_have_count(0)
    assert page.said == []  # type: ignore[attr-defined]  # the fixture collects it


def test_a_held_time_is_drawn_and_a_click_on_it_books_nothing(
    open_calendar: Callable[..., Page], desk_day: Desk
) -> None:
    practice, now = desk_day.practice, datetime.now(UTC)
    with tenant(practice.clinic.pk, actor="test"):
        place = appointments.place_of(
            patient=None,
            clinician=practice.clinician,
            room=practice.room,
            visit_type=practice.visit_type,
            starts_at=at(11, day=desk_day.day, zone=ZoneInfo(SAMOA)),
            by=practice.desk,
            now=now,
        )
        slot_holds.keep(place=place, by=practice.desk, now=now)
    page = open_calendar()
    held = page.locator(".ec-event", has_text="held for somebody else until")

    held.click()
    page.wait_for_timeout(300)

    assert "calendar" in page.url
    assert axe_violations(page) == []
