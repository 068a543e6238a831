"""A sick call in a real browser: the desk enters it, moves five visits with their messages, and the list is empty."""

import os
import re
from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Browser, Page, expect

from accounts.choices import Role
from common.tenancy import tenant
from patients.choices import Purpose
from patients.models import ContactConsent
from reminders.choices import Step
from reminders.models import Message
from reminders.services import visit_planning
from scheduling.models import Appointment, AppointmentMove, Leave, SettingChange
from scheduling.services.appointments import TELL_AFTER
from scheduling.services.visit_types import set_up_defaults
from tests.e2e.axe import axe_violations
from tests.e2e.eyes import large_text_problems
from tests.factories.accounts import ClinicFactory
from tests.factories.patients import EmailFactory, PatientFactory
from tests.factories.scheduling import AppointmentFactory
from tests.reminders.factories import worker
from tests.scheduling.conftest import Practice, make_practice

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]

WIDTHS = (390, 820, 1440)
SHOTS = os.environ.get("PITCLINIC_SHOTS", "")
VISITS = 5


@pytest.fixture
def tomorrow() -> datetime:
    """The story is told of tomorrow, so that it can be told at any hour."""
    return datetime.combine(datetime.now(UTC).date() + timedelta(days=1), time(9), tzinfo=UTC)


@pytest.fixture
def practice(transactional_db: None, tomorrow: datetime) -> Practice:
    clinic = ClinicFactory(name="Harbour Clinic", zone="UTC")
    with tenant(clinic.pk, actor="test"):
        set_up_defaults(clinic=clinic)
        practice = make_practice(clinic, weekdays=range(7), start=time(8), end=time(17))
        for number in range(VISITS):
            patient = PatientFactory(clinic=clinic, given_names="Aroha", family_name=f"Example-{number}")
            box = EmailFactory(patient=patient, value=f"aroha{number}@example.org")
            ContactConsent.objects.create(
                clinic=clinic,
                contact_point=box,
                purpose=Purpose.APPOINTMENT,
                is_granted=True,
                decided_at=datetime.now(UTC) - timedelta(days=1),
                wording_version="test",
            )
            AppointmentFactory(
                clinic=clinic,
                patient=patient,
                clinician=practice.clinician,
                room=practice.room,
                visit_type=practice.visit_type,
                starts_at=tomorrow + timedelta(hours=number),
            )
    return practice


def _problems(page: Page, name: str) -> list[str]:
    found = []
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 1000})
        found += [f"{name} {width}: {one['id']}: {one['nodes'][0]['html'][:160]}" for one in axe_violations(page)]
        if page.evaluate("document.documentElement.scrollWidth - innerWidth") > 0:
            found.append(f"{name} {width}: the page scrolls sideways")
        if width == WIDTHS[0]:
            found += [f"{name} {width}: {one}" for one in large_text_problems(page)]
        if SHOTS:
            page.screenshot(path=f"{SHOTS}/sick-{name}-{width}.png", full_page=True)
    return found


@pytest.fixture
def page(practice: Practice, staff_client: Callable[..., Client], browser: Browser, live_server: Any) -> Any:
    desk = staff_client(Role.FRONT_DESK, clinic=practice.clinic)
    context = browser.new_context(
        viewport={"width": 1440, "height": 1000}, color_scheme="light", reduced_motion="reduce"
    )
    context.add_cookies([{"name": "sessionid", "value": desk.cookies["sessionid"].value, "url": live_server.url}])
    yield context.new_page()
    context.close()


def test_a_clinician_calls_in_sick_and_the_desk_moves_five_visits_each_with_its_message(
    practice: Practice, page: Page, live_server: Any, tomorrow: datetime
) -> None:
    page.goto(f"{live_server.url}{reverse('scheduling:calendar')}?day={tomorrow.date()}")
    away = page.get_by_text("Somebody is away")
    away.focus()
    page.keyboard.press("Enter")
    seen = _problems(page, "calendar")
    page.get_by_role("link", name="Enter leave: Dr Ada Berg").focus()
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", name="Enter leave")).to_be_visible()
    expect(page.get_by_label("Last day")).to_have_value(str(tomorrow.date()))
    seen += _problems(page, "leave")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("This touches 5 visits")).to_be_visible()
    seen += _problems(page, "asked")
    page.get_by_role("button", name="Save, and list the visits").click()

    expect(page.get_by_text("5 visits have to be moved or cancelled.")).to_be_visible()
    expect(page.get_by_role("button", name="Undo")).to_be_visible()
    seen += _problems(page, "list")
    for number in range(VISITS):
        page.get_by_role("link", name=re.compile(f"Move.*Aroha Example-{number}")).click()
        expect(page.get_by_role("checkbox", name="Tell the patient")).to_be_checked()
        if not number:
            seen += _problems(page, "move")
        page.locator(".time-choice input").first.check()
        page.get_by_role("button", name="Move", exact=True).click()
        expect(page.get_by_text("The visit has its new time.")).to_be_visible()

    expect(page.get_by_text("No visits to move")).to_be_visible()
    expect(page.get_by_text("to be sent")).to_have_count(VISITS)
    seen += _problems(page, "empty")
    with tenant(practice.clinic.pk):
        leave, change = Leave.objects.get(), SettingChange.objects.get()
        owed = AppointmentMove.objects.filter(tell_at__isnull=False, was_starts_at__isnull=False)
        assert {one.appointment_id for one in owed} == set(change.visits)
        assert owed.count() == VISITS
        visit_planning.plan(by=worker(practice.clinic), now=datetime.now(UTC) + TELL_AFTER)
        messages = Message.objects.filter(step=Step.VISIT_MOVED)
        assert sorted(messages.values_list("appointment_id", flat=True)) == sorted(change.visits)
        assert not Appointment.objects.filter(starts_at__lt=leave.ends_at, ends_at__gt=leave.starts_at).exists()
    assert seen == []
