"""Scripts of the session page by themselves: the tray's "change the points too", and the clock of what was tapped."""

import json
import re
import subprocess
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parents[2] / "static/js/session"


def run(module: str, script: str) -> Any:
    """What ``script`` prints, beside the module without what it imports."""
    source = re.sub(r"^import .*$", "", (FOLDER / module).read_text(), flags=re.M)
    command = ["node", "--input-type=module"]
    ran = subprocess.run(command, input=source + script, capture_output=True, text=True, check=True)
    return json.loads(ran.stdout)


# A form of points, its tray and its bar, as far as the module asks of them.
_TRAY = """
class Node extends EventTarget {
  constructor(more = {}) { super(); Object.assign(this, { dataset: {}, textContent: "", hidden: true, ...more }); }
  querySelector(selector) { return this.parts?.[selector] ?? null; }
  querySelectorAll(selector) { return this.lists?.[selector] ?? []; }
}
const rows = [
  { preparation: "", lot: "", solution: "d5w" }, { preparation: "", lot: "", solution: "d475" },
  { preparation: "A", lot: "L1", solution: "d5w" }, { preparation: "B", lot: "L2", solution: "d475" },
];
const points = () => rows.map((row) => ({ ...row, row }));
const changePoint = (row, values) => Object.assign(row, values);
let steps = 0;
const together = (form, act) => {
  steps += 1;
  const made = act();
  form.dispatchEvent(new Event("points-changed"));
  return made;
};
let bar = null;
const did = (form, words, takeBack) => { bar = { words, takeBack }; };
globalThis.document = new EventTarget();

const onPage = ["B", ""].map((value) => new Node({ value, checked: value === "B", disabled: false,
  dataset: { solution: value && "d475", lot: value && "L2", code: value && "3011-5" } }));
const text = new Node();
const span = new Node();
const words = (one, many) => ({ one, many });
const button = new Node({ dataset: words("Change one too", "Change the __count__ too"), parts: { span } });
const notice = new Node({ dataset: words("1 point", "__count__ points"), parts: { ".notice-text": text, button } });
const form = new Node({ parts: {} });
const part = new Node({ dataset: { changed: "__count__ points are changed to __code__ too" }, closest: () => form,
  parts: { "[data-tray-others]": notice, "[data-change-others]": button }, lists: { "[data-tray]": onPage } });
const seen = () => (notice.hidden ? null : [text.textContent, span.textContent]);
const kept = () => rows.map((row) => [row.solution, row.lot, row.preparation].join(" "));

startPreparation(part);
const said = { opened: [seen(), kept()] };
button.dispatchEvent(new Event("click"));
said.changed = [seen(), kept(), bar.words, steps];
rows[1].lot = "L9";  // by hand since
bar.takeBack();
said.undone = [seen(), kept(), steps];
console.log(JSON.stringify(said));
"""


def test_one_tap_gives_the_points_what_stands_on_the_tray_and_is_taken_back() -> None:
    """With a tray that stood chosen as the page came: nobody has to tap it for the page to say so."""
    before = ["d5w  ", "d475  ", "d5w L1 A", "d475 L2 B"]
    said = run("preparation.js", _TRAY)
    assert said["opened"] == [["3 points", "Change the 3 too"], before]
    assert said["changed"] == [None, ["d475 L2 B"] * 4, "3 points are changed to 3011-5 too", 1]
    # One step; what was changed by hand since stays.
    assert said["undone"] == [["2 points", "Change the 2 too"], [before[0], "d475 L9 B", *before[2:]], 2]


# A device whose clock goes wrong by `off`, a page served at SERVED, and what it notes of its taps.
_CLOCK = """
const SERVED = Date.UTC(2026, 2, 2, 10, 0);
const MINUTE = 60000;
let real = SERVED;
let off = 0;
Date.now = () => real + off;
const tap = (form, name, kind = "change") => {
  const event = new Event(kind);
  Object.defineProperty(event, "target", { value: { name, closest: () => null } });
  form.dispatchEvent(event);
};
const open = (deviceOff, kept = "") => {
  real = SERVED;
  off = deviceOff * MINUTE;
  const form = new EventTarget();
  const field = { value: kept };
  form.dataset = { served: String(SERVED) };
  form.querySelector = () => field;
  startActs(form);
  return { form, minutes: () => Object.fromEntries(
    Object.entries(JSON.parse(field.value || "{}")).map(([name, at]) => [name, (at - SERVED) / MINUTE])) };
};
const found = {};
for (const wrong of [-1440, -7, 0, 7, 1440]) {
  const page = open(wrong);
  real = SERVED + 5 * MINUTE;
  tap(page.form, "rest_before");
  found[wrong] = page.minutes();
}
// The device's clock is set right while the page is open: the next save tells the server's time again.
const page = open(60);
off = 0;
real = SERVED + 10 * MINUTE;
page.form.dispatchEvent(new CustomEvent("draft-saved", { detail: { now: real } }));
real = SERVED + 12 * MINUTE;
tap(page.form, "response-rest_after_2", "input");
page.form.dispatchEvent(new CustomEvent("draft-saved", { detail: {} }));
real = SERVED + 13 * MINUTE;
tap(page.form, "after_time");
tap(page.form, "note");
found.corrected = page.minutes();
// What was noted before the page came back is kept; a second tap of one answer is the one that counts.
const again = open(0, JSON.stringify({ rest_before: SERVED - 4 * MINUTE, rest_after: SERVED - MINUTE }));
real = SERVED + 2 * MINUTE;
tap(again.form, "rest_after");
found.again = again.minutes();
console.log(JSON.stringify(found));
"""


def test_a_tap_has_the_servers_time_however_wrong_the_device_is() -> None:
    said = run("acts.js", _CLOCK)
    assert [said[wrong] for wrong in ("-1440", "-7", "0", "7", "1440")] == [{"rest_before": 5}] * 5
    assert said["corrected"] == {"response-rest_after_2": 12, "after_time": 13}
    assert said["again"] == {"rest_before": -4, "rest_after": 2}
