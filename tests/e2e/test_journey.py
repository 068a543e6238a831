"""One whole visit, told as the clinic would tell it, with a second clinic next door that must never show."""

import logging
import re
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from io import StringIO
from typing import Any

import pytest
from django.core import mail
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Browser, BrowserContext, Page, expect

from accounts.actors import machine
from accounts.choices import Role
from accounts.models import Clinic
from catalogue.models import Solution
from common.tenancy import tenant
from pitclinic.logs import ScrubFilter, json_formatter
from reminders.models import Message
from scheduling.models import AvailabilityBlock, Room
from scheduling.services.defaults import set_up_defaults
from sessions.models import InjectionSession, SideEffect, SolutionLot
from tests.e2e.eyes import Eyes
from tests.factories.accounts import ClinicFactory
from tests.factories.patients import PatientFactory

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]

SENTINELS = ("Zoranka", "Quellwasser", "zoranka@example.org", "+4930901822", "1981-07-23", "burning at the knee")


class Story:
    """The clinic, its people at their browsers, and what the test has learned so far."""

    def __init__(self, origin: str, browser: Browser, sign_in: Callable[..., Client], clinic: Clinic) -> None:
        self.origin, self.browser, self.sign_in, self.clinic = origin, browser, sign_in, clinic
        self.eyes = Eyes()
        self.contexts: list[BrowserContext] = []

    def person(self, role: str) -> Page:
        """A page signed in as a member of the clinic."""
        client = self.sign_in(role, clinic=self.clinic)
        context = self.browser.new_context(viewport={"width": 1440, "height": 900}, locale="en-GB")
        context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": self.origin}])
        self.contexts.append(context)
        return self._page(context)

    def phone(self) -> Page:
        """Somebody's own phone, signed in nowhere."""
        context = self.browser.new_context(viewport={"width": 390, "height": 844}, locale="en-GB", has_touch=True)
        self.contexts.append(context)
        return self._page(context)

    def _page(self, context: BrowserContext) -> Page:
        page = context.new_page()
        page.set_default_timeout(15_000)
        page.on("console", lambda message: self._complain(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: self._complain(str(error)))
        return page

    def _complain(self, text: str) -> None:
        if "status of 4" not in text:
            self.eyes.violations.append(f"the browser's console: {text[:200]}")

    def go(self, page: Page, name: str, *args: object) -> None:
        page.goto(self.origin + reverse(name, args=args))


@pytest.fixture
def log() -> Iterator[StringIO]:
    """What the deployed clinic would log, down to DEBUG for our own code."""
    written = StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(json_formatter())
    handler.addFilter(ScrubFilter())
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    yield written
    root.removeHandler(handler)
    root.setLevel(level)


@pytest.fixture
def story(live_server: Any, browser: Browser, staff_client: Callable[..., Client], settings: Any) -> Iterator[Story]:
    settings.PUBLIC_ORIGIN = live_server.url
    clinic = ClinicFactory(name="Riverside")
    with tenant(clinic.pk, actor="test"):
        set_up_defaults(clinic)
        Room.objects.get_or_create(clinic=clinic, name="Room 1")
        glucose = Solution.objects.get(code="D5W_BUF")
        SolutionLot.objects.create(
            clinic=clinic, solution=glucose, lot_number="LOT-7", expiry_date=date.today() + timedelta(days=300)
        )
    neighbour = ClinicFactory(name="Neighbour")
    with tenant(neighbour.pk, actor="test"):
        PatientFactory(clinic=neighbour, given_names="Zoranka", family_name="Nextdoor", birth_date=date(1981, 7, 23))
    told = Story(live_server.url, browser, staff_client, clinic)
    yield told
    for context in told.contexts:
        context.close()


def test_a_visit_from_registration_to_the_answer_at_home(
    story: Story, log: StringIO, figure: Callable[[str, float], None]
) -> None:
    desk = story.person(Role.FRONT_DESK)
    clinician = story.person(Role.CLINICIAN)
    _works_all_week(story)

    patient_id = _the_desk_registers_a_caller_and_finds_her_again(story, desk)
    _the_clinician_notes_what_she_comes_with(story, clinician, patient_id)
    _the_admin_imports_a_file(story)
    _the_desk_books_her_and_she_arrives(story, desk, patient_id)
    session = _the_clinician_treats_and_signs(story, clinician, patient_id)
    link = _the_worker_sends_a_neutral_message(story, session)
    _she_answers_on_her_phone(story, link)
    _a_second_message_brings_a_danger_sign_to_the_worklist(story, session, clinician)
    _the_follow_up_is_completed(story, clinician, session)
    _the_chart_shows_the_course(story, clinician, patient_id)
    _the_auditor_reads_who_saw_what(story, patient_id)

    figure("journey_axe_violations", len(story.eyes.violations))
    figure("journey_pages_seen", len(story.eyes.seen))
    assert story.eyes.violations == []
    leaked = [word for word in SENTINELS if word.lower() in log.getvalue().lower()]
    assert leaked == []


def _works_all_week(story: Story) -> None:
    from accounts.models import Membership

    with tenant(story.clinic.pk, actor="test"):
        clinician = Membership.objects.get(clinic=story.clinic, role=Role.CLINICIAN)
        for weekday in range(7):
            AvailabilityBlock.objects.create(
                clinic=story.clinic,
                clinician=clinician,
                weekday=weekday,
                start_time="00:00",
                end_time="23:59",
                valid_from_date=date.today() - timedelta(days=30),
            )


def _the_desk_registers_a_caller_and_finds_her_again(story: Story, desk: Page) -> str:
    story.go(desk, "patients:list")
    story.eyes.look(desk, "patients empty")
    story.go(desk, "patients:register")
    story.eyes.look(desk, "register")
    desk.get_by_label("Family name").fill("Quellwasser")
    desk.get_by_label("Given names").fill("Zoranka")
    desk.get_by_label("Date of birth").fill("1981-07-23")
    desk.get_by_role("textbox", name="E-mail").fill("zoranka@example.org")
    desk.locator("[name=email_purposes]").first.check()
    desk.locator("[name=email_purposes]").nth(1).check()
    desk.get_by_role("textbox", name="Phone", exact=True).fill("030 901822")
    desk.get_by_role("button", name="Register").click()
    expect(desk.locator("h1")).to_have_text("Patient")
    story.eyes.look(desk, "patient page")
    patient_id = desk.url.rstrip("/").rsplit("/", 1)[-1]

    story.go(desk, "patients:list")
    for asked in ("quelwaser", "zoranka 1981", "1822", "23.07.1981"):
        desk.get_by_role("searchbox").last.fill(asked)
        desk.get_by_role("searchbox").last.press("Enter")
        expect(desk.get_by_role("link", name=re.compile("Quellwasser"))).to_be_visible()
        expect(desk.get_by_text("Nextdoor")).to_have_count(0)
        assert asked.split()[0] not in desk.url
    story.eyes.look(desk, "search results")
    return patient_id


def _the_clinician_notes_what_she_comes_with(story: Story, clinician: Page, patient_id: str) -> None:
    story.go(clinician, "patients:profile", patient_id)
    story.eyes.look(clinician, "conditions and risks")
    form = clinician.locator(f"form[action='{reverse('patients:add-condition', args=[patient_id])}']")
    form.locator("[name=condition]").first.fill("Meralgia") if form.locator("input[name=condition]").count() else None
    if form.locator("select[name=condition]").count():
        form.locator("select[name=condition]").select_option(label=re.compile("Meralgia").pattern)
    form.get_by_role("button").last.click()


def _the_admin_imports_a_file(story: Story) -> None:
    """Filled in below."""


def _the_desk_books_her_and_she_arrives(story: Story, desk: Page, patient_id: str) -> None:
    story.go(desk, "scheduling:book", patient_id)
    story.eyes.look(desk, "book a visit")
    desk.locator("#times [name=chosen]").first.check(force=True)
    desk.get_by_role("button", name="Book", exact=True).click()
    story.eyes.look(desk, "the visit")
    story.go(desk, "scheduling:today")
    story.eyes.look(desk, "today")
