"""Typing is typing: which key is a shortcut, by the page's own module; every key of its table, in a browser."""

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from accounts.models import User
from scheduling.models import Appointment
from tests.sessions.conftest import Open
from tests.sessions.test_session_browser import begin

MODULE = Path(__file__).parents[2] / "static/js/typing.js"

# A field or something else as the module asks of it, without a browser.
_DOM = """
const one = (localName, more = {}) => ({
  localName, type: "", getAttribute: (name) => more[name] ?? null, ...more,
  closest() { return more.isNoField ? null : this; },
});
const FIELDS = {
  text: one("input", { type: "text" }), number: one("input", { type: "number" }), time: one("input", { type: "time" }),
  search: one("input", { type: "search" }), password: one("input", { type: "password" }),
  textarea: one("textarea"), select: one("select"),
  editable: one("div", { contenteditable: "" }), "plain text": one("div", { contenteditable: "plaintext-only" }),
};
const OTHERS = {
  page: one("body", { isNoField: true }), radio: one("input", { type: "radio" }),
  checkbox: one("input", { type: "checkbox" }), locked: one("div", { contenteditable: "false" }),
};
const press = (target, key, code, more = {}) => ({
  target, key, code, altKey: true, ctrlKey: false, metaKey: false, shiftKey: false, isComposing: false, keyCode: 0,
  getModifierState: (name) => name === "AltGraph" && more.isAltGr === true, ...more,
});
const acts = (event, mac) => altLetter(event, mac) ?? altDigit(event, mac) ?? altArrow(event, mac);
const KEYS = [
  ...[..."abcdefghijklmnopqrstuvwxyz"].map((letter) => [letter, `Key${letter.toUpperCase()}`]),
  ...[..."0123456789"].map((digit) => [digit, `Digit${digit}`]), ["ArrowUp", "ArrowUp"], ["ArrowDown", "ArrowDown"],
];
const found = { acted: [], silent: [] };
for (const mac of [false, true]) {
  const own = mac ? { ctrlKey: true } : {};
  for (const [key, code] of KEYS) {
    for (const [name, field] of Object.entries(FIELDS)) {
      if (acts(press(field, key, code, own), mac)) found.acted.push(`${key} in ${name}`);
    }
    for (const [name, other] of Object.entries(OTHERS)) {
      const said = acts(press(other, key, code, own), mac);
      if (said === null || !key.endsWith(said)) found.silent.push(`${key} on ${name}`);
      for (const composing of [{ isComposing: true }, { keyCode: 229 }, { isAltGr: true }]) {
        if (acts(press(other, key, code, { ...own, ...composing }), mac)) found.acted.push(`${key} composed`);
      }
    }
  }
}
const page = OTHERS.page;
// Option and C write a letter on a Mac; Alt with the number pad composes one; Ctrl and Alt is AltGr.
for (const [event, mac] of [
  [press(page, "ç", "KeyC"), false], [press(page, "ç", "KeyC"), true], [press(page, "Dead", "KeyN"), true],
  [press(page, "∂", "KeyD"), false], [press(page, "2", "Numpad2"), false], [press(page, "@", "Digit2"), false],
  [press(page, "c", "KeyC", { ctrlKey: true }), false], [press(page, "c", "KeyC", { altKey: false }), false],
]) if (acts(event, mac)) found.acted.push(`${event.key} ${event.code}`);
// By the letter that is printed on the key: Alt and the A of a French keyboard; a letter of another script by its key.
found.layouts = [altLetter(press(page, "a", "KeyQ"), false), altLetter(press(page, "с", "KeyC"), false)];
console.log(JSON.stringify(found));
"""


def test_no_key_of_somebody_who_types_is_a_shortcut() -> None:
    ran = subprocess.run(
        ["node", "--input-type=module"],
        input=MODULE.read_text() + _DOM,
        capture_output=True,
        text=True,
        check=True,
    )
    assert json.loads(ran.stdout) == {"acted": [], "silent": [], "layouts": ["a", "c"]}


@pytest.mark.django_db
def test_a_person_switches_shortcuts_off_for_good(visit: Appointment) -> None:
    client: Any = visit.client  # type: ignore[attr-defined]
    path = begin(visit)
    assert 'data-shortcuts="on"' in client.get(path).content.decode()
    told = client.post(reverse("accounts:shortcuts"), {"to": "off"}, headers={"HX-Request": "true"})
    assert 'data-shortcuts="off"' in told.content.decode()
    assert "are off for you" in client.get(path).content.decode()
    assert User.objects.get(pk=client.member.user_id).has_shortcuts is False
    client.post(reverse("accounts:shortcuts"), {"to": "on"})
    assert 'data-shortcuts="on"' in client.get(path).content.decode()


# Every key of the sheet that does something by itself; the map's and the lists' own keys need their focus there.
READ_TABLE = """
() => [...document.querySelectorAll("#keys dt")].map((dt) =>
    [...dt.querySelectorAll("kbd")].map((kbd) => kbd.textContent))
"""
FIELD_KINDS = [
    "#id_provoked_movement",
    "[data-rows] [name$=-nerve]",
    "[data-rows] [name$=-volume_ml]",
    "#id_before_time",
    "#id_technique",
    "#id_note",
    "[data-quick] input",
    "#search-anywhere",
    "[data-score-cell]",
    "#editable",
]
# Everything that stands on the page but the field itself, where the key may be text, and what counts the saves.
STATE = """
(field) => {
    const own = ["number", "version", field.name];
    const form = document.querySelector("form[data-points]");
    const typed = [...new FormData(form)].filter(([name]) => !own.includes(name));
    const isOpen = document.querySelector("#keys").matches(":popover-open");
    return JSON.stringify([typed, document.documentElement.dataset.privacy ?? "", isOpen, location.pathname]);
}
"""
NAMES = {"↓": "ArrowDown", "↑": "ArrowUp", "←": "ArrowLeft", "→": "ArrowRight", "Ctrl": "Control", "Page Up": "PageUp"}


def chords(page: Page) -> list[str]:
    """Each modifier of a line of the table with each of its keys: Alt+ArrowDown, Alt+ArrowUp."""
    found: list[str] = []
    for line in page.evaluate(READ_TABLE):
        keys = [NAMES.get(key, key) for key in line]
        held = [key for key in keys if key in {"Alt", "Control", "Shift"}]
        plain = [key for key in keys if key not in held]
        if held and len(held) < len(keys):
            found += ["+".join([*held, key.lower() if held == ["Alt"] and len(key) == 1 else key]) for key in plain]
        elif plain in (["?"], ["/"]) or "/" in plain:
            found += plain[:1]
    return [*dict.fromkeys([*found, *(f"Alt+{n}" for n in range(10)), "/", "?", "Shift+P"])]


@pytest.mark.e2e
@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_every_key_of_the_table_in_every_kind_of_field(
    visit: Appointment, open_page: Open, figure: Callable[[str, float], None]
) -> None:
    page = open_page(begin(visit), viewport={"width": 1440, "height": 900})
    page.evaluate(
        """() => {
            const one = Object.assign(document.createElement("div"), { id: "editable", contentEditable: "true" });
            document.querySelector("form[data-points]").append(one);
            for (const details of document.querySelectorAll("form details")) details.open = true;
            // Whoever acts on a key says so to the browser; what it would do of itself (type, undo) is left out here.
            window.acted = [];
            window.ask = (event) => {
                if (event.defaultPrevented) acted.push(`${event.key} in ${event.target.name}`);
                event.preventDefault();
            };
            addEventListener("keydown", ask);
        }"""
    )
    keys = chords(page)
    assert {"Alt+r", "Alt+n", "Alt+c", "Alt+f", "Alt+1", "Alt+ArrowDown", "Control+Enter", "?", "/"} <= set(keys)
    acted = []
    for field in FIELD_KINDS:
        target = page.locator(field).first
        before = target.evaluate(STATE)
        for key in keys:
            target.focus()
            page.keyboard.press(key)
        is_there = target.evaluate("(one) => document.activeElement === one")
        if not is_there or target.evaluate(STATE) != before:
            acted.append(f"a key changes the page from {field}")
    acted += page.evaluate("() => { removeEventListener('keydown', ask); return acted; }")
    figure("shortcuts_while_typing", len(acted))
    assert acted == []

    # Esc leaves the field; then they act, say what they did, and are taken back.
    page.locator("#id_note").focus()
    page.keyboard.press("Escape")
    answered = page.locator("[data-screening] input[type=radio]:checked")
    page.keyboard.press("Alt+n")
    expect(answered).to_have_count(10)
    expect(page.locator("[data-did-words]")).to_contain_text("Nothing to report: Allergy, Infection")
    page.get_by_role("button", name="Undo this").click()
    expect(answered).to_have_count(0)
    ticked = page.locator("[data-time-out] input[type=checkbox]:checked")
    page.keyboard.press("Alt+c")
    expect(ticked).to_have_count(7)
    expect(page.locator("[data-did-words]")).to_have_text("Time-out: 7 items confirmed")
    page.get_by_role("button", name="Undo this").click()
    expect(ticked).to_have_count(0)
    fine = page.locator(".discharge-item input:checked")
    page.keyboard.press("Alt+f")
    expect(fine).to_have_count(3)
    expect(page.locator("[data-did-words]")).to_have_text("Discharge check: all fine, sharps 1 = 1")
    page.get_by_role("button", name="Undo this").click()
    expect(fine).to_have_count(0)
    expect(page.locator("#id_sharps_out")).to_have_value("")

    # Switched off for this person: not even outside of a field.
    page.keyboard.press("?")
    page.get_by_role("button", name="Switch single keys and Alt off").click()
    expect(page.locator("[data-shortcuts=off]")).to_have_count(1)
    page.keyboard.press("Escape")
    page.evaluate("document.activeElement.blur()")
    for key in ("Alt+n", "Alt+c", "Alt+f", "/", "?"):
        page.keyboard.press(key)
    expect(page.locator("#keys")).to_be_hidden()
    assert page.evaluate("document.activeElement.localName") == "body"
    expect(answered).to_have_count(0)
    page.get_by_role("button", name="Save draft").last.click()
    expect(page.get_by_text("The draft is saved.")).to_be_visible()
    assert page.said == []  # type: ignore[attr-defined]
