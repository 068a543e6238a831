"""What axe finds wrong with a page."""

from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

# Every rule is run; only of what is wrong the details are gathered, which halves the time.
ONLY_WRONG = {"resultTypes": ["violations"]}


def axe_violations(page: Page) -> list[dict[str, Any]]:
    """The rules that the page breaks as it stands, each with the nodes that break it."""
    page.wait_for_load_state()
    found: list[dict[str, Any]] = Axe().run(page, options=ONLY_WRONG).response["violations"]
    return found
