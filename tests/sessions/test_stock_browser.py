"""The way of a solution in a real browser: received, opened, prepared, chosen in a session with one key."""

import io
from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect
from pypdf import PdfReader

from accounts.choices import Role
from accounts.models import Clinic
from catalogue.models import Solution
from common.tenancy import tenant
from sessions.models import InjectionSession, Preparation
from sessions.services import injection_sessions, lot_recalls, stock_movements
from tests.factories.patients import PatientFactory
from tests.factories.sessions import InjectionSessionFactory
from tests.factories.treatments import (
    ProductFactory,
    SolutionLotFactory,
    a_container,
    a_draft,
    a_preparation,
    actor_of,
)
from tests.sessions.stock import a_point
from tests.sessions.test_session_browser import is_too_wide, violations

pytestmark = [pytest.mark.e2e, pytest.mark.slow, pytest.mark.django_db(transaction=True)]

Open = Callable[..., Page]


@pytest.fixture
def clinician(clinic: Clinic, staff_client: Callable[..., Client]) -> Client:
    return staff_client(Role.CLINICIAN, clinic=clinic)


@pytest.fixture
def session(clinic: Clinic, clinician: Client) -> InjectionSession:
    with tenant(clinic.pk, actor="test"):
        patient = PatientFactory(clinic=clinic, given_names="Aroha", family_name="Example")
        return InjectionSessionFactory(
            clinic=clinic,
            appointment__patient=patient,
            clinician=clinician.member,  # type: ignore[attr-defined]
            started_at=timezone.now(),
        )


@pytest.fixture
def open_page(browser: Browser, live_server: Any, clinician: Client) -> Open:
    def opened(path: str, **options: Any) -> Page:
        context = browser.new_context(base_url=live_server.url, reduced_motion="reduce", **options)
        cookie = clinician.cookies[settings.SESSION_COOKIE_NAME]
        context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": live_server.url}])
        page = context.new_page()
        page.goto(path)
        return page

    return opened


def receive(page: Page) -> None:
    page.get_by_role("link", name="Receive", exact=True).click()
    page.get_by_label("Lot").fill("BAG-77")
    page.get_by_label("Use by").fill("2031-05-31")
    page.get_by_label("Containers").fill("6")
    page.get_by_label("Name on the package").fill("Dextrose 5 %, 50 mL")
    page.get_by_label("Solution", exact=True).select_option(label="Dextrose 5 %")
    page.get_by_label("mL in one container").fill("50")
    page.get_by_role("radio", name="Multi-dose").check()
    page.get_by_role("button", name="Receive").click()


def prepare(page: Page) -> None:
    page.get_by_role("button", name="Open one BAG-77").click()
    page.get_by_role("link", name="Prepare BAG-77/1").click()
    page.get_by_label("mL").first.fill("20")
    page.get_by_label("It becomes").select_option(label="Dextrose 5 %, buffered")
    page.get_by_label("Recipe").fill("20 mL D5W, bicarbonate to taste")
    page.get_by_label("Bicarbonate (%)").fill("8.4")
    page.get_by_label("Bicarbonate (mL)").fill("0.1")
    page.get_by_label("Measured pH").fill("7.4")
    page.get_by_role("button", name="Prepare").click()


def test_a_solution_goes_from_the_shelf_to_the_point(
    clinic: Clinic, session: InjectionSession, open_page: Open, figure: Callable[[str, float], None]
) -> None:
    Clinic.objects.filter(pk=clinic.pk).update(is_synthetic=True)
    page = open_page(reverse("sessions:lots"), viewport={"width": 820, "height": 1180})
    receive(page)
    prepare(page)
    expect(page.get_by_text("can be chosen in a session.")).to_be_visible()
    found = violations(page)

    # One label and nothing else: no banner of the demo, no number of the page.
    with tenant(clinic.pk, actor="test"):
        made = Preparation.objects.get()
    page.goto(reverse("sessions:preparation_label", args=[made.pk]))
    expect(page.locator(".strip").first).to_be_visible()
    [sheet] = PdfReader(io.BytesIO(page.pdf(prefer_css_page_size=True))).pages
    words = "".join(sheet.extract_text().split())
    assert made.code in words
    assert "1/1" not in words
    assert "invented" not in words

    page.goto(reverse("sessions:edit", args=[session.pk]))
    page.keyboard.press("Alt+1")
    expect(page.locator("[data-tray]").first).to_be_checked()
    first = page.locator("[data-row]").nth(0)
    first.get_by_label("Nerve").fill("N049 Lateral femoral cutaneous")
    first.get_by_role("radio", name="Left").check()
    page.get_by_role("button", name="Add a point").click()
    found += violations(page)
    page.get_by_role("button", name="Save draft").last.click()
    expect(page.get_by_text("The draft is saved.")).to_be_visible()

    figure("stock_axe_violations", len(found))
    assert found == []
    with tenant(clinic.pk, actor="test"):
        points = list(InjectionSession.objects.get(pk=session.pk).points.all())
        given = {(p.solution.code, p.lot.lot_number, str(p.preparation.volume_ml)) for p in points}
        assert (len(points), given) == (2, {("D5W_BUF", "BAG-77", "20.10")})


def test_another_card_counts_for_the_next_points_only(
    clinic: Clinic, session: InjectionSession, open_page: Open
) -> None:
    now = timezone.now()
    with tenant(clinic.pk, actor="test"):
        older, newer = (a_preparation(clinic, a_container(clinic, opened_at=now), made_at=now) for _ in range(2))
    page = open_page(reverse("sessions:edit", args=[session.pk]), viewport={"width": 1024, "height": 768})
    page.locator(f"#tray-{older.pk}").check()
    first = page.locator("[data-row]").nth(0)
    first.get_by_label("Nerve").fill("N049 Lateral femoral cutaneous")
    first.get_by_role("radio", name="Left").check()
    page.locator(f"#tray-{newer.pk}").check()
    page.get_by_role("button", name="Add a point").click()

    expect(first.get_by_label("Preparation")).to_have_value(str(older.pk))
    expect(page.locator("[data-row]").nth(1).get_by_label("Preparation")).to_have_value(str(newer.pk))


def test_the_lot_in_the_hand_names_the_solution_of_its_row(
    clinic: Clinic, session: InjectionSession, open_page: Open
) -> None:
    with tenant(clinic.pk, actor="test"):
        lot = SolutionLotFactory(clinic=clinic, solution=Solution.objects.get(code="D5W_PLAIN"), lot_number="TEN-1")
    page = open_page(reverse("sessions:edit", args=[session.pk]), viewport={"width": 1440, "height": 900})
    row = page.locator("[data-row]").nth(0)
    row.locator(".point-more summary").click()

    row.get_by_label("Lot").select_option(value=str(lot.pk))
    expect(row.get_by_label("Solution")).to_have_value(str(lot.solution_id))

    row.get_by_label("Solution").select_option(label="Dextrose 5 %, buffered")
    expect(row.get_by_label("Lot")).to_have_value("")


def test_a_box_in_the_hand_is_a_scan_and_one_number(clinic: Clinic, open_page: Open) -> None:
    with tenant(clinic.pk, actor="test"):
        ProductFactory(clinic=clinic, name="Dextrose bag", gtin="09506000134352")
    page = open_page(reverse("sessions:receive_lot"), viewport={"width": 390, "height": 844})
    box = page.get_by_label("Scan the package", exact=True).last
    expect(box).to_be_focused()
    page.keyboard.type("(01)09506000134352(17)310600(10)AB12")
    page.keyboard.press("Enter")
    number = page.get_by_label("Containers")
    expect(number).to_be_focused()
    expect(page.get_by_text("30 Jun 2031")).to_be_visible()
    page.keyboard.type("12")
    page.keyboard.press("Enter")

    expect(page.get_by_text("Lot AB12: 12 received, 12 on the shelf.")).to_be_visible()
    page.get_by_role("button", name="Undo").first.click()
    expect(page.get_by_text("Taken back.")).to_be_visible()


@pytest.mark.parametrize(("scheme", "widths"), [("light", (390,)), ("dark", (820,))])
def test_the_stock_and_the_tray_are_whole_at_every_width(
    clinic: Clinic, session: InjectionSession, open_page: Open, scheme: str, widths: tuple[int, ...]
) -> None:
    now = timezone.now()
    with tenant(clinic.pk, actor="test"):
        bag = a_container(clinic, opened_at=now)
        a_preparation(clinic, bag, made_at=now, recipe="20 mL D5W + bicarbonate", measured_ph="7.4")
        vial = a_preparation(clinic, a_container(clinic, opened_at=now, is_single_dose=True), made_at=now)
        other = InjectionSessionFactory(clinic=clinic, started_at=now)
        injection_sessions.save_draft(
            injection_session=other, version=1, draft=a_draft(preparation=vial), by=actor_of(other.clinician), now=now
        )
        lot = bag.lot_id
        recalled = SolutionLotFactory(clinic=clinic, product=bag.lot.product, lot_number="0123456789ABCDEFGHIJ")
        a_point(other, lot=recalled, number=9)
        by = actor_of(other.clinician)
        recall = lot_recalls.start(lot=recalled, reason="Particles seen by the maker", by=by, now=now)
        stock_movements.count(lot=bag.lot, counted=3, reason="two were broken", by=by, now=now)
        on_recall = [recall.pk, other.patient_id]
    found = []
    for width in widths:
        page = open_page(reverse("sessions:lots"), viewport={"width": width, "height": 1000}, color_scheme=scheme)
        for name, args in (
            ("lots", []),
            ("prepare", []),
            ("receive_lot", []),
            ("stock_rules", []),
            ("lot", [lot]),
            ("correct_lot", [lot]),
            ("count_lot", [lot]),
            ("lot_recall", [recall.pk]),
            ("contact_of_recall", on_recall),
            ("edit", [session.pk]),
        ):
            page.goto(reverse(f"sessions:{name}", args=args))
            found += [f"{name} {width}: {said}" for said in violations(page)]
            found += [f"{name} {width} is too wide"] * is_too_wide(page)
        page.context.close()
    assert found == []
