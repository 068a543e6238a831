"""Repeat last in a real browser: one tap for all, a tap for each, a tap to change; undo brings the suggestion back."""

import os
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from accounts.choices import Role
from accounts.models import Clinic
from catalogue.models import Nerve, Solution
from common.tenancy import tenant
from sessions.models import CourseReview, InjectionPoint, InjectionSession
from tests.e2e.axe import axe_violations
from tests.factories.patients import PatientFactory
from tests.factories.scheduling import AppointmentFactory
from tests.factories.sessions import (
    CourseFactory,
    CourseReviewFactory,
    InjectionSessionFactory,
    PainScoreFactory,
    ReliefReportFactory,
    SideEffectFactory,
    sign,
)
from tests.factories.treatments import SolutionLotFactory, a_container, a_preparation

pytestmark = [pytest.mark.e2e, pytest.mark.slow, pytest.mark.django_db(transaction=True)]

Open = Callable[..., Page]
LAST = ["N045", "N046", "N049", "N049", "N050", "N051", "N054", "N054", "N055", "N056", "N057", "N058"]


@pytest.fixture
def client(clinic: Clinic, staff_client: Callable[..., Client]) -> Client:
    return staff_client(Role.CLINICIAN, clinic=clinic)


@pytest.fixture
def draft(clinic: Clinic, client: Client) -> InjectionSession:
    """The fourth session of a course: twelve points a week ago, a bruise since, a review that waits."""
    now = timezone.now()
    with tenant(clinic.pk, actor="test"):
        patient = PatientFactory(clinic=clinic, given_names="Aroha", family_name="Example")
        course = CourseFactory(clinic=clinic, patient=patient, started_date=(now - timedelta(weeks=3)).date())
        lot = SolutionLotFactory(clinic=clinic, lot_number="LOT-77", expiry_date=date(2031, 1, 31))
        member = client.member  # type: ignore[attr-defined]
        for week, (before, after) in enumerate([(8, 4), (7, 3), (7, 5)]):
            at = now - timedelta(weeks=3 - week)
            visit = AppointmentFactory(clinic=clinic, patient=patient, clinician=member, starts_at=at)
            past = InjectionSessionFactory(clinic=clinic, appointment=visit, course=course)
            for question, change in [("rest", 0), ("provoked", 1)]:
                for moment, score in [("before", before + change), ("after", after)]:
                    PainScoreFactory(
                        clinic=clinic, injection_session=past, question=question, moment=moment, score=score
                    )
            for number, code in enumerate(LAST, start=1):
                InjectionPoint.objects.create(
                    clinic=clinic,
                    injection_session=past,
                    number=number,
                    nerve=Nerve.objects.get(code=code),
                    side="left" if number % 3 else "right",
                    volume_ml=Decimal("0.40"),
                    solution=Solution.objects.get(code="D5W_BUF"),
                    lot=lot,
                )
            sign(past, signed_at=at + timedelta(minutes=30))
            ended = at + timedelta(hours=30 + 8 * week)
            ReliefReportFactory(
                clinic=clinic, injection_session=past, has_ended=True, ended_at=ended, reported_at=ended
            )
        SideEffectFactory(clinic=clinic, patient=patient, injection_session=past, reported_at=now - timedelta(days=5))
        CourseReviewFactory(clinic=clinic, course=course, injection_session=past, patient=patient, rule="b")
        visit = AppointmentFactory(clinic=clinic, patient=patient, clinician=member, status="in_room", starts_at=now)
        return InjectionSessionFactory(clinic=clinic, appointment=visit, course=course)


@pytest.fixture
def open_page(browser: Browser, live_server: Any, client: Client) -> Open:
    def opened(path: str, **options: Any) -> Page:
        context = browser.new_context(base_url=live_server.url, reduced_motion="reduce", **options)
        cookie = client.cookies[settings.SESSION_COOKIE_NAME]
        context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": live_server.url}])
        page = context.new_page()
        page.goto(path)
        return page

    return opened


def edit(draft: InjectionSession) -> str:
    return reverse("sessions:edit", args=[draft.pk])


def nerves(page: Page) -> list[str]:
    rows = page.locator("[data-row]:visible").get_by_label("Nerve").all()
    return [value.split()[0] for row in rows if (value := row.input_value())]


def test_one_tap_repeats_all_and_undo_brings_every_suggestion_back(draft: InjectionSession, open_page: Open) -> None:
    page = open_page(edit(draft), viewport={"width": 1024, "height": 768})
    page.get_by_role("button", name="Repeat all").click()
    assert nerves(page) == LAST
    expect(page.locator("#sum")).to_contain_text("12 points")
    expect(page.get_by_role("button", name="Repeat all")).to_be_disabled()
    page.get_by_role("button", name="Undo").first.click()
    assert nerves(page) == []
    expect(page.locator("[data-repeat-left]")).to_have_text("12")


def test_the_tray_fills_what_was_repeated_before_between_and_after(
    clinic: Clinic, draft: InjectionSession, open_page: Open
) -> None:
    with tenant(clinic.pk, actor="test"):
        made = a_preparation(clinic, a_container(clinic, opened_at=timezone.now()), made_at=timezone.now())
        todays = (str(made.parts.get().container.lot_id), str(made.pk))
    page = open_page(edit(draft), viewport={"width": 1024, "height": 768})
    said, undo_this = page.locator("[data-did-words]"), page.get_by_role("button", name="Undo this")

    def bottles(count: int) -> set[tuple[str, str]]:
        rows = page.locator("[data-row]:visible").evaluate_all(
            """all => all.map((row) =>
                ["nerve", "lot", "preparation"].map((name) => row.querySelector(`[name$=-${name}]`).value))"""
        )
        begun = [(lot, preparation) for nerve, lot, preparation in rows if nerve]
        assert len(begun) == count
        return set(begun)

    page.get_by_role("button", name="Repeat all").click()
    expect(said).to_have_text("12 points repeated, without lots")
    assert bottles(12) == {("", "")}
    page.locator(f"#tray-{made.pk}").check()
    expect(said).to_contain_text("Given to 12 points that had none.")
    assert bottles(12) == {todays}
    undo_this.click()
    expect(page.locator("#tray-none")).to_be_checked()
    assert bottles(12) == {("", "")}
    page.get_by_role("button", name="Undo", exact=True).first.click()
    page.get_by_role("button", name="Undo", exact=True).first.click()
    page.get_by_role("button", name="Undo", exact=True).first.click()

    page.locator(".ghost").nth(2).click()
    page.locator(f"#tray-{made.pk}").check()
    page.get_by_role("button", name="Repeat all").click()
    assert bottles(12) == {todays}
    undo_this.click()
    expect(page.locator("[data-repeat-left]")).to_have_text("11")
    assert bottles(1) == {todays}
    page.get_by_role("button", name="Save draft").last.click()
    expect(page.get_by_text("The draft is saved.")).to_be_visible()


def test_a_tap_takes_one_and_a_second_tap_goes_to_its_row(draft: InjectionSession, open_page: Open) -> None:
    page = open_page(edit(draft), viewport={"width": 1024, "height": 768})
    ghost = page.locator(".ghost").nth(2)
    ghost.click()
    assert nerves(page) == ["N049"]
    expect(page.locator("[data-row]").first.get_by_role("radio", name="Right")).to_be_checked()
    ghost.click()
    expect(page.locator("[data-row]").first.get_by_label("mL")).to_be_focused()


def test_choosing_another_course_shows_its_card_and_its_points_at_once(
    clinic: Clinic, draft: InjectionSession, open_page: Open
) -> None:
    page = open_page(edit(draft), viewport={"width": 1024, "height": 768})
    course = page.get_by_label("Course", exact=True)
    mine = course.input_value()
    expect(page.locator("[data-repeat-left]")).to_have_text("12")

    course.select_option("")
    expect(page.locator("#review-card")).to_contain_text("Nothing to look back on in this course yet.")
    expect(page.locator("[data-repeat-all]")).to_have_count(0)
    course.select_option(mine)
    expect(page.locator("[data-repeat-left]")).to_have_text("12")
    page.get_by_role("button", name="Repeat all").click()
    assert nerves(page) == LAST
    expect(page.get_by_role("button", name="Repeat all")).to_be_disabled()


def test_no_score_comes_along(draft: InjectionSession, open_page: Open) -> None:
    page = open_page(edit(draft), viewport={"width": 1024, "height": 768})
    before = page.locator("input[type=radio]:checked").evaluate_all("all => all.map(one => one.name)")
    page.get_by_role("button", name="Repeat all").click()
    after = page.locator("input[type=radio]:checked").evaluate_all("all => all.map(one => one.name)")
    assert {name for name in after if not name.startswith("points-")} == set(before)


@pytest.mark.parametrize(
    ("size", "scheme"),
    [((820, 1180), "light"), ((1440, 900), "dark")],
)
def test_the_card_and_the_course_fit_and_read(
    size: tuple[int, int], scheme: Any, draft: InjectionSession, open_page: Open
) -> None:
    page = open_page(edit(draft), viewport={"width": size[0], "height": size[1]}, color_scheme=scheme)
    page.locator(".ghost").nth(1).click()
    with tenant(draft.clinic_id, actor="test"):
        review = reverse("sessions:course_review", args=[CourseReview.objects.get().pk])
    found = []
    for name, path in [
        ("session", ""),
        ("card", reverse("sessions:review_card", args=[draft.patient_id])),
        ("chart", reverse("sessions:chart", args=[draft.patient_id])),
        ("course", reverse("sessions:course", args=[draft.course_id])),
        ("review", review),
        ("worklists", reverse("sessions:worklists")),
    ]:
        if path:
            page.goto(path)
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        found += [f"{name} scrolls sideways by {wide} px"] * (wide > 1)
        found += [f"{name}: {row['id']}: {node['html'][:160]}" for row in axe_violations(page) for node in row["nodes"]]
        if pictures := os.environ.get("COURSE_PICTURES"):
            page.screenshot(path=f"{pictures}-{name}-{size[0]}-{scheme}.png", full_page=name != "session")
    assert found == []
