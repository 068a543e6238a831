"""What people do on a page, for the stories that need it: nothing here knows the database."""

import re
from datetime import date

from playwright.sync_api import Page, expect


def fill_in_session(page: Page, *, consenting: str) -> None:
    """A whole session of two points of half a millilitre beside the left lateral femoral cutaneous nerve."""
    all_asked = page.get_by_role("button", name="All asked, nothing to report")
    expect(all_asked).to_be_visible()
    page.wait_for_load_state()  # its scripts have run
    all_asked.click()
    page.locator("[name$=consent_name]").fill(consenting)
    score(page, "rest_before", 5)
    score(page, "provoked_before", 7)
    page.locator("[name$=provoked_movement]").fill("standing up")
    for row in range(2):
        inject(page, row)
    for name, value in (("needle_gauge", "27"), ("needle_length_mm", "13"), ("sharps_out", "2"), ("sharps_in", "2")):
        page.locator(f"[name$={name}]").fill(value)
    page.get_by_role("button", name="All fine").click()
    page.locator("textarea[name=note]").fill("burning at the knee, gone after the second point")


def confirm_the_time_out(page: Page, *, lot: str) -> None:
    """Once the card shows what will be given: a later change of it would ask again. The needle comes after it."""
    expect(page.locator("#time_out")).to_contain_text(lot)
    page.get_by_role("button", name="All confirmed").click()
    score(page, "rest_after", 2)
    score(page, "provoked_after", 3)


def inject(page: Page, row: int) -> None:
    """Half a millilitre of lot LOT-7 beside the left lateral femoral cutaneous nerve (N049)."""
    points = page.locator("[data-row]:not(template *)")
    if points.count() <= row:
        page.get_by_role("button", name="Add a point").click()
    point = points.nth(row)
    point.locator("input[name$=nerve]").fill("N049")
    point.locator(".point-side [value=left]").check()
    point.locator("[name$=volume_ml]").fill("0.5")
    point.locator(".point-more > summary").click()
    for name, words in (("solution", "buffer"), ("lot", "LOT-7")):
        field = point.locator(f"[name$={name}]")
        field.select_option(field.locator("option", has_text=re.compile(words, re.I)).first.get_attribute("value"))


def score(page: Page, name: str, value: int) -> None:
    page.locator(f"[name$={name}][value='{value}']").check()


def look_it_over(page: Page) -> None:
    """Save, go to the page that signs, and give every warning there a reason."""
    page.get_by_role("button", name="Save and look over").click()
    expect(page.get_by_role("heading", name="Check and sign")).to_be_visible()
    reasons = page.locator(".gate input[type=text], .gate textarea")
    for number in range(reasons.count()):
        reasons.nth(number).fill("discussed with the patient")


def say_birthday(page: Page, day: date) -> None:
    """On the patient's phone, before anything is shown."""
    for name, value in (("day", day.day), ("month", day.month), ("year", day.year)):
        field = page.locator(f"[name$={name}]")
        if field.evaluate("element => element.tagName") == "SELECT":
            field.select_option(str(value))
        else:
            field.fill(str(value))
    page.get_by_role("button", name="Go on").click()
