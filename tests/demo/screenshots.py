"""The pictures of the README, taken from a real demo: `make screenshots`."""

import re
import tempfile
from pathlib import Path

import psycopg
from playwright.sync_api import Browser, Page, sync_playwright

from pitclinic import servers
from tests.demo.running_demo import LONGEST_WAIT, ROOT, RunningDemo
from tests.plugins.chromium import find_chromium

FOLDER = ROOT / "docs" / "screenshots"
DESKTOP, PHONE = {"width": 1280, "height": 800}, {"width": 390, "height": 844}
STAFF_PAGES = {"calendar": "Calendar", "worklists": "Worklists"}


def main() -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as folder,
        RunningDemo(Path(folder), patients=150) as demo,
        sync_playwright() as playwright,
    ):
        demo.wait_until_ready()
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=["--no-sandbox"])
        take_staff_pages(browser, demo)
        take_portal(browser, demo)
        browser.close()


def take_staff_pages(browser: Browser, demo: RunningDemo) -> None:
    page = browser.new_page(viewport=DESKTOP, base_url=f"http://127.0.0.1:{demo.port}", locale="en-GB")
    page.set_default_timeout(LONGEST_WAIT * 1000)
    page.goto("/demo/")
    with page.expect_navigation():
        page.get_by_role("button", name="Clinician").first.click()
    for name, words in STAFF_PAGES.items():
        link = page.get_by_role("navigation").get_by_role("link", name=words, exact=True)
        if link.count():
            page.goto(link.first.get_attribute("href") or "/")
            keep(page, name)
    page.goto(f"/patients/{longest_course(demo)}/chart/")
    keep(page, "chart")


def longest_course(demo: RunningDemo) -> str:
    """The patient of the demo clinic with the most to show."""
    question = """
        SELECT session.patient_id FROM pit_sessions_injectionsession AS session
        JOIN accounts_clinic AS clinic ON clinic.id = session.clinic_id
        WHERE clinic.name = 'Demo Clinic' GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT 1
    """
    sockets = servers.socket_folder(preferred=demo.run_dir / "postgres", name=".s.PGSQL.5432")
    with psycopg.connect(host=str(sockets), user=servers.SUPERUSER, dbname="pitclinic") as connection:
        row = connection.execute(question).fetchone()
    assert row is not None
    return str(row[0])


def take_portal(browser: Browser, demo: RunningDemo) -> None:
    """The door of the patient, by a link out of a mail that was really sent."""
    mails = "".join(path.read_text() for path in (demo.run_dir / "mail").glob("*"))
    if link := re.search(rf"http://127\.0\.0\.1:{demo.port}/\S+", mails):
        page = browser.new_page(viewport=PHONE, locale="en-GB")
        page.goto(link[0])
        keep(page, "portal")


def keep(page: Page, name: str) -> None:
    page.wait_for_load_state("networkidle")
    page.screenshot(path=FOLDER / f"{name}.png", animations="disabled")


if __name__ == "__main__":
    main()
