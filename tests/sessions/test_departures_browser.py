"""The desk says on a phone that somebody has died, and cancels what was to come; every page on the way is clean."""

import os
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.choices import Role
from accounts.models import Clinic
from common.tenancy import tenant
from patients.models import ContactPoint, Patient
from tests.e2e.axe import axe_violations
from tests.factories.patients import PatientFactory
from tests.factories.scheduling import AppointmentFactory
from tests.factories.sessions import FollowUpFactory, signed_session

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]
SHOTS = os.environ.get("PITCLINIC_SHOTS", "")


@pytest.fixture
def patient(clinic: Clinic) -> Patient:
    now = timezone.now()
    with tenant(clinic.pk, actor="test"):
        patient = PatientFactory(
            clinic=clinic, given_names="Konstantina", family_name="Papadopoulou", birth_date=date(1940, 2, 29)
        )
        ContactPoint.objects.create(
            clinic=clinic, patient=patient, kind="email", value="mum@example.org", is_guardians=True
        )
        session = signed_session(clinic=clinic, appointment__patient=patient, signed_at=now - timedelta(days=4))
        FollowUpFactory(clinic=clinic, injection_session=session, due_at=now - timedelta(days=1))
        for days in (3, 10):
            AppointmentFactory(clinic=clinic, patient=patient, starts_at=now + timedelta(days=days), status="booked")
    return patient


def look(page: Any, name: str) -> None:
    for width in (1440, 390):
        page.set_viewport_size({"width": width, "height": 900})
        if SHOTS:
            page.screenshot(path=f"{SHOTS}/{name}-{width}.png", full_page=True)
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, name
    assert [(one["id"], one["nodes"][0]["html"][:160]) for one in axe_violations(page)] == [], name


def test_a_death_is_said_and_what_was_to_come_is_cancelled(
    live_server: Any, browser: Any, staff_client: Callable[..., Client], clinic: Clinic, patient: Patient
) -> None:
    client = staff_client(Role.FRONT_DESK, clinic=clinic)
    context = browser.new_context(viewport={"width": 390, "height": 900}, base_url=live_server.url)
    context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}])
    page = context.new_page()
    page.goto(f"/patients/{patient.pk}/")
    page.get_by_role("link", name="Deceased or left?").click()
    look(page, "departure-before")

    page.get_by_label("Date of death").fill("2026-01-02")
    page.get_by_role("button", name="Mark as deceased").click()
    page.get_by_text("Marked as deceased.").wait_for()
    look(page, "departure-after")
    page.get_by_role("button", name="Cancel these 2 visits").click()
    page.get_by_text("2 visits are cancelled.").wait_for()
    page.get_by_role("button", name="Close this follow-up without a call").click()
    page.get_by_text("1 follow-up is closed.").wait_for()
    look(page, "departure-cancelled")

    page.goto(f"/patients/{patient.pk}/")
    assert "85 years at death" in page.locator(".patient-banner").inner_text()
    look(page, "departed-patient")
    page.goto("/patients/")
    look(page, "departed-list")
    with tenant(clinic.pk):
        assert Patient.objects.get(pk=patient.pk).deceased_date == date(2026, 1, 2)

    page.goto(f"/schedule/book/{patient.pk}/")
    page.get_by_text("No time can be promised to this patient.").wait_for()
    look(page, "departed-book")
    page.get_by_role("link", name="Bring the patient back").click()
    page.get_by_label("Why").fill("a mix-up of names")
    page.get_by_role("button", name="Bring back").click()
    page.get_by_text("2 visits are put back.").wait_for()
