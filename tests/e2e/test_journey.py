"""One whole visit, told as the clinic would tell it, with a second clinic next door that must never show."""

import logging
import re
from collections.abc import Callable, Iterator
from datetime import date, datetime, time, timedelta
from io import StringIO
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Browser, BrowserContext, Page, expect

from accounts.choices import Role
from accounts.models import Clinic, Membership
from catalogue.models import Solution
from common.tenancy import tenant
from patients.tasks import run_import
from pitclinic.logs import ScrubFilter, json_formatter
from reminders.services import sweeps
from scheduling.models import Appointment, AvailabilityBlock, Room
from scheduling.services.visit_types import set_up_defaults
from sessions.models import FollowUp, InjectionSession, PainScore, ReliefReport, SideEffect, SolutionLot
from tests.e2e.eyes import Eyes
from tests.e2e.steps import confirm_the_time_out, fill_in_session, look_it_over, say_birthday
from tests.factories.accounts import ClinicFactory
from tests.factories.patients import PatientFactory

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]

ROOT = Path(__file__).resolve().parents[2]
TODAY = timezone.now().date()
BORN = date(1981, 7, 23)
SENTINELS = ("Zoranka", "Quellwasser", "zoranka@example.org", "+4930901822", "1981-07-23", "burning at the knee")
CLINICAL = ("Zoranka", "Quellwasser", "nerve", "injection", "dextrose", "pain", "knee", "Meralgia")


class Story:
    """The clinic, its people at their browsers, and what their eyes have seen so far."""

    def __init__(self, origin: str, browser: Browser, sign_in: Callable[..., Client], clinic: Clinic) -> None:
        self.origin, self.browser, self.sign_in, self.clinic = origin, browser, sign_in, clinic
        self.eyes = Eyes()
        self.contexts: list[BrowserContext] = []

    def person(self, role: str) -> Page:
        """A page signed in as a new member of the clinic."""
        client = self.sign_in(role, clinic=self.clinic)
        context = self.browser.new_context(viewport={"width": 1440, "height": 900}, locale="en-GB")
        context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": self.origin}])
        return self._page(context)

    def phone(self) -> Page:
        """Somebody's own phone, signed in nowhere."""
        return self._page(
            self.browser.new_context(viewport={"width": 390, "height": 844}, locale="en-GB", has_touch=True)
        )

    def _page(self, context: BrowserContext) -> Page:
        self.contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(20_000)
        page.on("console", lambda message: self._complain(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: self._complain(str(error)))
        return page

    def _complain(self, text: str) -> None:
        """What the browser reports as an error; refusals by status and requests a page left behind are the story's."""
        if "status of 4" not in text and not text.startswith(("htmx:afterRequest", "htmx:sendError", "htmx:sendAbort")):
            self.eyes.violations.append(f"the browser's console: {text[:200]}")

    def go(self, page: Page, name: str, *args: object) -> None:
        page.goto(self.origin + reverse(name, args=args))


@pytest.fixture
def log() -> Iterator[StringIO]:
    """What the deployed clinic would write to its log."""
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
    clinic = ClinicFactory(name="Riverside", zone=_where_it_is_morning())
    with tenant(clinic.pk, actor="test"):
        set_up_defaults(clinic=clinic)
        Room.objects.get_or_create(clinic=clinic, name="Room 1")
        glucose = Solution.objects.get(code="D5W_BUF")
        SolutionLot.objects.create(
            clinic=clinic, solution=glucose, lot_number="LOT-7", expiry_date=TODAY + timedelta(days=300)
        )
    neighbour = ClinicFactory(name="Neighbour")
    with tenant(neighbour.pk, actor="test"):
        PatientFactory(clinic=neighbour, given_names="Zoranka", family_name="Nextdoor", birth_date=BORN)
    told = Story(live_server.url, browser, staff_client, clinic)
    yield told
    for context in told.contexts:
        context.close()


def _where_it_is_morning() -> str:
    """A zone in which it is about ten o'clock now: the visit is today's, whenever the tests run."""
    west = min(timezone.now().hour - 10, 12)
    return f"Etc/GMT{west:+d}" if west else "Etc/GMT"


def test_a_visit_from_registration_to_the_answer_at_home(
    story: Story, log: StringIO, figure: Callable[[str, float], None]
) -> None:
    desk = story.person(Role.FRONT_DESK)
    clinician = story.person(Role.CLINICIAN)
    _the_clinician_works_all_week(story)

    patient_id = _the_desk_registers_a_caller_and_finds_her_again(story, desk)
    _the_clinician_notes_what_she_comes_with(story, clinician, patient_id)
    _the_admin_imports_a_file(story)
    _the_desk_books_her_and_she_arrives(story, desk, patient_id)
    session = _the_clinician_treats_and_signs(story, clinician, patient_id)
    _she_answers_on_her_phone(story, _the_worker_sends(story, days=1))
    _another_message_brings_a_danger_sign_to_the_worklist(story, clinician, patient_id)
    _the_follow_up_is_completed(story, clinician, session)
    _the_chart_shows_the_course(story, clinician, patient_id)
    _the_auditor_reads_who_saw_what(story, patient_id)

    figure("journey_axe_violations", len(story.eyes.violations))
    figure("journey_pages_seen", len(story.eyes.seen))
    assert story.eyes.violations == []
    assert [word for word in SENTINELS if word.lower() in log.getvalue().lower()] == []


def _the_clinician_works_all_week(story: Story) -> None:
    with tenant(story.clinic.pk, actor="test"):
        clinician = Membership.objects.get(clinic=story.clinic, role=Role.CLINICIAN)
        for weekday in range(7):
            AvailabilityBlock.objects.create(
                clinic=story.clinic,
                clinician=clinician,
                weekday=weekday,
                start_time="00:00",
                end_time="23:59",
                valid_from_date=TODAY - timedelta(days=30),
            )


def _the_desk_registers_a_caller_and_finds_her_again(story: Story, desk: Page) -> str:
    story.go(desk, "patients:list")
    story.eyes.look(desk, "patients empty")
    story.go(desk, "patients:register")
    story.eyes.look(desk, "register")
    desk.get_by_label("Family name").fill("Quellwasser")
    desk.get_by_label("Given names").fill("Zoranka")
    desk.locator("[name=birth_date]").fill("1981-07-23")
    desk.locator("[name=phone]").fill("030 901822")
    desk.locator("[name=email]").fill("zoranka@example.org")
    for purpose in ("care", "appointment"):
        desk.locator(f"[name=email_purposes][value={purpose}]").check()
    desk.get_by_role("button", name="Register", exact=True).click()
    expect(desk.get_by_role("heading", level=1)).to_have_text("Patient")
    story.eyes.look(desk, "patient page")
    patient_id = desk.url.rstrip("/").rsplit("/", 1)[-1]

    for asked in ("quelwasser", "Zoranak 1981", "1822", "23.07.1981"):
        story.go(desk, "patients:list")
        box = desk.locator("main [name=q]")
        box.fill(asked)
        box.press("Enter")
        expect(desk.locator("main").get_by_role("link", name=re.compile("Quellwasser")).first).to_be_visible()
        expect(desk.get_by_text("Nextdoor")).to_have_count(0)
        assert asked.split()[0] not in desk.url
    story.eyes.look(desk, "search results")
    return patient_id


def _the_clinician_notes_what_she_comes_with(story: Story, clinician: Page, patient_id: str) -> None:
    story.go(clinician, "patients:profile", patient_id)
    story.eyes.look(clinician, "conditions and risks")
    form = clinician.locator(f"form[action='{reverse('patients:add-condition', args=[patient_id])}']")
    folded = form.locator("xpath=ancestor::details[not(@open)]")
    if folded.count():
        folded.first.locator("summary").click()
    condition = form.locator("[name=condition]")
    condition.select_option(condition.locator("option", has_text="Meralgia").first.get_attribute("value"))
    form.locator("[name=side]").select_option("left")
    form.get_by_role("button").last.click()
    expect(clinician.get_by_text("G57.12").first).to_be_visible()
    story.eyes.look(clinician, "a condition noted")


def _the_admin_imports_a_file(story: Story) -> None:
    admin = story.person(Role.CLINIC_ADMIN)
    story.go(admin, "patients:imports")
    story.eyes.look(admin, "import")
    admin.locator("[name=file]").set_input_files(ROOT / "tests" / "data" / "patients.csv")
    admin.get_by_role("button", name="Upload").click()
    story.eyes.look(admin, "import columns")
    import_id = admin.url.rstrip("/").rsplit("/", 1)[-1]
    admin.locator("form[action$='check']").get_by_role("button").first.click()
    run_import(clinic_id=str(story.clinic.pk), import_id=import_id)
    story.go(admin, "patients:import", import_id)
    story.eyes.look(admin, "import checked")
    admin.get_by_role("button", name="Import now").click()
    run_import(clinic_id=str(story.clinic.pk), import_id=import_id)
    story.go(admin, "patients:import", import_id)
    expect(admin.get_by_text("Imported. The file is deleted.")).to_be_visible()
    for name, words in (
        ("patients:list", "patients after the import"),
        ("settings", "settings"),
        ("scheduling:set_up", "set up the schedule"),
        ("sessions:lots", "stock"),
    ):
        story.go(admin, name)
        story.eyes.look(admin, words)


def _the_desk_books_her_and_she_arrives(story: Story, desk: Page, patient_id: str) -> None:
    story.go(desk, "scheduling:book", patient_id)
    story.eyes.look(desk, "book a visit")
    desk.locator(".times [name=chosen]").first.check()
    expect(desk.get_by_text("is kept for you until")).to_be_visible()
    desk.get_by_role("button", name="Book", exact=True).click()
    expect(desk.get_by_text("booked").first).to_be_visible()
    story.go(desk, "scheduling:calendar")
    story.eyes.look(desk, "calendar")
    with tenant(story.clinic.pk):
        visit = Appointment.objects.get(patient_id=patient_id)
    story.go(desk, "scheduling:appointment", visit.pk)
    story.eyes.look(desk, "the visit")
    desk.get_by_text("Set another status").click()
    desk.get_by_role("button", name="Confirmed", exact=True).first.click()
    expect(desk.locator("dd .status").first).to_contain_text("confirmed")
    desk.get_by_role("link", name="Arrived", exact=True).click()
    story.eyes.look(desk, "check in")
    for asked in ("Date of birth", "Full name"):
        desk.get_by_role("checkbox", name=asked).check()
    desk.get_by_role("button", name="Arrived", exact=True).click()
    expect(desk.get_by_role("heading", level=1)).to_contain_text("Today")
    story.eyes.look(desk, "today")


def _the_clinician_treats_and_signs(story: Story, clinician: Page, patient_id: str) -> InjectionSession:
    story.go(clinician, "sessions:chart", patient_id)
    story.eyes.look(clinician, "chart before the first session")
    clinician.get_by_role("button", name=re.compile("Start the session")).click()
    story.eyes.look(clinician, "session empty")
    fill_in_session(clinician, consenting="Zoranka Quellwasser")
    expect(clinician.locator("#totals")).to_contain_text("1")
    confirm_the_time_out(clinician, lot="LOT-7")
    story.eyes.look(clinician, "session filled in")
    look_it_over(clinician)
    story.eyes.look(clinician, "session before signing")
    clinician.get_by_role("button", name="Sign", exact=True).click()
    expect(clinician.get_by_text("signed").first).to_be_visible()
    story.eyes.look(clinician, "session signed")
    with tenant(story.clinic.pk):
        session = InjectionSession.objects.signed().select_related("patient").get(patient_id=patient_id)
        assert len(session.content_sha256) == 64
        assert [str(point.volume_ml) for point in session.points.all()] == ["0.50", "0.50"]
    return session


def _the_worker_sends(story: Story, *, days: int) -> str:
    """The minute's sweep as the worker runs it, at ten past ten some days later; returns the newest mail's link."""
    sent = len(mail.outbox)
    zone = ZoneInfo(story.clinic.zone)
    day = timezone.now().astimezone(zone).date() + timedelta(days=days)
    now = datetime.combine(day, time(10, 10), zone)
    sweeps.sweep(clinic=story.clinic, owner="test", clock=lambda: now)
    assert len(mail.outbox) > sent
    letter = mail.outbox[-1]
    assert letter.to == ["zoranka@example.org"]
    told = f"{letter.subject} {letter.body}".lower()
    assert [word for word in CLINICAL if word.lower() in told] == []
    found = re.search(r"https?://\S+", str(letter.body))
    assert found
    return found.group(0).rstrip(".")


def _she_answers_on_her_phone(story: Story, link: str) -> None:
    phone = story.phone()
    phone.goto(link)
    story.eyes.look(phone, "portal door")
    shown = phone.locator("main").inner_text().lower()
    assert [word for word in CLINICAL if word.lower() in shown] == []
    say_birthday(phone, BORN - timedelta(days=1))
    expect(phone.get_by_role("alert")).to_be_visible()
    story.eyes.look(phone, "portal door refused")
    say_birthday(phone, BORN)
    story.eyes.look(phone, "portal pain")
    assert link.rstrip("/").rsplit("/", 1)[-1] not in phone.url
    phone.get_by_role("button", name="3", exact=True).click()
    story.eyes.look(phone, "portal relief")
    phone.get_by_role("button", name="Yes, I still feel better").click()
    story.eyes.look(phone, "portal worry")
    phone.get_by_role("button", name="No, nothing").click()
    story.eyes.look(phone, "portal thanks")
    with tenant(story.clinic.pk):
        assert list(PainScore.objects.filter(source="portal").values_list("score", flat=True)) == [3]
        assert ReliefReport.objects.get().has_ended is False
        assert not SideEffect.objects.exists()


def _another_message_brings_a_danger_sign_to_the_worklist(story: Story, clinician: Page, patient_id: str) -> None:
    link = _the_worker_sends(story, days=3)
    phone = story.phone()
    phone.goto(link)
    say_birthday(phone, BORN)
    phone.get_by_role("button", name="8", exact=True).click()
    phone.get_by_role("button", name="I am not sure").click()
    phone.get_by_role("button", name=re.compile("Hard to breathe")).click()
    expect(phone.get_by_role("button", name="I tapped this by mistake")).to_be_visible()
    expect(phone.get_by_text(story.clinic.emergency_number).first).to_be_visible()
    story.eyes.look(phone, "portal emergency words")

    story.go(clinician, "sessions:worklists")
    story.eyes.look(clinician, "worklists")
    row = clinician.get_by_role("row", name=re.compile("Quellwasser")).first
    expect(row).to_contain_text("P0")
    with clinician.expect_navigation():
        row.get_by_role("button", name=re.compile("Assign to me")).click()
    with tenant(story.clinic.pk):
        alert = SideEffect.objects.get(patient_id=patient_id)
    assert (alert.priority, alert.status) == ("P0", "acknowledged")
    story.go(clinician, "sessions:side_effect", alert.pk)
    story.eyes.look(clinician, "side effect")


def _the_follow_up_is_completed(story: Story, clinician: Page, session: InjectionSession) -> None:
    with tenant(story.clinic.pk):
        follow_up = FollowUp.objects.get(injection_session=session)
    story.go(clinician, "sessions:follow_up", follow_up.pk)
    story.eyes.look(clinician, "follow up")
    clinician.get_by_label("better", exact=True).check()
    with clinician.expect_navigation():
        clinician.get_by_role("button", name="Complete").click()
    with tenant(story.clinic.pk):
        follow_up.refresh_from_db()
    assert follow_up.outcome == "better"


def _the_chart_shows_the_course(story: Story, clinician: Page, patient_id: str) -> None:
    story.go(clinician, "sessions:chart", patient_id)
    expect(clinician.locator("main svg[role=img]").first).to_be_visible()
    expect(clinician.get_by_text("7 → 3").or_(clinician.get_by_text("5 → 2")).first).to_be_visible()
    story.eyes.look(clinician, "chart")
    story.go(clinician, "sessions:history", patient_id)
    story.eyes.look(clinician, "history")


def _the_auditor_reads_who_saw_what(story: Story, patient_id: str) -> None:
    auditor = story.person(Role.AUDITOR)
    story.go(auditor, "sessions:audit_log")
    story.eyes.look(auditor, "audit")
    story.go(auditor, "sessions:history", patient_id)
    expect(auditor.get_by_text("viewed").first).to_be_visible()
    answer = auditor.goto(story.origin + reverse("sessions:chart", args=[patient_id]))
    assert answer
    assert answer.status == 403
