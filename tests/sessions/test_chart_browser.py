"""The course side in a real browser: axe, no sideways scrolling, nothing the content policy refuses."""

import os
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Browser, BrowserContext, Page

from accounts.choices import Role
from accounts.models import Clinic
from common.tenancy import tenant
from patients.models import Allergy, ContactPoint, RiskFlag
from sessions.choices import Moment, Question, Source
from sessions.models import Course
from tests.e2e.axe import axe_violations
from tests.e2e.eyes import large_text_problems
from tests.e2e.rest_of_pages import WHO, rest_of_pages
from tests.factories.patients import PatientFactory
from tests.factories.scheduling import AppointmentFactory
from tests.factories.sessions import (
    CourseFactory,
    FollowUpFactory,
    InjectionSessionFactory,
    PainScoreFactory,
    ReliefReportFactory,
    SideEffectFactory,
    sign,
)

SHOTS = os.environ.get("PITCLINIC_SHOTS", "")
pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def story(clinic: Clinic) -> dict[str, object]:
    """A patient half way through a course: one score missing, one silence, an alert, a call due, a draft."""
    now = timezone.now()
    with tenant(clinic.pk, actor="test"):
        patient = PatientFactory(clinic=clinic, given_names="Aroha", family_name="Wiremu-Example")
        ContactPoint.objects.create(clinic=clinic, patient=patient, kind="phone", value="+4930901820")
        Allergy.objects.create(clinic=clinic, patient=patient, substance="latex", recorded_at=now)
        RiskFlag.objects.create(clinic=clinic, patient=patient, flag="anticoagulant", recorded_at=now)
        course: Course = CourseFactory(clinic=clinic, patient=patient, started_date=(now - timedelta(days=35)).date())
        scores = [(8, 3), (7, 3), (None, 2), (6, 1)]
        for week, (before, after) in enumerate(scores):
            at = now - timedelta(days=35 - 8 * week)
            session = InjectionSessionFactory(
                clinic=clinic, course=course, appointment__patient=patient, appointment__starts_at=at
            )
            for moment, score, minutes in [(Moment.BEFORE, before, 1), (Moment.AFTER, after, 20)]:
                if score is not None:
                    PainScoreFactory(
                        clinic=clinic,
                        injection_session=session,
                        moment=moment,
                        score=score,
                        measured_at=at + timedelta(minutes=minutes),
                    )
            sign(session, signed_at=at + timedelta(minutes=30))
            if week < 3:
                day = at + timedelta(hours=24)
                ended = {"has_ended": True, "ended_at": at + timedelta(hours=20)} if week == 0 else {}
                ReliefReportFactory(clinic=clinic, injection_session=session, reported_at=day, **ended)
                PainScoreFactory(
                    clinic=clinic,
                    injection_session=session,
                    moment=Moment.CHECK_24H,
                    question=Question.NOW,
                    source=Source.PORTAL,
                    score=4 - week,
                    measured_at=day,
                )
        due = FollowUpFactory(clinic=clinic, injection_session=session, due_at=now - timedelta(days=2))
        told = SideEffectFactory(
            clinic=clinic,
            patient=patient,
            injection_session=session,
            priority="P0",
            danger_signs=["breathless"],
            description="It is hard to breathe since this morning",
            reported_at=now - timedelta(minutes=14),
        )
        SideEffectFactory(clinic=clinic, patient=PatientFactory(clinic=clinic), reported_at=now - timedelta(hours=5))
        InjectionSessionFactory(clinic=clinic, appointment__starts_at=now - timedelta(days=2))
        AppointmentFactory(clinic=clinic, patient=patient, starts_at=now, status="arrived")
        new = PatientFactory(clinic=clinic)
    return {"patient": patient.pk, "new": new.pk, "told": told.pk, "due": due.pk}


PAGES = {
    "worklists": lambda story: reverse("sessions:worklists"),
    "alerts": lambda story: reverse("sessions:alerts"),
    "chart": lambda story: reverse("sessions:chart", args=[story["patient"]]),
    "empty-chart": lambda story: reverse("sessions:chart", args=[story["new"]]),
    "history": lambda story: reverse("sessions:history", args=[story["patient"]]),
    "side-effect": lambda story: reverse("sessions:side_effect", args=[story["told"]]),
    "report": lambda story: reverse("sessions:report_side_effect", args=[story["patient"]]),
    "follow-up": lambda story: reverse("sessions:follow_up", args=[story["due"]]),
}


@pytest.mark.parametrize(("width", "scheme"), [(390, "light"), (1440, "dark")])
def test_every_page_of_the_course_is_accessible_and_fits(
    story: dict[str, object],
    clinic: Clinic,
    live_server: Any,
    browser: Browser,
    staff_client: Callable[..., Client],
    width: int,
    scheme: str,
) -> None:
    context = browser.new_context(
        viewport={"width": width, "height": 900}, color_scheme=scheme, reduced_motion="reduce"
    )
    _sign_in(context, staff_client(Role.CLINICIAN, clinic=clinic), live_server)
    page = context.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    wrong: list[tuple[str, str]] = []
    for name, address in PAGES.items():
        answer = page.goto(f"{live_server.url}{address(story)}")
        assert answer.status == 200, name
        wrong += _wrong(page, name)
    assert said == []
    clients = {role: staff_client(role, clinic=clinic) for role in WHO}
    # Each of the others once: on a phone in light, or on a desk in the dark.
    for name, role, path in rest_of_pages(clinic)[width == 390 :: 2]:
        context.clear_cookies()
        if role is not None:
            _sign_in(context, clients[role], live_server)
        answer = page.goto(f"{live_server.url}{path}")
        assert answer.status in (200, 409), name
        wrong += _wrong(page, name)
    context.close()
    assert wrong == []


def _sign_in(context: BrowserContext, client: Client, live_server: Any) -> None:
    cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": live_server.url}])


def _wrong(page: Page, name: str) -> list[tuple[str, str]]:
    found = [(name, f"{one['id']}: {one['nodes'][0]['html'][:120]}") for one in axe_violations(page)]
    if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
        found.append((name, "scrolls sideways"))
    found += [(name, problem) for problem in large_text_problems(page)]
    if SHOTS:
        page.screenshot(path=f"{SHOTS}-{name.replace(':', '-')}.png", full_page=True)
    return found
