"""Every shared part in a real browser: axe, content policy, no sideways scrolling, 44 px targets."""

from pathlib import Path
from typing import Any

import pytest
from django.contrib.staticfiles import finders
from django.utils import translation
from playwright.sync_api import Browser, Page, Route

from tests.e2e.axe import axe_violations
from tests.look.pages import draw

pytestmark = pytest.mark.e2e

POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'"
TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
WIDTHS = (390, 820, 1440)
PAGES = ("gallery/staff.html", "gallery/portal.html", "404.html", "503.html")

SMALL_TARGETS = """() => [...document.querySelectorAll("a.btn, button, nav a, .pain-step, select, input")]
  .filter((e) => e.checkVisibility() && !e.matches(".pain-step input") && e.type !== "hidden")
  .filter((e) => !["checkbox", "radio"].includes(e.type))
  .map((e) => [e, e.getBoundingClientRect()])
  .filter(([e, box]) => box.width > 0 && Math.min(box.height, box.width) < 43.5)
  .map(([e]) => e.outerHTML.slice(0, 90))"""


def serve(page: Page, html: str, *, policy: str = POLICY) -> None:
    """Answer the page and its static files without a server."""

    def answer(route: Route) -> None:
        url = route.request.url
        if "/static/" in url and (found := finders.find(url.split("/static/")[1])):
            path = Path(str(found))
            route.fulfill(body=path.read_bytes(), content_type=TYPES[path.suffix])
        elif url == "http://look.test/":
            headers = {"Content-Security-Policy": policy} if policy else {}
            route.fulfill(body=html, content_type="text/html; charset=utf-8", headers=headers)
        else:
            route.fulfill(status=204)

    page.route("**/*", answer)
    page.goto("http://look.test/")


def open_page(
    browser: Browser, html: str, *, width: int, scheme: Any, policy: str = POLICY, **more: Any
) -> tuple[Page, list[str]]:
    context = browser.new_context(
        viewport={"width": width, "height": 900}, color_scheme=scheme, reduced_motion="reduce", **more
    )
    page = context.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    serve(page, html, policy=policy)
    return page, said


@pytest.fixture(autouse=True)
def own_addresses(settings: Any) -> None:
    settings.ROOT_URLCONF = "tests.look.urls"
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    }


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_clean_at_every_width(browser: Browser, name: str, scheme: str) -> None:
    html = draw(name)
    for width in WIDTHS:
        page, said = open_page(browser, html, width=width, scheme=scheme)
        assert said == []
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
        page.context.close()
        page, _ = open_page(browser, html, width=width, scheme=scheme, policy="")
        violations = axe_violations(page)
        assert [(one["id"], one["nodes"][0]["html"][:120]) for one in violations] == []
        page.context.close()


def test_a_page_reads_from_the_right_in_arabic(browser: Browser) -> None:
    with translation.override("ar"):
        html = draw("gallery/staff.html")
    page, said = open_page(browser, html, width=390, scheme="light")
    assert said == []
    assert page.evaluate("document.documentElement.dir") == "rtl"
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    page.set_viewport_size({"width": 1440, "height": 900})
    assert page.locator("#side-nav").bounding_box()["x"] > 1000  # type: ignore[index]
    page.context.close()


@pytest.mark.parametrize("name", ["gallery/staff.html", "gallery/portal.html"])
def test_a_finger_finds_every_target(browser: Browser, name: str) -> None:
    page, _ = open_page(browser, draw(name), width=390, scheme="light", has_touch=True, is_mobile=True)
    assert page.evaluate(SMALL_TARGETS) == []
    page.context.close()


def test_everything_is_there_without_javascript(browser: Browser) -> None:
    page, _ = open_page(browser, draw("gallery/staff.html"), width=390, scheme="light", java_script_enabled=False)
    page.get_by_role("button", name="Menu", exact=True).click()
    assert page.get_by_role("link", name="Calendar").is_visible()
    page.keyboard.press("Escape")
    page.get_by_role("radio", name="7", exact=True).check()
    assert not page.get_by_role("button", name="Privacy screen").is_visible()
    page.context.close()


def test_the_keys_find_help_and_hide(browser: Browser) -> None:
    page, _ = open_page(browser, draw("gallery/staff.html"), width=1440, scheme="light")
    page.keyboard.press("Escape")
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("?")
    assert page.get_by_role("dialog").is_visible()
    page.keyboard.press("Escape")
    assert not page.locator("#keys").is_visible()
    page.keyboard.press("Shift+P")
    assert page.evaluate("document.documentElement.dataset.privacy") == "on"
    page.keyboard.press("Control+k")
    assert page.evaluate("document.activeElement.id") == "search-anywhere"
    page.context.close()


def test_a_patient_page_stays_under_100_kb(browser: Browser) -> None:
    sizes: list[int] = []
    html = draw("gallery/portal.html")
    context = browser.new_context(viewport={"width": 390, "height": 800})
    page = context.new_page()
    page.on("response", lambda response: sizes.append(len(response.body())))
    serve(page, html)
    assert sum(sizes) < 100_000
    print(f"FIGURE portal_page_bytes {sum(sizes)}")
    context.close()
