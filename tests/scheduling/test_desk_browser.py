"""The counter and the waiting room in a real browser: a check-in in three taps, a walk-in, a tablet that forgets."""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Browser, BrowserContext, Page, expect

from accounts.choices import Role
from common.tenancy import tenant
from patients.choices import ContactKind
from patients.models import ContactPoint
from scheduling.models import CheckInTablet
from scheduling.services import check_in_tablets
from scheduling.services.visit_types import set_up_defaults
from tests.e2e.axe import axe_violations
from tests.e2e.eyes import large_text_problems
from tests.factories.accounts import ClinicFactory
from tests.factories.patients import PatientFactory
from tests.factories.scheduling import AppointmentFactory
from tests.scheduling.conftest import Practice, make_practice

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]

# The whole day is the clinic's: the story can be told at any hour but the last before midnight.
WIDTHS = (390, 820, 1440)


@pytest.fixture
def practice(transactional_db: None) -> Practice:
    clinic = ClinicFactory(name="Harbour Clinic", zone="UTC")
    with tenant(clinic.pk, actor="test"):
        set_up_defaults(clinic=clinic)
        practice = make_practice(clinic, weekdays=range(7), start=time(0), end=time(23, 45))
        today = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
        for number, name in enumerate(("Quillfeather", "Otherwise")):
            patient = PatientFactory(clinic=clinic, given_names="Zebedee", family_name=name)
            ContactPoint.objects.create(
                clinic=clinic, patient=patient, kind=ContactKind.PHONE, value=f"+4930123456{number}0"
            )
            AppointmentFactory(
                clinic=clinic,
                patient=patient,
                clinician=practice.clinician,
                room=practice.room,
                visit_type=practice.visit_type,
                starts_at=today + timedelta(minutes=40 * number),
            )
    return practice


@pytest.fixture
def contexts(browser: Browser) -> Iterator[Callable[..., BrowserContext]]:
    opened = []

    def make(**options: Any) -> BrowserContext:
        context = browser.new_context(viewport={"width": 820, "height": 1100}, reduced_motion="reduce", **options)
        opened.append(context)
        return context

    yield make
    for context in opened:
        context.close()


def problems(page: Page, widths: tuple[int, ...] = WIDTHS) -> list[str]:
    found = []
    for width in widths:
        page.set_viewport_size({"width": width, "height": 1000})
        found += [f"{width}: {one['id']}: {one['nodes'][0]['html'][:160]}" for one in axe_violations(page)]
        if page.evaluate("document.documentElement.scrollWidth - innerWidth") > 0:
            found.append(f"{width}: the page scrolls sideways")
    return found + large_text_problems(page)


def test_the_desk_checks_in_with_three_taps_and_notes_who_did_not_come(
    practice: Practice, staff_client: Callable[..., Client], contexts: Callable[..., BrowserContext], live_server: Any
) -> None:
    desk = staff_client(Role.FRONT_DESK, clinic=practice.clinic)
    context = contexts(color_scheme="light")
    context.add_cookies([{"name": "sessionid", "value": desk.cookies["sessionid"].value, "url": live_server.url}])
    page = context.new_page()
    page.goto(live_server.url + reverse("scheduling:today"))
    seen = {"today": problems(page)}

    page.get_by_role("link", name=re.compile("Arrived.*Quillfeather")).click()
    page.get_by_role("heading", name="Check in").wait_for()
    seen["check in"] = problems(page)
    page.get_by_role("checkbox", name="Date of birth").check()
    page.get_by_role("checkbox", name="Phone").check()
    page.get_by_role("button", name="Arrived").click()
    page.get_by_role("button", name="Undo").wait_for()
    expect(page.get_by_role("region", name="Arrived").get_by_role("listitem")).to_have_count(1)

    page.goto(live_server.url + reverse("scheduling:unconfirmed"))
    seen["to confirm"] = problems(page, (390,))
    page.goto(live_server.url + reverse("scheduling:walk_in"))
    seen["walk-in"] = problems(page, (390, 1440))
    page.goto(live_server.url + reverse("scheduling:put_on_board", args=[practice.patient.pk]))
    seen["put on the board"] = problems(page, (390,))
    page.goto(live_server.url + reverse("scheduling:tablets"))
    seen["tablets"] = problems(page, (390,))

    assert {name: found for name, found in seen.items() if found} == {}


def test_a_tablet_thanks_the_patient_and_forgets_at_once(
    practice: Practice, contexts: Callable[..., BrowserContext], live_server: Any
) -> None:
    with tenant(practice.clinic.pk, actor="test"):
        tablet = CheckInTablet.objects.create(clinic=practice.clinic, name="Counter")
        code = check_in_tablets.give_code(tablet_id=tablet.pk, by=practice.desk, now=datetime.now(UTC))
    context = contexts(color_scheme="dark", has_touch=True)
    page = context.new_page()
    page.clock.install()
    page.goto(live_server.url + reverse("scheduling:tablet"))
    found = problems(page, (820,))
    page.get_by_label("Code").fill(code)
    page.get_by_role("button", name="Open").click()
    page.get_by_role("heading", name="Are you here").wait_for()
    found += problems(page)

    page.get_by_label("Day").fill("17")
    page.get_by_label("Month").fill("5")
    page.get_by_label("Year").fill("1970")
    expect(page.locator(".birth-words")).to_contain_text("17 May 1970")
    page.get_by_label("The first three letters").fill("Qui")
    page.clock.run_for(31_000)
    expect(page.get_by_label("The first three letters")).to_have_value("")
    expect(page.get_by_label("Day")).to_have_value("")
    expect(page.locator(".birth-words")).to_have_text("")

    for label, typed in (("Day", "17"), ("Month", "5"), ("Year", "1970"), ("The first three letters", "qui")):
        page.get_by_label(label).fill(typed)
    page.get_by_role("button", name="I am here").click()
    page.get_by_role("heading", name="Thank you").wait_for()
    found += problems(page, (820,))

    page.get_by_role("link", name="Close").click()
    page.get_by_role("heading", name="Are you here").wait_for()
    page.go_back()
    page.get_by_role("heading", name="Thank you").wait_for()
    page.go_back()
    expect(page.get_by_label("The first three letters")).to_have_value("")
    page.goto(live_server.url + reverse("scheduling:tablet_to_desk"))
    found += problems(page, (820,))
    assert found == []
    assert {cookie["name"] for cookie in context.cookies()} <= {"tablet", "csrftoken"}
