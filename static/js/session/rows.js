// The rows of the points: the one module that reads and writes them. Whoever changes a row does it here, so that every
// change can be undone, is numbered, and is told to the form as "points-changed".
import { isTyping } from "../typing.js";

const BLANK = new Set(["nerve", "side"]);
// What the "Add a point" button takes over from the row above, and what a point takes over that does not say it.
const SAME_AS_ABOVE = ["nerve", "side", "point_type", "depth", "solution", "lot", "preparation", "volume_ml"];
const UNSAID = ["volume_ml", "solution", "lot", "preparation"];
const OTHER_NAMES = { volume: "volume_ml" };
const AT_MOST_UNDONE = 200;

const histories = new WeakMap();

function nameOf(input) {
  return input.name.replace(/^points-\d+-/, "");
}

function inputs(row) {
  return [...row.querySelectorAll("[name^='points-']")];
}

function inputsNamed(row, name) {
  return inputs(row).filter((input) => nameOf(input) === name);
}

/** Every field of a row by its name; a side that is not chosen is "". */
function read(row) {
  const values = {};
  for (const input of inputs(row)) {
    const name = nameOf(input);
    if (input.type === "radio") values[name] = input.checked ? input.value : (values[name] ?? "");
    else if (input.type === "checkbox") values[name] = input.checked ? "on" : "";
    else values[name] = input.value;
  }
  return values;
}

function write(row, values) {
  for (const [given, value] of Object.entries(values)) {
    const text = value === null || value === undefined ? "" : String(value);
    for (const input of inputsNamed(row, OTHER_NAMES[given] ?? given)) {
      if (input.type === "radio") input.checked = input.value === text;
      else if (input.type === "checkbox") input.checked = text !== "";
      else input.value = text;
    }
  }
  row.hidden = inputsNamed(row, "DELETE")[0]?.checked ?? false;
}

function box(form) {
  return form.querySelector("[data-rows]");
}

function allRows(form) {
  return [...box(form).querySelectorAll("[data-row]")];
}

function shownRows(form) {
  return allRows(form).filter((row) => !row.hidden);
}

function isBlank(row) {
  const values = read(row);
  return [...BLANK].every((name) => !values[name]);
}

/** The points that were begun, in their order: what the map, the totals and the legend show. */
export function points(form) {
  return shownRows(form)
    .filter((row) => !isBlank(row))
    .map((row, index) => {
      const values = read(row);
      const code = /^[A-Z]+\d+/.exec(values.nerve)?.[0] ?? "";
      return { ...values, row, number: index + 1, nerveCode: code, volume: values.volume_ml };
    });
}

function newRow(form) {
  const total = form.querySelector('[name="points-TOTAL_FORMS"]');
  const holder = document.createElement("div");
  holder.append(form.querySelector("[data-empty-row]").content.cloneNode(true));
  holder.innerHTML = holder.innerHTML.replaceAll("__prefix__", total.value);
  const row = holder.firstElementChild;
  box(form).append(row);
  total.value = Number(total.value) + 1;
  return row;
}

function rowToFill(form) {
  return shownRows(form).find(isBlank) ?? newRow(form);
}

function above(form) {
  return shownRows(form).filter((row) => !isBlank(row)).at(-1);
}

function taken(form, names) {
  const last = above(form);
  if (!last) return {};
  return Object.fromEntries(Object.entries(read(last)).filter(([name]) => names.includes(name)));
}

function renumber(form) {
  shownRows(form).forEach((row, index) => {
    row.querySelector("[data-number]").textContent = index + 1;
  });
}

// The history holds the rows as they were; a row that was not there yet comes back as a removed one.
function history(form) {
  if (!histories.has(form)) histories.set(form, { now: photograph(form), undo: [], redo: [], depth: 0 });
  return histories.get(form);
}

function photograph(form) {
  return allRows(form).map((row) => [row, read(row)]);
}

function isSame(before, after) {
  return JSON.stringify(before.map((entry) => entry[1])) === JSON.stringify(after.map((entry) => entry[1]));
}

function restore(form, picture) {
  const known = new Map(picture);
  for (const row of allRows(form)) write(row, known.get(row) ?? { DELETE: "on" });
}

function tell(form) {
  renumber(form);
  const past = history(form);
  for (const button of form.querySelectorAll("[data-undo]")) button.disabled = past.undo.length === 0;
  for (const button of form.querySelectorAll("[data-redo]")) button.disabled = past.redo.length === 0;
  form.dispatchEvent(new CustomEvent("points-changed", { bubbles: false }));
}

function remember(form) {
  const past = history(form);
  if (past.depth > 0) return;
  const now = photograph(form);
  if (isSame(past.now, now)) return;
  past.undo.push(past.now);
  if (past.undo.length > AT_MOST_UNDONE) past.undo.shift();
  past.redo = [];
  past.now = now;
  tell(form);
}

/** Several changes that are one step for whoever undoes them, and one "points-changed". */
export function together(form, act) {
  const past = history(form);
  past.depth += 1;
  try {
    return act();
  } finally {
    past.depth -= 1;
    remember(form);
  }
}

// What the preparation on the tray gives a new point, unless the point says something else itself.
function onTray(form, values) {
  const card = form.querySelector("[data-tray]:checked");
  if (!card?.value || values.preparation || values.lot) return {};
  if (values.solution && values.solution !== card.dataset.solution) return {};
  return { solution: card.dataset.solution, lot: card.dataset.lot ?? "", preparation: card.value };
}

/** A new point. Volume, solution and lot that are not said are those of the row above. Returns its row. */
export function addPoint(form, values, { same = UNSAID } = {}) {
  return together(form, () => {
    const carried = taken(form, same);
    // A lot holds one solution: with another solution the lot above does not fit.
    if ("solution" in values && !("lot" in values)) delete carried.lot;
    if ("solution" in values || "lot" in values) delete carried.preparation;
    const row = rowToFill(form);
    write(row, { cycle: form.dataset.cycle ?? "", ...carried, ...values, ...onTray(form, values) });
    return row;
  });
}

/** What is injected from now on belongs to this cycle ("" is the first); the rows not yet begun say so at once. */
export function setCycle(form, cycle) {
  form.dataset.cycle = cycle;
  for (const row of shownRows(form).filter(isBlank)) write(row, { cycle });
  const past = history(form);
  if (past.depth === 0) past.now = photograph(form);
}

export function changePoint(row, values) {
  together(row.closest("form"), () => write(row, values));
}

export function removePoint(row) {
  changePoint(row, { DELETE: "on" });
}

function step(form, from, to) {
  const past = history(form);
  if (past[from].length === 0) return false;
  past[to].push(past.now);
  restore(form, past[from].pop());
  past.now = photograph(form);
  tell(form);
  return true;
}

/** Each says whether there was something to take back or to do again. */
export function undo(form) {
  return step(form, "undo", "redo");
}

export function redo(form) {
  return step(form, "redo", "undo");
}

function onKey(event) {
  if (!(event.ctrlKey || event.metaKey) || event.altKey || isTyping(event)) return;
  const form = event.currentTarget;
  const key = event.key.toLowerCase();
  const isDone = key === "z" ? (event.shiftKey ? redo(form) : undo(form)) : key === "y" && redo(form);
  if (isDone) event.preventDefault();
}

function onChange(event) {
  const row = event.target.closest("[data-row]");
  if (!row) return;
  const form = event.currentTarget;
  if (nameOf(event.target) === "DELETE") {
    row.hidden = event.target.checked;
    form.querySelector("[data-add-row]").focus();
  }
  remember(form);
}

/** Wires the page: typed changes, "Add a point", and any [data-undo] and [data-redo] button in the form. */
export function startRows(form) {
  history(form);
  form.addEventListener("change", onChange);
  form.addEventListener("keydown", onKey);
  form.addEventListener("click", (event) => {
    if (event.target.closest("[data-undo]")) undo(form);
    else if (event.target.closest("[data-redo]")) redo(form);
    else if (event.target.closest("[data-add-row]")) {
      addPoint(form, {}, { same: SAME_AS_ABOVE }).querySelector('[name$="-nerve"]').focus();
    }
  });
}
