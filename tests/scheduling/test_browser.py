"""The desk's morning in a real browser: the board, a booking in three actions, a move; axe on every page."""

import os
import re
from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Browser, Locator, Page, expect

from accounts.choices import Role
from accounts.models import Membership
from common.tenancy import tenant
from patients.models import Patient, RiskFlag
from scheduling.models import SlotHold
from scheduling.services.visit_types import set_up_defaults
from tests.e2e.axe import axe_violations
from tests.e2e.eyes import large_text_problems
from tests.factories.accounts import ClinicFactory
from tests.factories.patients import PatientFactory
from tests.factories.scheduling import AppointmentFactory, SlotHoldFactory
from tests.scheduling.conftest import Practice, make_practice

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]

SHOTS = os.environ.get("PITCLINIC_SHOTS", "")
STATUSES = ("booked", "confirmed", "arrived", "in_room", "observation", "done")


@pytest.fixture
def practice(transactional_db: None) -> Practice:
    clinic = ClinicFactory(name="Harbour Clinic", zone="UTC")
    with tenant(clinic.pk, actor="test"):
        set_up_defaults(clinic=clinic)
        practice = make_practice(clinic, weekdays=range(7), start=time(0), end=time(23, 45))
        colleague = practice.another_clinician()
        noon = datetime.combine(datetime.now(UTC).date(), time(12), tzinfo=UTC)
        for number, status in enumerate(STATUSES):
            visit = AppointmentFactory(
                clinic=clinic,
                patient=PatientFactory(clinic=clinic, given_names="Aroha", family_name=f"Example-{number}"),
                clinician=colleague if number % 2 else practice.clinician,
                room=practice.room,
                visit_type=practice.visit_type,
                starts_at=noon + timedelta(minutes=30 * number),
                status=status,
            )
        RiskFlag.objects.create(clinic=clinic, patient=visit.patient, flag="fall_risk", recorded_at=noon)
    return practice


@pytest.fixture
def open_page(practice: Practice, staff_client: Callable[..., Client], browser: Browser, live_server: Any) -> Any:
    """``open_page(path, width=…, scheme=…)`` as a signed-in clinic admin; what the console said is kept."""
    contexts = []

    def go(path: str, *, width: int = 1440, scheme: Any = "light", role: str = Role.CLINIC_ADMIN) -> Page:
        client = staff_client(role, clinic=practice.clinic)
        context = browser.new_context(
            viewport={"width": width, "height": 900}, color_scheme=scheme, reduced_motion="reduce"
        )
        contexts.append(context)
        cookie = client.cookies["sessionid"].value
        context.add_cookies([{"name": "sessionid", "value": cookie, "url": live_server.url}])
        page = context.new_page()
        said: list[str] = []
        page.said = said  # type: ignore[attr-defined]
        page.on("console", lambda message: said.append(message.text))
        page.goto(live_server.url + path)
        return page

    yield go
    for context in contexts:
        context.close()


def _problems(page: Page) -> list[str]:
    found = [f"{one['id']}: {one['nodes'][0]['html'][:120]}" for one in axe_violations(page)]
    if page.evaluate("document.documentElement.scrollWidth - innerWidth") > 0:
        found.append("the page scrolls sideways")
    return found + large_text_problems(page) + page.said  # type: ignore[attr-defined]


def _kept(practice: Practice) -> SlotHold:
    with tenant(practice.clinic.pk, actor="test"):
        starts_at = datetime.now(UTC) + timedelta(days=5)
        return SlotHoldFactory(
            clinic=practice.clinic,
            clinician=practice.clinician,
            visit_type=practice.visit_type,
            starts_at=starts_at,
            expires_at=starts_at,
        )


def _paths(practice: Practice) -> dict[str, str]:
    with tenant(practice.clinic.pk):
        visit = practice.book(starts_at=datetime.now(UTC) + timedelta(days=2), now=datetime.now(UTC), is_override=True)
    own = [visit.pk]
    return {
        "today": reverse("scheduling:today"),
        "calendar": reverse("scheduling:calendar"),
        "rooms": reverse("scheduling:calendar") + "?show=rooms",
        "week": reverse("scheduling:calendar") + "?span=week",
        "table": reverse("scheduling:calendar") + "?look=table",
        "paper": reverse("scheduling:print_day"),
        "book": reverse("scheduling:book", args=[practice.patient.pk]),
        "find": reverse("scheduling:find"),
        "kept": reverse("scheduling:kept", args=[_kept(practice).pk]),
        "visit": reverse("scheduling:appointment", args=own),
        "move": reverse("scheduling:move", args=own),
        "cancel": reverse("scheduling:cancel", args=own),
        "visits": reverse("scheduling:patient_visits", args=[practice.patient.pk]),
        "set_up": reverse("scheduling:set_up"),
        "hours": reverse("scheduling:add_hours"),
        "leave": reverse("scheduling:add_leave"),
        "visit_type": reverse("scheduling:add_visit_type"),
        "room": reverse("scheduling:add_room"),
        "resources": reverse("scheduling:resources"),
        "first_steps": reverse("scheduling:guide"),
        "history": reverse("scheduling:setting_history", args=["room", practice.room.pk]),
        "recall": reverse("sessions:recalls"),
    }


def test_every_page_is_clean_on_a_phone_in_light_or_on_a_desk_in_the_dark(practice: Practice, open_page: Any) -> None:
    found = {}
    for number, (name, path) in enumerate(_paths(practice).items()):
        width, scheme = ((390, "light"), (1440, "dark"))[number % 2]
        page = open_page(path, width=width, scheme=scheme)
        if problems := _problems(page):
            found[f"{name} at {width}"] = problems
    assert found == {}


def _look(page: Page, name: str) -> None:
    """Judge the page as it stands at both widths; a picture of each where they are asked for."""
    page.said.clear()  # type: ignore[attr-defined] # a late save is answered 409, which the console tells
    for width in (390, 1440):
        page.set_viewport_size({"width": width, "height": 900})
        if SHOTS:
            page.screenshot(path=f"{SHOTS}/{name}-{width}.png", full_page=True)
        assert _problems(page) == [], f"{name} at {width}"


def test_settings_show_what_a_colleague_changed_and_which_visits_are_touched(
    practice: Practice, open_page: Any, staff_client: Callable[..., Client]
) -> None:
    colleague = staff_client(Role.CLINIC_ADMIN, clinic=practice.clinic)
    room = reverse("scheduling:change_room", args=[practice.room.pk])
    page = open_page(room)
    colleague.post(room, {"name": "Room A", "capacity": 4, "is_active": "on"})
    page.locator("#id_name").fill("Garden room")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", name="This was changed while you had it open")).to_be_visible()
    expect(page.locator("#id_name")).to_have_value("Garden room")
    _look(page, "settings-late-save")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("The room is saved.")).to_be_visible()

    tomorrow = datetime.now(UTC).date() + timedelta(days=1)
    with tenant(practice.clinic.pk, actor="test"):
        what = {"patient": practice.patient, "clinician": practice.clinician, "visit_type": practice.visit_type}
        noon = datetime.combine(tomorrow, time(12), tzinfo=UTC)
        AppointmentFactory(clinic=practice.clinic, room=practice.room, starts_at=noon, **what)
    page = open_page(reverse("scheduling:add_closure"))
    page.locator("#id_name").fill("Inventory")
    page.locator("#id_first_day").fill(f"{tomorrow:%Y-%m-%d}")
    page.locator("#id_last_day").fill(f"{tomorrow + timedelta(days=1):%Y-%m-%d}")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", name="This touches")).to_be_visible()
    _look(page, "settings-touched")
    page.get_by_role("button", name="Save, and list the visits").click()
    expect(page.get_by_role("button", name="Take this change back")).to_be_visible()
    _look(page, "settings-to-move")
    page = open_page(reverse("settings"))
    _look(page, "settings-index")

    page = open_page(reverse("accounts:settings"))
    page.locator("#id_zone").select_option("Asia/Kolkata")
    page.get_by_role("button", name="Save").click()
    page.get_by_label("Asia/Kolkata is right").check()
    page.get_by_role("button", name="Save").click()
    expect(page.locator("#zone-visits")).to_be_visible()
    _look(page, "settings-zone")


def test_one_tap_moves_a_patient_and_undo_takes_it_back(practice: Practice, open_page: Any) -> None:
    page = open_page(reverse("scheduling:today"))
    arrived, in_room = (page.get_by_role("region", name=name) for name in ("Arrived", "In room"))
    assert (arrived.get_by_role("listitem").count(), in_room.get_by_role("listitem").count()) == (1, 1)

    arrived.get_by_role("button", name=re.compile("In room.*Example-2")).click()
    page.get_by_role("button", name="Undo").wait_for()

    assert in_room.get_by_role("listitem").count() == 2
    page.get_by_role("button", name="Undo").click()
    page.get_by_text("Undone: now").wait_for()
    assert arrived.get_by_role("listitem").count() == 1


def test_a_clinician_books_in_three_actions_and_copies_the_link_of_the_own_calendar(
    practice: Practice, open_page: Any, live_server: Any
) -> None:
    page = open_page(reverse("scheduling:book", args=[practice.patient.pk]), role=Role.CLINICIAN)

    page.get_by_label("Visit type").select_option(label="Several regions or ultrasound, 45 min")
    page.wait_for_load_state("networkidle")
    page.locator(".times [name=chosen]").last.check()
    page.get_by_text("is kept for you until").wait_for()
    page.get_by_role("button", name="Book", exact=True).click()

    page.get_by_text("The visit is booked.").wait_for()
    assert page.get_by_role("heading", level=1).inner_text().startswith("Several regions or ultrasound")

    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(live_server.url + reverse("scheduling:calendar_link"))
    page.get_by_role("button", name="Make a link").click()
    page.get_by_role("button", name="Copy the link").click()
    page.get_by_role("button", name="Copied").wait_for()
    link = page.get_by_label("Link", exact=True).input_value()
    assert link.endswith(".ics")
    assert page.evaluate("navigator.clipboard.readText()") == link


def _go_to(page: Page, target: Locator) -> None:
    """By the Tab key alone, as somebody without a pointer does."""
    target.wait_for()
    for _press in range(90):
        page.keyboard.press("Tab")
        if target.evaluate("element => element === document.activeElement"):
            return
    raise AssertionError(f"The Tab key does not reach {target}.")


def test_a_new_caller_gets_three_visits_by_few_actions_and_the_day_goes_on_by_keyboard_alone(
    practice: Practice, open_page: Any, figure: Callable[[str, float], None]
) -> None:
    """From the day's board to three weekly visits of somebody new; then one undo takes all of them back.

    A link or button is one action, and so is a field, whatever is typed into it.
    """
    page = open_page(reverse("scheduling:today"), role=Role.FRONT_DESK)
    actions = 0

    def press(target: Locator) -> None:
        nonlocal actions
        actions += 1
        _go_to(page, target)
        page.keyboard.press("Enter")

    def fill(target: Locator, text: str) -> None:
        nonlocal actions
        actions += 1
        _go_to(page, target)
        page.keyboard.type(text)

    def field(name: str) -> Locator:
        return page.get_by_role("textbox", name=name, exact=True)

    press(page.get_by_role("link", name="Find a time"))
    press(page.locator(".suggestion").nth(1))
    fill(field("Family name"), "Novak")
    fill(field("Given names"), "Jana")
    fill(page.get_by_role("textbox", name=re.compile("Date of birth")), "1980-05-17")
    fill(field("Phone"), "+49 30 1234567")
    fill(page.get_by_label("Visits"), "3")
    page.locator("#plan li").nth(2).wait_for()
    assert _problems(page) == []
    press(page.get_by_role("button", name="Book", exact=True))
    page.get_by_text("3 visits are booked.").wait_for()
    figure("book_three_visits_actions", actions)
    assert actions <= 12

    press(page.get_by_role("button", name="Undo"))
    page.get_by_text("Undone.").wait_for()
    assert page.locator("dd .status-word").first.inner_text() == "cancelled"

    _check_in_move_and_cancel_by_keyboard(page, practice)


def _check_in_move_and_cancel_by_keyboard(page: Page, practice: Practice) -> None:
    """The rest of the desk's day, the hands on the keys all the time."""
    now = datetime.now(UTC)
    ten = datetime.combine(now.date() + timedelta(days=2), time(10), tzinfo=UTC)
    with tenant(practice.clinic.pk):
        visit = practice.book(starts_at=ten, now=now)
    name = visit.patient.full_name

    def press(target: Locator, key: str = "Enter") -> None:
        _go_to(page, target)
        page.keyboard.press(key)

    # Somebody comes to the counter, says a name and a birth date, and was taken for another at first.
    press(page.get_by_role("link", name="Today"))
    press(page.get_by_role("link", name=re.compile("Arrived.*Example-0")))
    press(page.get_by_role("checkbox", name="Date of birth"), "Space")
    press(page.get_by_role("checkbox", name="Full name"), "Space")
    press(page.get_by_role("button", name="Arrived"))
    press(page.get_by_role("button", name="Undo"))
    page.get_by_role("link", name=re.compile("Arrived.*Example-0")).wait_for()

    # A visit of the day after tomorrow: a quarter of an hour later, and back.
    press(page.get_by_role("link", name="Calendar", exact=True))
    for _day in range(2):
        press(page.get_by_role("link", name="Next", exact=True))
    drawn = page.get_by_role("link", name=name)
    press(drawn, "Alt+ArrowDown")
    page.keyboard.press("Enter")
    page.get_by_text("Moved to").wait_for()
    press(page.locator("#calendar-answer").get_by_role("button", name="Undo"))
    page.locator("#calendar-answer").get_by_text("Undone").wait_for()

    # The patient rings and cancels it, with a reason.
    press(drawn)
    press(page.get_by_role("link", name="Cancel", exact=True))
    press(page.get_by_role("radio").first, "Space")
    _go_to(page, page.get_by_role("textbox", name="Why"))
    page.keyboard.type("ill")
    press(page.get_by_role("button", name="Cancel the visit"))
    page.get_by_role("button", name="Undo").wait_for()
    assert page.locator("dd .status-word").first.inner_text() == "cancelled"
    assert _problems(page) == []


def test_a_time_just_taken_is_told_beside_others_on_a_phone(practice: Practice, open_page: Any) -> None:
    page = open_page(reverse("scheduling:book", args=[practice.patient.pk]), width=390)
    first = page.locator(".times [name=chosen]").first
    starts_at, clinician_id = (first.get_attribute("value") or "").split("/")
    with tenant(practice.clinic.pk):
        clinician = Membership.objects.get(pk=clinician_id)
        practice.book(
            patient=practice.another_patient(),
            clinician=clinician,
            starts_at=datetime.fromisoformat(starts_at),
            now=datetime.now(UTC),
            is_override=True,
        )

    first.check()
    page.get_by_role("status").get_by_text("was just taken").wait_for()
    page.get_by_role("button", name="Book", exact=True).click()

    page.get_by_text("The next free times").wait_for()
    page.said.clear()  # that the answer was 409 is told there
    assert _problems(page) == []


def test_a_name_of_104_letters_stays_on_a_phones_screen(practice: Practice, open_page: Any) -> None:
    longest = "Wolfeschlegelsteinhausenbergerdorffwelchevoralternwarengewissenhaftschaferswessenschafewarenwohlgepflege"
    with tenant(practice.clinic.pk, actor="test"):
        patient = practice.patient
        Patient.objects.filter(pk=patient.pk).update(family_name=longest, given_names="", preferred_name=longest[:60])
        start = datetime.combine(datetime.now(UTC).date(), time(15), tzinfo=UTC)
        practice.book(starts_at=start, now=start - timedelta(days=1), is_override=True)
    own = [patient.pk]
    paths = {
        "list": reverse("patients:list"),
        "patient": reverse("patients:detail", args=own),
        "edit": reverse("patients:edit", args=own),
        "profile": reverse("patients:profile", args=own),
        "compare": reverse("patients:compare-with", args=own),
        "chart": reverse("sessions:chart", args=own),
        "today": reverse("scheduling:today"),
        "calendar": reverse("scheduling:calendar") + "?look=table",
        "paper": reverse("scheduling:print_day"),
        "book": reverse("scheduling:book", args=own),
        "messages": reverse("reminders:patient", args=own),
    }
    wide = {}
    for name, path in paths.items():
        page = open_page(path, width=390, role=Role.CLINICIAN if name in ("profile", "chart") else Role.CLINIC_ADMIN)
        if SHOTS:
            page.screenshot(path=f"{SHOTS}/{name}.png", full_page=True)
        assert longest[:60] in page.content(), name
        if over := page.evaluate(_TOO_WIDE):
            wide[name] = over
    assert wide == {}


_TOO_WIDE = """() => document.documentElement.scrollWidth > innerWidth
  || [...document.querySelectorAll(".person, .crumbs li, h1")]
  .filter(one => one.textContent.includes("Wolfe") && !one.closest(".visually-hidden"))
  .filter(one => one.getBoundingClientRect().right > innerWidth + 1).map(one => one.outerHTML.slice(0, 160)).join()"""
