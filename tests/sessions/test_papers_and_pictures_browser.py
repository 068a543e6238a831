"""Pictures, papers and the two signatures in a real browser, read by axe at each width."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect

from accounts.choices import Role
from accounts.models import Clinic
from common.tenancy import tenant
from scheduling.models import Appointment
from sessions.models import CoSignature, InjectionSession, Picture
from sessions.services import injection_sessions, papers
from tests.factories.accounts import MembershipFactory
from tests.factories.treatments import SolutionLotFactory, a_draft, actor_of
from tests.sessions.conftest import Open
from tests.sessions.test_pictures import a_jpeg
from tests.sessions.test_session_browser import begin, is_too_wide, violations

pytestmark = [pytest.mark.e2e, pytest.mark.slow, pytest.mark.django_db(transaction=True)]

SHOTS = os.environ.get("PITCLINIC_SHOTS")  # where to put pictures of the pages; none without
PASSWORD = "correct horse battery staple"


def with_password(client: Client) -> None:
    """The person gets a password and stays signed in, since long."""
    user, session = client.member.user, client.session
    user.set_password(PASSWORD)
    user.save()
    session["_auth_user_hash"] = user.get_session_auth_hash()
    session["account_authentication_methods"] = [{"method": "password", "at": 1.0}]
    session.save()


def saved(clinic: Clinic, visit: Appointment) -> InjectionSession:
    """The session of the visit with one point, ready to be signed."""
    with tenant(clinic.pk, actor="test"):
        session = InjectionSession.objects.select_related("clinician", "patient").get()
        draft = a_draft(lot=SolutionLotFactory(clinic=clinic))
        by = actor_of(session.clinician)
        return injection_sessions.save_draft(
            injection_session=session, version=session.version, draft=draft, by=by, now=timezone.now()
        )


def add_a_picture(page: Page, tmp_path: Path) -> None:
    file = tmp_path / "still.jpg"
    file.write_bytes(a_jpeg("gray", (900, 600)))
    part = page.locator("#pictures")
    part.get_by_text("Add a picture").click()
    part.get_by_label("Side").select_option("left")
    part.get_by_label("Caption").fill("Saphenous nerve, long axis")
    part.get_by_label("Or choose a file").set_input_files(file)
    part.get_by_role("button", name="Keep the picture").click()
    expect(page.locator("#pictures .picture-list li")).to_have_count(1)


def test_a_picture_is_kept_without_leaving_the_page_and_the_record_is_signed_with_the_password(
    clinic: Clinic, visit: Appointment, open_page: Open, tmp_path: Path
) -> None:
    with_password(visit.client)
    page = open_page(begin(visit), viewport={"width": 820, "height": 1180})
    page.locator("[name=note]").fill("Typed before the picture")

    add_a_picture(page, tmp_path)

    expect(page.locator("[name=note]")).to_have_value("Typed before the picture")
    expect(page.locator("#saved")).to_contain_text("Saved at")
    session = saved(clinic, visit)
    page.goto(page.url.split("#")[0].rstrip("/") + "/sign/")
    expect(page.locator(".picture-list img")).to_have_count(1)
    expect(page.get_by_role("heading", name="Is it still you?")).to_be_visible()
    page.get_by_label("Your password").fill(PASSWORD)
    page.get_by_role("button", name="Sign", exact=True).click()
    expect(page.get_by_text("The session is signed and locked.")).to_be_visible()

    with tenant(clinic.pk, actor="test"):
        session.refresh_from_db()
        assert session.status == "signed"
        assert Picture.objects.get().is_part_of_draft
    assert page.said == []  # type: ignore[attr-defined]


def test_a_procedure_note_is_made_and_downloaded(clinic: Clinic, visit: Appointment, open_page: Open) -> None:
    url = begin(visit)
    saved(clinic, visit)
    page = open_page(f"{url}record/", viewport={"width": 1024, "height": 768})
    page.get_by_role("button", name="Make a procedure note").click()
    with page.expect_download() as coming:
        page.get_by_role("link", name="Procedure note (PDF)").click()
    assert Path(coming.value.path()).read_bytes().startswith(b"%PDF-")
    assert page.said == []  # type: ignore[attr-defined]


@pytest.mark.parametrize(("width", "scheme"), [(390, "light"), (820, "dark")])
def test_every_page_fits_and_reads(
    clinic: Clinic,
    visit: Appointment,
    staff_client: Callable[..., Client],
    open_page: Open,
    live_server: Any,
    tmp_path: Path,
    width: int,
    scheme: Any,
) -> None:
    with_password(visit.client)
    with tenant(clinic.pk, actor="test"):
        MembershipFactory(clinic=clinic)  # somebody is left who may co-sign
        visit.client.member.needs_co_signature = True
        visit.client.member.save()
    url = begin(visit)
    page = open_page(
        reverse("sessions:pictures", args=[url.strip("/").split("/")[-1]]),
        viewport={"width": width, "height": 1000},
        color_scheme=scheme,
    )
    looked: list[str] = []

    def look(name: str) -> None:
        if SHOTS:
            page.screenshot(path=f"{SHOTS}{name}-{width}-{scheme}.png", full_page=True)
        looked.extend(f"{name}: {row}" for row in violations(page))
        looked.extend([f"{name} is too wide"] if is_too_wide(page) else [])

    add_a_picture(page, tmp_path)
    page.locator("#pictures").get_by_text("Add a picture").click()
    look("pictures")
    page.locator(".picture-list a").click()
    look("picture")
    session = saved(clinic, visit)
    page.goto(f"{url}sign/")
    look("sign")
    with tenant(clinic.pk, actor="test"):
        by = actor_of(session.clinician)
        injection_sessions.sign(injection_session=session, version=session.version, by=by, now=timezone.now())
        session.refresh_from_db()
        papers.keep(injection_session=session, kind="note", pdf=b"%PDF-1.7", by=by, now=timezone.now())
    page.goto(f"{url}record/")
    look("record")
    page.goto(reverse("sessions:letter", args=[session.pk]))
    look("letter")
    page.goto(reverse("sessions:to_co_sign"))
    look("to-co-sign")
    for role, path, name in (
        (Role.CLINICIAN, f"{url}record/#co-signature", "co-sign"),
        (Role.CLINIC_ADMIN, reverse("settings"), "settings"),
    ):
        other = staff_client(role, clinic=clinic)
        page.context.add_cookies(
            [{"name": "sessionid", "value": other.cookies["sessionid"].value, "url": live_server.url}]
        )
        page.goto(path)
        look(name)

    with tenant(clinic.pk, actor="test"):
        assert not CoSignature.objects.exists()
    assert looked == []
