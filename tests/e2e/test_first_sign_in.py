"""A clinic follows the README: from an empty server to a patient's answer at home, by real mail and real keys."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from allauth.mfa.totp.internal import auth as totp
from django.utils import timezone
from playwright.sync_api import BrowserType, Page, expect

from pitclinic import gunicorn
from tests.e2e.deployment import Deployment, deployment, variables_of_compose
from tests.e2e.places import where_it_is_morning
from tests.e2e.sockets import holders_of_connections
from tests.e2e.steps import confirm_the_time_out, fill_in_session, look_it_over, say_birthday
from tests.look.test_passkey import make_authenticator

pytestmark = [pytest.mark.e2e, pytest.mark.slow]
PASSWORD = "four words nobody guesses"
PATIENT = "zoranka@example.org"
BORN = date(1981, 7, 23)


def choose_password(page: Page, link: str) -> None:
    page.goto(link)
    page.get_by_label("Password", exact=False).first.fill(PASSWORD)
    page.get_by_label("Password, once more").fill(PASSWORD)
    page.get_by_role("button", name="Save the password").click()


def code_on(page: Page) -> str:
    secret = page.locator("main code").inner_text()
    return totp.format_hotp_value(totp.hotp_value(secret, next(totp.yield_hotp_counters_from_time())))


def set_up_app(page: Page) -> None:
    page.get_by_role("link", name="Set up an app").click()
    page.get_by_role("textbox", name="Authenticator code").fill(code_on(page))
    page.get_by_role("button", name="Finish").click()
    page.get_by_role("link", name="go to the first page").click()


def invite_a_colleague(page: Page, email: str) -> None:
    page.get_by_role("link", name="Settings").first.click()
    page.get_by_role("link", name="People and roles").click()
    page.get_by_label("Full name").fill("Cleo Clinician")
    page.get_by_label("E-mail address").fill(email)
    page.get_by_label("Role").select_option("clinician")
    page.get_by_role("button", name="Send invitation").click()
    expect(page.get_by_text("Cleo Clinician is invited.")).to_be_visible()


def set_up_passkey(page: Page) -> None:
    page.get_by_role("link", name="Add a passkey").click()
    page.get_by_role("textbox", name="Name").fill("My laptop")
    page.get_by_label("Sign in with this passkey alone").check()
    page.get_by_role("button", name="Add passkey").click()
    page.get_by_role("link", name="go to the first page").click()


def is_at_work(page: Page) -> None:
    expect(page.get_by_role("heading", level=1, name="Today")).to_be_visible()


def sign_in_with_passkey(page: Page, site: Deployment) -> None:
    page.goto("about:blank")  # a page left open would ask, and be sent to sign in, at the same moment
    page.context.clear_cookies()
    page.goto(f"{site.origin}/account/login/")
    page.get_by_role("button", name="Sign in with a passkey").click()
    is_at_work(page)


def open_the_doors(page: Page) -> None:
    """The first steps of the guide that a first visit needs: a room, and hours of the one who treats."""
    page.get_by_role("link", name="Settings").first.click()
    page.get_by_role("link", name="Rooms and chairs").click()
    page.get_by_role("link", name="Add a room").click()
    page.locator("main").get_by_label("Name").fill("Room 1")
    page.get_by_role("button", name="Save").click()
    page.get_by_role("link", name="Add weekly hours").click()
    page.get_by_label("Clinician").select_option(label="Cleo Clinician")
    for box in page.get_by_role("group", name="On").get_by_role("checkbox").all():
        box.check()
    page.locator("[name=start_time]").fill("00:00")
    page.locator("[name=end_time]").fill("23:59")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("rowheader", name="Cleo Clinician")).to_have_count(7)


def receive_a_lot(page: Page) -> None:
    page.get_by_role("link", name="Stock", exact=True).click()
    page.get_by_role("link", name="Receive", exact=True).click()
    page.locator("[name=lot_number]").fill("LOT-7")
    page.get_by_label("Use by").fill(str(timezone.now().date() + timedelta(days=300)))
    page.get_by_label("Containers").fill("4")
    page.get_by_label("Name on the package").fill("Glucose 5 %, buffered")
    solution = page.get_by_label("Solution")
    solution.select_option(solution.locator("option", has_text="buffer").first.get_attribute("value"))
    page.get_by_label("mL in one container").fill("100")
    page.locator("main form").get_by_role("button").last.click()
    expect(page.get_by_role("rowheader", name="LOT-7")).to_be_visible()


def register_and_book(page: Page) -> None:
    page.get_by_role("link", name="Patients", exact=True).click()
    page.get_by_role("link", name="Register").first.click()
    page.get_by_label("Family name").fill("Quellwasser")
    page.get_by_label("Given names").fill("Zoranka")
    page.locator("[name=birth_date]").fill(str(BORN))
    page.locator("[name=email]").fill(PATIENT)
    for purpose in ("care", "appointment"):
        page.locator(f"[name=email_purposes][value={purpose}]").check()
    page.get_by_role("button", name="Register", exact=True).click()
    page.get_by_role("link", name="Book a visit").first.click()
    page.locator(".times [name=chosen]").first.check()
    expect(page.get_by_text("is kept for you until")).to_be_visible()
    page.get_by_role("button", name="Book", exact=True).click()
    expect(page.get_by_text("booked").first).to_be_visible()


def treat_and_sign(page: Page) -> None:
    page.get_by_role("link", name="Today", exact=True).click()
    page.get_by_role("link", name=re.compile("^Arrived")).first.click()
    for asked in ("Date of birth", "Full name"):
        page.get_by_role("checkbox", name=asked).check()
    page.get_by_role("button", name="Arrived", exact=True).click()
    page.get_by_role("link", name=re.compile("Quellwasser")).first.click()
    page.locator("main").get_by_text("Session", exact=True).click()
    fill_in_session(page, consenting="Zoranka Quellwasser")
    confirm_the_time_out(page, lot="LOT-7")
    look_it_over(page)
    page.get_by_role("button", name="Sign", exact=True).click()
    expect(page.get_by_text("The session is signed and locked.")).to_be_visible()


def send_the_check_in_now(page: Page) -> None:
    """The worker plans it within a minute; then the desk sends it without waiting for its hour."""
    page.get_by_role("link", name="Messages", exact=True).click()
    send = page.get_by_role("row", name=re.compile("Check-in, same day")).get_by_role("button", name="Send now")

    def is_planned() -> bool:
        page.reload()
        return send.count() > 0

    for _try in range(100):
        if is_planned():
            break
        page.wait_for_timeout(1000)
    send.click()


def answer_at_home(phone: Page, link: str) -> None:
    phone.goto(link)
    say_birthday(phone, BORN)
    phone.get_by_role("button", name="3", exact=True).click()
    phone.get_by_role("button", name="Yes, I still feel better").click()
    phone.get_by_role("button", name="No, nothing").click()
    expect(phone.get_by_text("Thank you").first).to_be_visible()


def see_the_answer(page: Page) -> None:
    page.get_by_role("link", name=re.compile("Quellwasser")).first.click()
    page.get_by_role("link", name="Details").first.click()
    page.get_by_role("link", name="Open the chart").first.click()
    expect(page.get_by_role("row", name=re.compile(r"same day\s+3"))).to_be_visible()


def each_process_has_connections_of_its_own(site: Deployment, figure: Callable[[str, float], None]) -> None:
    site.ask_many_at_once()
    holders = holders_of_connections([process.pid for process in site.processes], to_port=site.database_port)
    shared = {socket: processes for socket, processes in holders.items() if len(processes) > 1}
    figure("sockets_shared", len(shared))
    assert len({process for processes in holders.values() for process in processes}) >= gunicorn.workers
    assert shared == {}


def test_a_clinic_follows_the_readme_to_the_answer_of_its_first_patient(
    django_db_setup: None,
    django_db_blocker: Any,
    tmp_path: Path,
    browser_type: BrowserType,
    browser_type_launch_args: dict[str, Any],
    figure: Callable[[str, float], None],
) -> None:
    with django_db_blocker.unblock(), deployment(tmp_path) as site:
        assert set(site.told("app")) == variables_of_compose()
        site.start()
        place = where_it_is_morning(timezone.now())
        where = ("--country", place.country, "--address", "Example Street 1", "--zone", place.zone, "--language", "en")
        details = (*where, "--phone", place.phone, "--urgent-phone", place.phone)
        person = ("--email", "ada@example.org", "--name", "Ada Admin", "--role", "clinic_admin")
        said = site.manage("add_member", "--clinic", "Riverside", *details, *person)
        assert "/invitation/" not in said
        site.wait_until_it_answers()
        trusted = f"--ignore-certificate-errors-spki-list={site.proxy.public_key_hash}"
        arguments = [*browser_type_launch_args["args"], trusted]
        browser = browser_type.launch(**{**browser_type_launch_args, "args": arguments})
        try:
            ada = browser.new_context().new_page()
            choose_password(ada, site.mailbox.link_to("ada@example.org"))
            set_up_app(ada)
            is_at_work(ada)
            invite_a_colleague(ada, "cleo@example.org")
            cleo = browser.new_context().new_page()
            make_authenticator(cleo)
            choose_password(cleo, site.mailbox.link_to("cleo@example.org"))
            set_up_passkey(cleo)
            is_at_work(cleo)
            open_the_doors(ada)
            receive_a_lot(cleo)
            register_and_book(cleo)
            treat_and_sign(cleo)
            sign_in_with_passkey(cleo, site)
            send_the_check_in_now(cleo)
            phone = browser.new_context(viewport={"width": 390, "height": 844}).new_page()
            answer_at_home(phone, site.mailbox.link_to(PATIENT, saying="check-in"))
            see_the_answer(cleo)
        finally:
            browser.close()
        figure("production_first_sign_in", 1)
        each_process_has_connections_of_its_own(site, figure)
