"""What axe finds wrong with a page."""

from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

# Every rule is run; only of what is wrong the details are gathered, which halves the time.
ONLY_WRONG = {"resultTypes": ["violations"]}
LOOKS = 3

# Counts what changes in the page, from the first call on.
COUNT_CHANGES = """() => {
  if (window.pitChanges === undefined) {
    window.pitChanges = 0;
    new MutationObserver((seen) => { window.pitChanges += seen.length; })
      .observe(document, {subtree: true, childList: true, attributes: true, characterData: true});
  }
  return window.pitChanges;
}"""


def axe_violations(page: Page) -> list[dict[str, Any]]:
    """The rules that the page breaks as it stands, each with the nodes that break it.

    Axe reads a page in steps: a button that is enabled between two of them is judged as enabled with the pale colours
    it had before. So what was found counts only when the page stood still meanwhile; else it is looked at again.
    """
    page.wait_for_load_state()
    found: list[dict[str, Any]] = []
    for _look in range(LOOKS):
        before = page.evaluate(COUNT_CHANGES)
        found = Axe().run(page, options=ONLY_WRONG).response["violations"]
        if not found or page.evaluate(COUNT_CHANGES) == before:
            break
    return found
