"""A pair of eyes on every page: axe at phone or desktop width in turn, how far it reaches at both, and a picture."""

import os
import re
from pathlib import Path

from playwright.sync_api import Page

from tests.e2e.axe import axe_violations

WIDTHS = (390, 1440)
HEIGHT = 900
PICTURES = Path(__file__).resolve().parents[2] / "screenshots"


# What scrolls sideways, and how much of the window stands still: text at twice the size, the page half way down.
_AT_TWICE = """() => {
  const root = document.documentElement;
  root.style.fontSize = "200%";
  window.scrollTo(0, root.scrollHeight / 2);
  const scrolls = one => one !== document.body &&
    (/auto|scroll/.test(getComputedStyle(one).overflowY) || scrolls(one.parentElement));
  const still = [...document.querySelectorAll("body *")].filter(one =>
    ["sticky", "fixed"].includes(getComputedStyle(one).position)
      && !one.matches("[popover]") && !scrolls(one.parentElement));
  const bars = still.map(one => one.getBoundingClientRect())
    .filter(box => box.width > innerWidth / 2 && box.bottom > 0 && box.top < innerHeight)
    .reduce((sum, box) => sum + Math.min(box.bottom, innerHeight) - Math.max(box.top, 0), 0);
  const found = [root.scrollWidth - root.clientWidth, bars / innerHeight];
  root.style.fontSize = "";
  window.scrollTo(0, 0);
  return found;
}"""


# How far it reaches beyond the window, once the window has this width and has been drawn so.
_TOO_WIDE_ONCE_DRAWN = """width => new Promise(done => {
  const root = document.documentElement;
  const look = frames => {
    if (frames > 0 || innerWidth !== width) requestAnimationFrame(() => look(innerWidth === width ? frames - 1 : 2));
    else done(root.scrollWidth - root.clientWidth);
  };
  look(2);
})"""


PHONE = 600  # px: as wide as a phone gets


def large_text_problems(page: Page) -> list[str]:
    """What is wrong on a phone whose text is twice the size: pushed out of the page, or hidden behind bars.

    A page that is looked at as on a desk is left alone: made narrow for the question, it would ask for its parts anew.
    """
    size = page.viewport_size
    if size is None or size["width"] > PHONE:
        return []
    wide, bars = page.evaluate(_AT_TWICE)
    found = [f"scrolls sideways by {wide} px at 200 % text"] if wide > 0 else []
    return found + ([f"bars take {bars:.0%} of the window at 200 % text"] if bars > 1 / 3 else [])


class Eyes:
    """Looks at pages; remembers what axe found and how many pages it saw."""

    def __init__(self) -> None:
        self.violations: list[str] = []
        self.seen: list[str] = []

    def look(self, page: Page, name: str) -> None:
        """Judge the page as it stands; keep a picture at each width when PITCLINIC_PICTURES is set."""
        before = page.viewport_size
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": HEIGHT})
            if width == WIDTHS[len(self.seen) % len(WIDTHS)]:
                self._judge(page, f"{name} at {width} px")
            wide = page.evaluate(_TOO_WIDE_ONCE_DRAWN, width)
            if wide > 1:
                self.violations.append(f"{name} at {width} px scrolls sideways by {wide} px")
            if os.environ.get("PITCLINIC_PICTURES"):
                PICTURES.mkdir(exist_ok=True)
                name = re.sub("[^a-z0-9]+", "-", name.lower())
                page.screenshot(path=PICTURES / f"{name}-{width}.png", full_page=True)
        if before:
            page.set_viewport_size(before)
        self.seen.append(name)

    def _judge(self, page: Page, where: str) -> None:
        for found in axe_violations(page):
            nodes = "; ".join(node["html"][:160] for node in found["nodes"][:3])
            self.violations.append(f"{where}: {found['id']} ({found['impact']}): {nodes}")
