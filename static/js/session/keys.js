// Keys of the session page: Alt and a letter for each one-tap answer and each place to go, so that a session can be
// logged without a pointer. Ctrl+Enter is the page's main button. Works on the page that signs, too.

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

function shownRows() {
  return [...document.querySelectorAll("[data-rows] [data-row]:not([hidden])")];
}

function fieldOf(row, name) {
  return row?.querySelector(`[name$="-${name}"]`);
}

function goTo(field) {
  if (!field) return false;
  field.focus();
  if (field.type === "number" || field.type === "text") field.select();
  return true;
}

// The same field of the next or the previous point.
function step(target, by) {
  const row = target.closest?.("[data-row]");
  if (!row) return false;
  const rows = shownRows();
  return goTo(fieldOf(rows[rows.indexOf(row) + by], target.name.replace(/^points-\d+-/, "")));
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
  if (letter === "r") goTo(fieldOf(shownRows()[0], "volume_ml"));
  return true;
}

function isDone(event) {
  if (event.key === "ArrowDown") return step(event.target, 1);
  if (event.key === "ArrowUp") return step(event.target, -1);
  const letter = /^Key([A-Z])$/.exec(event.code)?.[1]?.toLowerCase();
  if (letter in ACTS) return act(letter);
  if (letter === "w") return goTo(openReason());
  if (letter in PLACES) {
    const all = [...document.querySelectorAll(PLACES[letter])];
    return goTo(all.find((one) => one.checked) ?? all[0]);
  }
  return false;
}

function onKey(event) {
  if (event.defaultPrevented || event.metaKey || event.shiftKey) return;
  if (event.ctrlKey && !event.altKey && event.key === "Enter") {
    document.querySelector(MAIN)?.click();
    event.preventDefault();
  } else if (event.altKey && !event.ctrlKey && isDone(event)) {
    event.preventDefault();
  }
}

export function startKeys() {
  document.addEventListener("keydown", onKey);
  for (const [letter, selector] of Object.entries(ACTS)) {
    document.querySelector(selector)?.setAttribute("aria-keyshortcuts", `Alt+${letter.toUpperCase()}`);
  }
}
