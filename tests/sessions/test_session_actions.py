"""How many taps or keys a session of twelve points costs, from the opened review card to the signature."""

import re
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db.models import F
from django.utils import timezone
from playwright.sync_api import Locator, Page, expect

from accounts.models import Clinic
from catalogue.models import Nerve, Solution
from common.tenancy import tenant
from scheduling.models import Appointment
from sessions.choices import Moment, Question, RecordStatus, TimeOutItem
from sessions.drafts import PointRow, ScoreRow, TimeOutRow
from sessions.models import Course, InjectionSession, SolutionLot
from sessions.rules.facts import Material, Place, Shown
from sessions.rules.register import NEAR_THE_LUNG
from sessions.rules.time_outs import fingerprint
from sessions.services import injection_sessions as service
from tests.factories.scheduling import AppointmentFactory
from tests.factories.treatments import a_container, a_draft, a_preparation, actor_of
from tests.sessions.actions import Actions
from tests.sessions.conftest import Open
from tests.sessions.test_session_browser import begin

pytestmark = [pytest.mark.e2e, pytest.mark.slow, pytest.mark.django_db(transaction=True)]

POINTS = 12
TABLET = {"width": 1024, "height": 768}


@pytest.fixture
def last_week(clinic: Clinic, visit: Appointment) -> Appointment:
    """Today's visit, a week after the signed first session of its course: twelve nerves on the left, consented."""
    now = timezone.now() - timedelta(days=7)
    with tenant(clinic.pk, actor="test"):
        course, lot = Course.objects.get(), SolutionLot.objects.get()
        past = AppointmentFactory(
            clinic=clinic,
            patient=visit.patient,
            clinician=visit.clinician,
            status="arrived",
            starts_at=now,
        )
        plain = Nerve.objects.current().filter(laterality="L", flags=[]).exclude(regions__code__in=NEAR_THE_LUNG)
        nerves = list(plain.order_by("code")[:POINTS])
        solution = Solution.objects.get(code="D5W_BUF")
        shown = Shown(
            places=frozenset(Place(nerve.code, "left") for nerve in nerves),
            materials=frozenset({Material("D5W_BUF", lot.lot_number)}),
            allergies=frozenset(),
        )
        draft = a_draft(
            lot=lot,
            course_id=course.pk,
            points=tuple(
                PointRow(
                    nerve_id=nerve.pk,
                    side="left",
                    volume_ml=Decimal("0.40"),
                    solution_id=solution.pk,
                    lot_id=lot.pk,
                )
                for nerve in nerves
            ),
            scores=tuple(
                ScoreRow(question, moment, score)
                for question in (Question.REST, Question.PROVOKED)
                for moment, score in [(Moment.BEFORE, 7), (Moment.AFTER, 3)]
            ),
            time_out=TimeOutRow(fingerprint(shown), frozenset(TimeOutItem.values)),
        )
        by = actor_of(visit.clinician)
        session = service.start(appointment=past, by=by, now=now)
        later = now + timedelta(minutes=20)
        service.save_draft(injection_session=session, version=1, draft=draft, by=by, now=later)
        service.sign(injection_session=session, version=2, by=by, now=later)
    return visit


def pain(page: Page, name: str, score: int) -> Locator:
    return page.locator(f"#id_{name}").get_by_role("radio", name=str(score), exact=True)


def totals(page: Page, volume: str) -> None:
    """The sums and the time-out have followed; looking costs nothing."""
    expect(page.locator("#totals")).to_contain_text(volume)
    page.wait_for_load_state("networkidle")


def button(page: Page, name: str) -> Locator:
    return page.get_by_role("button", name=name, exact=False).first


def by_hand(page: Page, do: Actions) -> None:
    """Everything but the points."""
    do.tap(button(page, "All asked, nothing to report"))
    do.tap(pain(page, "rest_before", 6))
    do.tap(pain(page, "provoked_before", 7))
    do.tap(button(page, "All confirmed"))
    do.tap(pain(page, "rest_after", 2))
    do.tap(pain(page, "provoked_after", 3))
    do.tap(button(page, "All fine"))
    do.tap(button(page, "Save and look over"))
    do.tap(page.get_by_role("button", name="Sign", exact=True))


def by_keys(page: Page, do: Actions, *, warnings: int = 0) -> None:
    do.press("Alt+N")
    do.press("Alt+B")
    do.type("67")
    do.press("Alt+C")
    do.press("Alt+P")
    do.type("23")
    do.press("Alt+F")
    do.press("Control+Enter")
    expect(page.get_by_role("heading", name="Check and sign")).to_be_visible()
    for _warning in range(warnings):
        do.press("Alt+W")
        do.press("Space")
    do.press("Control+Enter")


def signed(page: Page, clinic: Clinic) -> InjectionSession:
    # The page of the signature shows the same words before it is sent.
    expect(page).not_to_have_url(re.compile("/sign/$"))
    expect(page.get_by_text("I gave this treatment and this record is true.")).to_be_visible()
    with tenant(clinic.pk, actor="test"):
        newest = InjectionSession.objects.order_by("-started_at").first()
        assert newest is not None
        assert newest.status == RecordStatus.SIGNED
        assert newest.points.count() == POINTS
        assert {(row.question, row.moment, row.score) for row in newest.pain_scores.all()} == {
            ("rest", "before", 6),
            ("provoked", "before", 7),
            ("rest", "after", 2),
            ("provoked", "after", 3),
        }
        return newest


def volumes(session: InjectionSession, clinic: Clinic) -> list[str]:
    with tenant(clinic.pk, actor="test"):
        return [str(point.volume_ml) for point in session.points.all()]


OPTIONS: dict[str, dict[str, Any]] = {"hand": {}, "touch": {"has_touch": True}, "keys": {}}


@pytest.mark.parametrize("way", OPTIONS)
def test_a_follow_up_with_repeat_last_and_two_changes(
    way: str, clinic: Clinic, last_week: Appointment, open_page: Open, figure: Callable[[str, float], None]
) -> None:
    path = begin(last_week)
    with tenant(clinic.pk, actor="test"):
        # As it was chosen for this patient before the points; last time’s lot is never repeated.
        bottle = a_container(clinic, opened_at=timezone.now())
        made = a_preparation(clinic, bottle, made_at=timezone.now(), volume_ml=20)
        InjectionSession.objects.filter(status=RecordStatus.DRAFT).update(preparation=made, version=F("version") + 1)
    page = open_page(path, viewport=TABLET, **OPTIONS[way])
    do = Actions(page)
    if way == "keys":
        do.press("Alt+R")
        do.press("ArrowUp")
        do.press("Enter")
        do.press("ArrowUp")
        do.press("Escape")
        totals(page, "4.90")
        by_keys(page, do)
    else:
        do.tap(button(page, "Repeat all"))
        for number in (0, 1):
            do.tap(page.locator(".ghost").nth(number))
            do.type(".6")
        page.locator("[data-row]").nth(1).get_by_label("mL").blur()
        totals(page, "5.20")
        by_hand(page, do)

    changed = "0.45" if way == "keys" else "0.60"
    record = signed(page, clinic)
    with tenant(clinic.pk, actor="test"):
        assert {point.preparation_id for point in record.points.all()} == {made.pk}
    assert volumes(record, clinic) == [changed] * 2 + ["0.40"] * (POINTS - 2)
    figure("session_repeat_actions" if way == "hand" else f"session_repeat_actions_{way}", do.count)
    assert do.count <= 25


@pytest.mark.parametrize("way", OPTIONS)
def test_a_session_from_blank(
    way: str, clinic: Clinic, last_week: Appointment, open_page: Open, figure: Callable[[str, float], None]
) -> None:
    with tenant(clinic.pk, actor="test"):
        a_preparation(clinic, a_container(clinic, opened_at=timezone.now()), made_at=timezone.now(), volume_ml=20)
        risky = {"PTX", "EYE", "SPINE", "GEN"}
        nerves = Nerve.objects.current().filter(laterality="L").exclude(regions__code__in=NEAR_THE_LUNG)
        plain = {nerve.name for nerve in nerves if not risky & set(nerve.flags)}
    page = open_page(begin(last_week), viewport=TABLET, **OPTIONS[way])
    do = Actions(page)
    page.locator("#map-nerves [role=option]").first.wait_for()
    if way == "keys":
        do.press("Alt+1")
        do.press("Alt+Q")
        for line, sum_ml in [("infrapat l 6x", "3.00"), ("sural l 6x", "6.00")]:
            do.type(line)
            do.press("Enter")
            totals(page, sum_ml)
        do.press("Escape")
        by_keys(page, do, warnings=2)
    else:
        do.tap(page.locator("[data-tray]").first)
        lines = [option.inner_text() for option in page.locator("#map-nerves [role=option]").all()]
        chosen = [number for number, line in enumerate(lines) if line.endswith(", Left") and line[:-6] in plain]
        for number in chosen[:POINTS]:
            do.tap(page.locator("#map-nerves [role=option]").nth(number))
        expect(page.locator("#map-legend > [role=option]")).to_have_count(POINTS)
        totals(page, "6.00")
        by_hand(page, do)
    signed(page, clinic)
    figure("session_blank_actions" if way == "hand" else f"session_blank_actions_{way}", do.count)
    assert do.count <= 60
