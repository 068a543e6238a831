"""The story of a person registered twice, in a real browser: found, compared, merged, undone; every page passes axe."""

import os
from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Browser, Page, expect

from accounts.actors import machine
from accounts.choices import Role
from accounts.models import Clinic
from common.tenancy import tenant
from patients.choices import ContactKind, Flag
from patients.models import Patient
from patients.records import ContactDetails, PatientDetails
from patients.services import clinical_profile, patients
from patients.tasks import sweep_alike_patients
from tests.e2e.eyes import HEIGHT, WIDTHS, Eyes
from tests.factories.scheduling import AppointmentFactory

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]
NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
SHOTS = os.environ.get("PITCLINIC_SHOTS", "")


@pytest.fixture
def twice(clinic: Clinic) -> tuple[Patient, Patient]:
    """One person registered twice: the day and month swapped, the name misheard, the same phone."""
    by = machine(clinic, "test")
    phone = ContactDetails(ContactKind.PHONE, "+4930901820")
    mailbox = ContactDetails(ContactKind.EMAIL, "aroha@example.org")
    with tenant(clinic.pk, actor="test"):
        one, other = (
            patients.register(by=by, now=NOW, details=details, contacts=[phone, mailbox])
            for details in (
                PatientDetails("Aroha", "Hendricks", date(1980, 4, 5), "Europe/Berlin", language="ar"),
                PatientDetails("Aroha", "Hendriks", date(1980, 5, 4), "Europe/Berlin", preferred_name="Ari"),
            )
        )
        clinical_profile.raise_flag(by=by, now=NOW, patient=one, flag=Flag.INTERPRETER)
        AppointmentFactory(clinic=clinic, patient=other, starts_at=NOW)
    sweep_alike_patients()
    return one, other


def shot(page: Page, name: str) -> None:
    """Pictures for whoever looks at the pages, at three widths and in both themes."""
    if not SHOTS:
        return
    for width in (390, 820, 1440):
        for scheme in ("light", "dark"):
            page.set_viewport_size({"width": width, "height": 900})
            page.emulate_media(color_scheme=scheme)
            page.screenshot(path=f"{SHOTS}-{name}-{width}-{scheme}.png", full_page=True)
            if scheme == "light":
                page.evaluate("document.documentElement.dir = 'rtl'")
                page.screenshot(path=f"{SHOTS}-{name}-{width}-rtl.png", full_page=True)
                page.evaluate("document.documentElement.dir = 'ltr'")
    page.emulate_media(color_scheme="light")


def look(eyes: Eyes, page: Page, name: str) -> None:
    """As it is, and read from the right."""
    eyes.look(page, name)
    before = page.viewport_size
    page.evaluate("document.documentElement.dir = 'rtl'")
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": HEIGHT})
        if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
            eyes.violations.append(f"{name} scrolls sideways at {width} px, read from the right")
    page.evaluate("document.documentElement.dir = 'ltr'")
    if before:
        page.set_viewport_size(before)
    shot(page, name.replace(" ", "-"))


@pytest.mark.slow
def test_a_person_registered_twice_is_found_compared_merged_and_made_two_again(
    staff_client: Callable[..., Client],
    clinic: Clinic,
    browser: Browser,
    live_server: object,
    twice: tuple[Patient, Patient],
) -> None:
    eyes = Eyes()
    client = staff_client(Role.CLINIC_ADMIN, clinic=clinic)
    context = browser.new_context(viewport={"width": 1440, "height": 900}, base_url=str(live_server))
    cookie = client.cookies["sessionid"].value
    context.add_cookies([{"name": "sessionid", "value": cookie, "url": str(live_server)}])
    page = context.new_page()

    page.goto(reverse("patients:alike"))
    expect(page.get_by_text("Day and month of birth swapped, similar name")).to_be_visible()
    look(eyes, page, "possible duplicates")

    page.get_by_role("link", name="Compare").click()
    expect(page.get_by_role("heading", name="One person or two?")).to_be_visible()
    look(eyes, page, "two records")
    page.get_by_role("radio", name="Hendriks", exact=True).check()
    page.get_by_label("Why they are one person").fill("She says so herself")
    page.get_by_role("button", name="Merge into one record").click()

    expect(page.get_by_text("The two records are one now.")).to_be_visible()
    expect(page.get_by_role("heading", name="Merged records")).to_be_visible()
    expect(page.locator(".patient-banner")).to_contain_text("Aroha Hendriks")
    page.get_by_role("button", name="Read back: it is right +49 30 901820").click()
    expect(page.get_by_text("Marked as verified.")).to_be_visible()
    page.get_by_role("button", name="Send a code").click()
    page.get_by_role("textbox", name="Code the patient reads out").fill("12 34 5")
    page.get_by_role("button", name="Confirm").click()
    expect(page.get_by_text("A code has six digits.")).to_be_visible()
    look(eyes, page, "the record that stays")

    page.get_by_role("link", name="Aroha Hendriks, 4 May 1980").click()
    expect(page.get_by_role("button", name="Take the merge back")).to_be_visible()
    look(eyes, page, "the merge")
    page.get_by_label("Why they are two persons").fill("Two cousins after all")
    page.get_by_role("button", name="Take the merge back").click()
    expect(page.get_by_text("The records are two again.")).to_be_visible()

    assert eyes.violations == []
    context.close()
