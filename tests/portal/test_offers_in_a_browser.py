"""A patient takes a free time on a phone."""

import os
from datetime import UTC, timedelta
from pathlib import Path

import pytest
from django.core import mail as django_mail
from django.utils import timezone
from playwright.sync_api import Browser, Page

from accounts.choices import Role
from common.tenancy import tenant
from reminders.services import sweeps
from scheduling.choices import OfferStatus
from scheduling.models import FreedSlot, SlotOffer
from scheduling.services import appointments, freed_slots, slot_offers
from tests.e2e.axe import axe_violations
from tests.factories.accounts import ClinicFactory
from tests.portal.visits import BORN
from tests.scheduling.conftest import make_practice
from tests.scheduling.test_waiting_list import waiting

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]

SHOTS = os.environ.get("PITCLINIC_SHOTS", "")


def _look_at(page: Page, name: str) -> None:
    if SHOTS:
        page.screenshot(path=str(Path(SHOTS) / f"{name}.png"), full_page=True)
    found = axe_violations(page)
    assert [(rule["id"], [node["target"] for node in rule["nodes"]]) for rule in found] == [], name
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), name


def test_a_freed_time_is_taken_from_the_message_on_a_phone(live_server, browser: Browser, staff_client):
    clinic, now = ClinicFactory(), timezone.now()
    starts_at = (now + timedelta(days=7 - now.weekday() + 1)).astimezone(UTC).replace(hour=9, minute=0)
    with tenant(clinic.pk, actor="test"):
        practice = make_practice(clinic)
        entry = waiting(practice, now=now)
        visit = practice.book(starts_at=starts_at.replace(second=0, microsecond=0), now=now - timedelta(minutes=5))
        appointments.cancel(
            appointment=visit,
            by=practice.desk,
            now=now - timedelta(minutes=4),
            version=visit.version,
            cancelled_by="patient",
            reason="ill",
        )
        freed_slots.find(by=practice.desk, now=now)
        slot = FreedSlot.objects.get()
        slot_offers.make(slot=slot, entry=entry, by=practice.desk, now=now)
    sweeps.sweep(clinic=clinic, owner="test", clock=lambda: now)
    url = next(word for word in django_mail.outbox[-1].body.split() if "/p/" in word)

    phone = browser.new_context(viewport={"width": 390, "height": 844}).new_page()
    phone.goto(live_server.url + "/p/" + url.split("/p/")[1])
    for name, value in BORN.items():
        phone.fill(f"#id_{name}", value)
    phone.click("text=Go on")
    phone.wait_for_selector("text=A time has become free")
    _look_at(phone, "offer-390")

    desk = staff_client(Role.FRONT_DESK, clinic=clinic)
    for width in (390, 1440):
        context = browser.new_context(
            viewport={"width": width, "height": 900}, color_scheme="dark" if width == 1440 else "light"
        )
        context.add_cookies([{"name": "sessionid", "value": desk.cookies["sessionid"].value, "url": live_server.url}])
        page = context.new_page()
        for name, path in (
            ("waiting-list", "/schedule/waiting/"),
            ("waiting-entry", f"/schedule/waiting/{entry.pk}/"),
            ("freed-slots", "/schedule/waiting/slots/"),
            ("freed-slot", f"/schedule/waiting/slots/{slot.pk}/"),
        ):
            page.goto(live_server.url + path)
            _look_at(page, f"{name}-{width}")
        context.close()

    phone.click("text=Take it")
    phone.wait_for_selector("text=This time is yours")
    _look_at(phone, "offer-taken-390")
    with tenant(clinic.pk, actor="test"):
        assert SlotOffer.objects.get().status == OfferStatus.ACCEPTED
