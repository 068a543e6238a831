"""A visit that has arrived, its clinician signed in, and a browser at the page of its session."""

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Browser, Page

from accounts.choices import Role
from accounts.models import Clinic
from common.tenancy import tenant
from scheduling.choices import VisitStatus
from scheduling.models import Appointment
from tests.factories.patients import PatientFactory
from tests.factories.scheduling import AppointmentFactory
from tests.factories.sessions import CourseFactory
from tests.factories.treatments import SolutionLotFactory
from tests.sessions.leaving import Leaving, one_of_everything

Open = Callable[..., Page]


@pytest.fixture
def leaving(clinic: Clinic) -> Iterator[Leaving]:
    with one_of_everything(clinic) as person:
        yield person


@pytest.fixture
def visit(clinic: Clinic, staff_client: Callable[..., Client]) -> Appointment:
    clinician = staff_client(Role.CLINICIAN, clinic=clinic)
    with tenant(clinic.pk, actor="test"):
        patient = PatientFactory(clinic=clinic, given_names="Aroha", family_name="Example")
        CourseFactory(clinic=clinic, patient=patient)
        SolutionLotFactory(clinic=clinic, lot_number="LOT-77", expiry_date=date(2030, 1, 31))
        visit = AppointmentFactory(
            clinic=clinic,
            patient=patient,
            clinician=clinician.member,  # type: ignore[attr-defined]
            status=VisitStatus.ARRIVED,
            starts_at=timezone.now(),
        )
    visit.client = clinician  # type: ignore[attr-defined]
    return visit


@pytest.fixture
def open_page(browser: Browser, live_server: Any, visit: Appointment) -> Open:
    def opened(path: str, *, client: Client | None = None, **options: Any) -> Page:
        """A browser of its own, of the visit's clinician or of whoever ``client`` is."""
        context = browser.new_context(base_url=live_server.url, reduced_motion="reduce", **options)
        cookie = (client or visit.client).cookies[settings.SESSION_COOKIE_NAME]  # type: ignore[attr-defined]
        context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": live_server.url}])
        page = context.new_page()
        said: list[str] = []
        page.said = said  # type: ignore[attr-defined]
        # htmx tells when leaving the page ends a request of the totals; that is no fault.
        page.on("console", lambda message: said.extend([message.text] * ("htmx:" not in message.text)))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.goto(path)
        return page

    return opened
