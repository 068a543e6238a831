// Keys of the session page: Alt and a letter for each one-tap answer and each place to go, so that a session can be
// logged without a pointer. Ctrl+Enter is the page's main button. Works on the page that signs, too. None of them acts
// while somebody types (typing.js): Esc leaves a field.
import { altArrow, altLetter, fieldOf, isComposing, isSwitchedOff, isTyping } from "../typing.js";

const ACTS = {
  r: "[data-repeat-all]",
  n: "[data-nothing-to-report]",
  c: "[data-all-confirmed]",
  f: "[data-all-fine]",
};
const PLACES = {
  b: '[data-pain][data-cycle="0"] .pain-step input',
  p: '[data-pain][data-cycle="1"] .pain-step input',
  q: "[data-quick] input",
  m: "[data-map-nerves]",
};
const MAIN = ".sticky-actions .btn-primary";
const BY = { ArrowDown: 1, ArrowUp: -1 };

// The field of a point that was left last: the arrows go on from there.
let left = null;

function shownRows() {
  return [...document.querySelectorAll("[data-rows] [data-row]:not([hidden])")];
}

function ofRow(row, name) {
  return row?.querySelector(`[name$="-${name}"]`);
}

function goTo(field) {
  if (!field) return false;
  field.focus();
  if (field.type === "number" || field.type === "text") field.select();
  return true;
}

// The same field of the next or the previous point.
function step(field, by) {
  const row = field?.closest?.("[data-row]");
  if (!row) return false;
  const rows = shownRows();
  return goTo(ofRow(rows[rows.indexOf(row) + by], field.name?.replace(/^points-\d+-/, "") ?? "volume_ml"));
}

// The first warning that nobody has given a reason for.
function openReason() {
  const open = [...document.querySelectorAll(".gate-reason")].find((one) => !one.querySelector("input:checked"));
  return open?.querySelector("input[type=radio]");
}

function act(letter) {
  const button = document.querySelector(ACTS[letter]);
  if (!button || button.disabled) return false;
  button.click();
  // What was repeated is there to be changed: its first volume, ready for arrow keys or digits.
  if (letter === "r") goTo(ofRow(shownRows()[0], "volume_ml"));
  return true;
}

function isDone(event) {
  const arrow = altArrow(event);
  if (arrow) return step(event.target.closest?.("[data-row]") ? event.target : left, BY[arrow]);
  const letter = altLetter(event);
  if (letter in ACTS) return act(letter);
  if (letter === "w") return goTo(openReason());
  if (letter in PLACES) {
    const all = [...document.querySelectorAll(PLACES[letter])];
    return goTo(all.find((one) => one.checked) ?? all[0]);
  }
  return false;
}

// Enter ends a number of a point, as in a table: on to the same number of the next one, and never away from the page.
function endsNumber(event) {
  const { target } = event;
  if (event.key !== "Enter" || isComposing(event) || target.type !== "number" || !target.closest("[data-row]")) return false;
  if (event.ctrlKey || event.altKey || event.metaKey || event.shiftKey) return false;
  step(target, 1);
  return true;
}

function isMain(event) {
  if (event.key !== "Enter" || !event.ctrlKey || event.altKey || event.metaKey || event.shiftKey) return false;
  return !isTyping(event);
}

function onKey(event) {
  if (event.defaultPrevented) return;
  if (endsNumber(event)) {
    event.preventDefault();
  } else if (isMain(event)) {
    document.querySelector(MAIN)?.click();
    event.preventDefault();
  } else if (!isSwitchedOff() && isDone(event)) {
    event.preventDefault();
  }
}

export function startKeys() {
  document.addEventListener("keydown", onKey);
  document.addEventListener("focusout", ({ target }) => {
    if (fieldOf(target) && target.closest("[data-row]")) left = target;
  });
  for (const [letter, selector] of Object.entries(ACTS)) {
    document.querySelector(selector)?.setAttribute("aria-keyshortcuts", `Alt+${letter.toUpperCase()}`);
  }
}
