"""The messages page in a real browser, phone to desk, light and dark."""

import os
from datetime import time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, expect

from accounts.choices import Role
from common.tenancy import tenant
from common.wall_clock import instant, local_day
from reminders.services import alarm_sweeps
from tests.e2e.axe import axe_violations
from tests.factories.accounts import ClinicFactory, on_call
from tests.factories.scheduling import AppointmentFactory
from tests.factories.sessions import SideEffectFactory
from tests.reminders.factories import message_for, treated, visitor

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]

SHOTS = os.environ.get("PITCLINIC_SHOTS", "")
LOOKS = [(390, "light"), (820, "dark"), (1440, "light"), (1440, "dark")]


def test_the_messages_page_is_clean_at_every_width(live_server, browser: Browser, staff_client):
    clinic, now = ClinicFactory(), timezone.now()
    with tenant(clinic.pk, actor="test"):
        for number, fields in enumerate(
            (
                {},
                {"state": "sent", "sent_at": now, "attempts": 1},
                {"state": "skipped", "skip_reason": "shared_address"},
                {"state": "failed", "last_error": "recipient refused 550", "attempts": 8},
                {"state": "unknown", "is_ambiguous": True, "attempts": 2},
                {"state": "sending", "lease_owner": "w", "lease_until": now, "attempts": 1},
            )
        ):
            session = treated(clinic, signed_at=now - timedelta(hours=30, minutes=number))
            message_for(session, due_at=now - timedelta(minutes=number), **fields)
        zone = ZoneInfo(clinic.zone)
        noon = instant(local_day(now, zone) + timedelta(days=1), time(12), zone)
        AppointmentFactory(clinic=clinic, starts_at=noon)
        AppointmentFactory(clinic=clinic, starts_at=noon, patient=visitor(clinic, at=now - timedelta(days=1)))
    client = staff_client(Role.FRONT_DESK, clinic=clinic)
    for width, scheme in LOOKS:
        context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)
        context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}])
        page = context.new_page()
        for name, path in (
            ("messages", "/messages/"),
            ("tomorrow", "/messages/tomorrow/"),
            ("patient", f"/messages/patients/{session.patient_id}/"),
        ):
            page.goto(live_server.url + path)
            if SHOTS:
                page.screenshot(path=str(Path(SHOTS) / f"{name}-{width}-{scheme}.png"), full_page=True)
            found = axe_violations(page)
            assert [(rule["id"], [node["target"] for node in rule["nodes"]]) for rule in found] == []
            assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), (name, width)
        context.close()


def test_who_is_on_call_and_what_was_sent_are_clean_on_phone_and_desk(live_server, browser: Browser, staff_client):
    """The report's page takes the pages in by itself; the top bar says when nobody is on call."""
    clinic, now = ClinicFactory(), timezone.now()
    with tenant(clinic.pk, actor="test"):
        told = SideEffectFactory(clinic=clinic, priority="P0", reported_at=now - timedelta(minutes=11))
    clinician = staff_client(Role.CLINICIAN, clinic=clinic)
    admin = staff_client(Role.CLINIC_ADMIN, clinic=clinic)
    for is_anybody, width, scheme in (
        (False, 390, "light"),
        (False, 1440, "dark"),
        (True, 390, "dark"),
        (True, 1440, "light"),
    ):
        if is_anybody and width == 390:
            with tenant(clinic.pk, actor="test"):
                on_call(clinic, "+4915112345678", "")
            alarm_sweeps.sweep(clinic=clinic, owner="test", clock=timezone.now)
        for client, name, path in (
            (admin, "on-call", "/messages/on-call/"),
            (clinician, "report", f"/side-effects/{told.pk}/"),
            (clinician, "worklists", "/worklists/"),
        ):
            context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)
            value = client.cookies["sessionid"].value
            context.add_cookies([{"name": "sessionid", "value": value, "url": live_server.url}])
            page = context.new_page()
            page.goto(live_server.url + path)
            if name == "report":
                words = "Next page to" if is_anybody else "Nobody is on call: this report wakes nobody."
                expect(page.locator("main")).to_contain_text(words)
            expect(page.locator(".bar-alone")).to_have_count(0 if is_anybody else 1)
            if SHOTS:
                page.screenshot(path=str(Path(SHOTS) / f"{name}-{is_anybody}-{width}.png"), full_page=True)
            found = axe_violations(page)
            assert [(rule["id"], [node["target"] for node in rule["nodes"]]) for rule in found] == [], (name, width)
            assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), (name, width)
            context.close()
