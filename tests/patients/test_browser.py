"""The register in a real browser: a patient is registered, found while typing, imported; every page passes axe."""

import os
import re
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from playwright.sync_api import expect

from accounts.actors import machine
from accounts.choices import Role
from common.tenancy import tenant
from patients.choices import ContactKind, Flag, Purpose, Substance
from patients.models import Patient
from patients.records import AllergyDetails, ConditionDetails, ContactDetails, PatientDetails
from patients.services import clinical_profile, patients
from patients.tasks import run_import
from tests.e2e.axe import axe_violations
from tests.e2e.eyes import large_text_problems

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]
DATA = Path(__file__).parents[1] / "data"
NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
SHOTS = os.environ.get("PITCLINIC_SHOTS", "")


@pytest.fixture
def signed_in(staff_client, clinic, browser, live_server):
    def open_page(role, *, width=1440, scheme="light", script=True):
        client = staff_client(role, clinic=clinic)
        context = browser.new_context(
            viewport={"width": width, "height": 900},
            color_scheme=scheme,
            java_script_enabled=script,
            base_url=live_server.url,
        )
        cookie = client.cookies["sessionid"]
        context.add_cookies([{"name": "sessionid", "value": cookie.value, "url": live_server.url}])
        page = context.new_page()
        page.said = []
        page.on("console", lambda message: page.said.append(message.text))
        page.on("pageerror", lambda error: page.said.append(str(error)))
        return page

    return open_page


@pytest.fixture
def known(clinic):
    by = machine(clinic, "test")
    with tenant(clinic.pk, actor="test"):
        for n in range(12):
            details = PatientDetails(f"Given {n}", f"Family {n}", date(1960 + n, 3, 4), "Europe/Berlin")
            patients.register(by=by, now=NOW, details=details)
        phone = ContactDetails(ContactKind.PHONE, "+491761234567", True, True, frozenset({Purpose.CARE}))
        mail = ContactDetails(ContactKind.EMAIL, "jurgen@example.org")
        details = PatientDetails("Jürgen", "Müller", date(1970, 5, 17), "Europe/Berlin", preferred_name="Jogi")
        patient = patients.register(by=by, now=NOW, details=details, contacts=[phone, mail])
        for flag in (Flag.ANTICOAGULANT, Flag.FALL_RISK, Flag.INTERPRETER):
            clinical_profile.raise_flag(by=by, now=NOW, patient=patient, flag=flag)
        for substance in (Substance.CORN, Substance.LATEX):
            details = AllergyDetails(substance, reaction="Hives")
            clinical_profile.add_allergy(by=by, now=NOW, patient=patient, details=details)
        condition = ConditionDetails("Carpal tunnel syndrome", "G56.01", "right", date(2025, 1, 2))
        clinical_profile.add_condition(by=by, now=NOW, patient=patient, details=condition)
    return patient


def check(page, name, *, axe=True):
    if SHOTS:
        page.screenshot(path=f"{SHOTS}/{name}.png", full_page=True)
    assert page.said == []
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, name
    assert large_text_problems(page) == [], name
    if axe:
        found = axe_violations(page)
        assert [(one["id"], one["nodes"][0]["html"][:160]) for one in found] == [], name


@pytest.mark.parametrize(("width", "scheme"), [(390, "light"), (1440, "dark")])
def test_every_page_of_the_register_is_clean(signed_in, known, width, scheme):
    page = signed_in(Role.CLINICIAN, width=width, scheme=scheme)
    for name, path in {
        "list": "/patients/",
        "register": "/patients/register",
        "detail": f"/patients/{known.pk}/",
        "edit": f"/patients/{known.pk}/edit",
        "profile": f"/patients/{known.pk}/profile/",
        "contact": f"/patients/{known.pk}/contacts/add",
    }.items():
        page.goto(path)
        check(page, f"{name}-{width}-{scheme}")
    page.goto("/patients/register")
    page.get_by_label("Family name").fill("Muller")
    page.get_by_label("Given names").fill("Jurgen")
    page.get_by_role("textbox", name="Date of birth").fill("17.5.1970")
    expect(page.locator(".birth-words")).to_contain_text("17 May 1970")
    page.get_by_role("main").get_by_role("button", name="Register").click()
    page.get_by_text("may already be here").wait_for()
    page.said.clear()  # the browser notes the 409 itself
    check(page, f"duplicates-{width}-{scheme}")
    page.context.close()


def test_back_and_send_again_shows_the_patient_who_was_registered(signed_in, clinic):
    page = signed_in(Role.FRONT_DESK)
    page.goto("/patients/")
    page.goto("/patients/register")
    shown = page.locator("input[name=once]").input_value()
    for family in ("Novak", "Nowak"):
        page.get_by_label("Family name").fill(family)
        page.get_by_label("Given names").fill("Jana")
        page.get_by_role("textbox", name="Date of birth").fill("17.5.1980")
        page.get_by_role("main").get_by_role("button", name="Register").click()
        if family == "Novak":
            page.wait_for_url(re.compile(r"/patients/[0-9a-f-]{36}/$"), timeout=15000)
            page.go_back()
            page.get_by_role("heading", name="Register a patient").wait_for()
            assert page.locator("input[name=once]").input_value() == shown
    page.get_by_text("What you changed on it since is not saved.").wait_for()
    page.said.clear()  # the browser notes the 409 itself
    page.get_by_role("link", name="Open what was saved, and change it there").click()
    page.wait_for_url(re.compile(r"/patients/[0-9a-f-]{36}/$"), timeout=15000)
    with tenant(clinic.pk, actor="test"):
        assert [patient.family_name for patient in Patient.objects.all()] == ["Novak"]
    page.goto("/patients/register")
    page.reload()
    assert page.locator("input[name=once]").input_value() != shown
    assert page.said == []


def test_the_desk_finds_while_typing_and_registers(signed_in, known):
    page = signed_in(Role.FRONT_DESK)
    page.goto("/patients/")
    page.get_by_role("main").get_by_role("searchbox").press_sequentially("mulelr 4567")
    page.locator("#results").get_by_role("link", name="Müller, Jürgen").wait_for()
    check(page, "typing")
    assert "mul" not in page.url
    page.goto("/patients/register")
    page.get_by_label("Family name").fill("Muller")
    page.get_by_label("Given names").fill("Jurgen")
    page.get_by_role("textbox", name="Date of birth").fill("17.5.1970")
    page.get_by_role("main").get_by_role("button", name="Register").click()
    page.get_by_role("button", name="register anyway").click()
    page.get_by_text("Registered.").wait_for()
    assert page.locator(".patient-banner").get_by_text("Anticoagulant").count() == 0
    page.context.close()


@pytest.mark.parametrize(("width", "scheme"), [(390, "light"), (1440, "dark")])
def test_a_page_is_found_and_opened_by_the_keyboard_alone(signed_in, known, width, scheme):
    page = signed_in(Role.FRONT_DESK, width=width, scheme=scheme)
    page.goto("/patients/")
    page.keyboard.press("/")
    page.keyboard.type("messages")
    page.keyboard.press("Enter")
    found = page.get_by_role("navigation", name="Pages found").get_by_role("link", name="Messages")
    found.wait_for()
    check(page, f"pages-found-{width}-{scheme}")
    for _ in range(40):
        page.keyboard.press("Tab")
        if found.evaluate("link => link === document.activeElement"):
            break
    page.keyboard.press("Enter")
    page.wait_for_url("**/messages/**")
    page.context.close()


def test_without_scripts_the_search_answers_with_a_page(signed_in, known):
    page = signed_in(Role.FRONT_DESK, script=False)
    page.goto("/patients/")
    page.get_by_role("main").get_by_role("searchbox").fill("müller")
    page.get_by_role("button", name="Find").click()
    assert page.get_by_role("link", name="Müller, Jürgen").is_visible()
    page.context.close()


@pytest.mark.parametrize("width", [390])
def test_an_admin_imports_a_file(signed_in, clinic, width):
    page = signed_in(Role.CLINIC_ADMIN, width=width)
    page.goto("/patients/import/")
    page.get_by_label("File").set_input_files(DATA / "patients.csv")
    page.get_by_role("button", name="Upload").click()
    page.get_by_role("heading", name="What the columns hold").wait_for()
    check(page, f"columns-{width}")
    page.get_by_role("button", name="Check the file").click()
    page.get_by_text("Waiting for the worker").wait_for()
    check(page, f"waiting-{width}")
    import_id = page.url.rstrip("/").split("/")[-1]
    run_import(clinic_id=str(clinic.pk), import_id=import_id)
    page.get_by_text("nothing is wrong").wait_for(timeout=20_000)
    check(page, f"checked-{width}")
    page.get_by_role("button", name="Import now").click()
    page.get_by_text("Waiting for the worker").wait_for()
    run_import(clinic_id=str(clinic.pk), import_id=import_id)
    page.get_by_text("Imported. The file is deleted.").wait_for(timeout=20_000)
    check(page, f"imported-{width}")
    page.context.close()
