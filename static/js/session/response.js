// The pain before and after: one tap answers and moves on, keys 0 to 9 and t answer, what was said before stays in
// sight, single nerves follow the points. The page works without it.
import { isComposing, isTyping } from "../typing.js";
import { oneTap } from "./one-tap.js";
import { minutesBetween, reliefWords } from "./relief-words.js";
import { points } from "./rows.js";

function scoreOf(key) {
  if (/^[0-9]$/.test(key)) return key;
  return key === "t" || key === "T" ? "10" : null;
}

function boxes(form) {
  return [...form.querySelectorAll("[data-pain]")];
}

function isShown(element) {
  return element.getClientRects().length > 0;
}

function answerOf(box) {
  return box?.querySelector("input[type=radio]:checked")?.value ?? "";
}

function moveOn(form, box) {
  const shown = boxes(form).filter(isShown);
  const next = shown[shown.indexOf(box) + 1];
  // The next question of the same moment; the first one after the injections is not jumped to.
  if (!next || next.dataset.cycle !== box.dataset.cycle) return;
  const input = next.querySelector(".pain-step input:checked") ?? next.querySelector(".pain-step input");
  input.focus({ preventScroll: true });
  next.scrollIntoView({ block: "nearest" });
}

function choose(form, box, score) {
  const input = box.querySelector(`input[type=radio][value="${score}"]`);
  input.checked = true;
  input.dispatchEvent(new Event("input", { bubbles: true }));
  input.dispatchEvent(new Event("change", { bubbles: true }));
  moveOn(form, box);
  if (box.contains(document.activeElement)) input.focus({ preventScroll: true });
}

// What was said to this question before the first cycle (relief is counted from there) and after each one since.
function earlierOf(form, box) {
  const own = boxes(form).filter((one) => one.dataset.question === box.dataset.question);
  const said = own.filter((one) => Number(one.dataset.cycle) < Number(box.dataset.cycle) && answerOf(one) !== "");
  return { said: said.map(answerOf), first: answerOf(own.find((one) => one.dataset.cycle === "0")) };
}

function chips(scores) {
  return scores.flatMap((score, index) => {
    const chip = document.createElement("span");
    chip.className = `nrs nrs-${score}`;
    chip.textContent = score;
    return index === 0 ? [chip] : [" → ", chip];
  });
}

// A time that nobody types is that of the first answer, as the server keeps it.
function askedOf(block) {
  return block?.querySelector("[name$=after_time], [name*=after_time_]")?.value || block?.dataset.askedAt;
}

function injectedOf(block) {
  return block?.querySelector(".injected input[type=time]")?.value;
}

function minutesOf(block) {
  return minutesBetween(injectedOf(block), askedOf(block));
}

// The last injection of a cycle came after the first one of all, and after those of the cycles before.
function atMostOf(form, block) {
  const part = form.querySelector("[data-response]");
  const all = [...form.querySelectorAll("[data-cycle-block]")];
  const first = document.getElementById(part.dataset.first)?.value || part.dataset.since;
  const known = [first, ...all.slice(0, Math.max(0, all.indexOf(block))).map(injectedOf)];
  const since = known.map((at) => minutesBetween(at, askedOf(block))).filter((minutes) => minutes !== null);
  return since.length === 0 ? null : Math.min(...since);
}

// When the first of these answers was tapped, where the page noted it: it may have been opened again since.
function tappedAt(form, inputs, clock) {
  const acts = JSON.parse(form.querySelector("[data-acts]")?.value || "{}");
  const taps = inputs.map((input) => acts[input.name]).filter(Boolean);
  return taps.length === 0 ? clock() : clock(Math.min(...taps) - Number(form.dataset.served));
}

function noteAsked(form, clock) {
  for (const block of form.querySelectorAll("[data-cycle-block]")) {
    const told = [...block.querySelectorAll("[data-pain] input:checked")].filter((input) => input.value !== "");
    if (told.length === 0) delete block.dataset.askedAt;
    else block.dataset.askedAt ??= tappedAt(form, told, clock);
  }
}

function paint(element, score) {
  element.className = element.className.replace(/ ?nrs-\d+/g, "");
  if (score !== "") element.classList.add(`nrs-${score}`);
}

function showEarlier(form, table) {
  for (const box of boxes(form)) {
    const line = box.querySelector("[data-earlier]");
    if (!line) continue;
    const { said, first } = earlierOf(form, box);
    line.hidden = said.length === 0;
    line.querySelector("[data-earlier-scores]").replaceChildren(...chips(said));
    const block = box.closest("[data-cycle-block]");
    const words = reliefWords(table, first, answerOf(box), minutesOf(block), atMostOf(form, block));
    line.querySelector("[data-relief]").textContent = words;
  }
  for (const block of form.querySelectorAll("[data-cycle-block]")) showMinutes(block);
}

function showMinutes(block) {
  const line = block.querySelector("[data-minutes]");
  line.dataset.words ??= line.textContent;
  const minutes = minutesOf(block);
  line.hidden = minutes === null || minutes < 0;
  line.textContent = line.dataset.words.replace("__minutes__", minutes);
}

function startBoxes(form) {
  form.addEventListener("click", (event) => {
    // A click made by the arrow keys has no detail: who walks through the answers has not answered yet.
    if (event.detail === 0 || !event.target.matches("[data-pain] .pain-step input")) return;
    moveOn(form, event.target.closest("[data-pain]"));
  });
  form.addEventListener("keydown", (event) => {
    const box = event.target.closest("[data-pain]");
    const score = scoreOf(event.key);
    if (!box || score === null || isTyping(event) || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    choose(form, box, score);
  });
}

// Single nerves ---------------------------------------------------------------------------------------------------

function nervesOf(form) {
  const found = new Map();
  for (const point of points(form)) {
    if (!point.nerveCode || !point.side) continue;
    const side = point.row.querySelector(`[name$="-side"][value="${point.side}"]`);
    const said = side?.labels[0]?.textContent.trim() ?? point.side;
    found.set(`${point.nerveCode}-${point.side}`, `${point.nerve.replace(/^[A-Z]+\d+\s*/, "")}, ${said}`);
  }
  return found;
}

function followPoints(form) {
  const wanted = nervesOf(form);
  for (const list of form.querySelectorAll("[data-nerves]")) {
    const body = list.querySelector("[data-nerve-rows]");
    for (const row of [...body.children]) {
      const isEmpty = [...row.querySelectorAll("input")].every((input) => input.value === "");
      if (!wanted.has(row.dataset.nerve) && isEmpty) row.remove();
    }
    for (const [key, place] of wanted) {
      if (![...body.children].some((row) => row.dataset.nerve === key)) body.append(nerveRow(list, key, place));
    }
    list.querySelector("table").hidden = body.children.length === 0;
    list.querySelector("[data-no-nerves]").hidden = body.children.length > 0;
  }
}

function nerveRow(list, key, place) {
  const row = list.querySelector("[data-blank-nerve]").content.firstElementChild.cloneNode(true);
  row.dataset.nerve = key;
  row.querySelector("th").textContent = place;
  for (const input of row.querySelectorAll("input")) {
    input.name = input.name.replace("__key__", key);
    input.id = input.id.replace("__key__", key);
    input.setAttribute("aria-label", input.getAttribute("aria-label").replace("__place__", place));
  }
  return row;
}

// One row of eleven buttons serves every cell ---------------------------------------------------------------------

function startCells(form, pad) {
  const cells = () => [...form.querySelectorAll("[data-score-cell]")].filter(isShown);
  let current = null;

  function answer(score) {
    const cell = current;
    cell.value = score;
    cell.dispatchEvent(new Event("input", { bubbles: true }));
    cell.dispatchEvent(new Event("change", { bubbles: true }));
    const all = cells();
    const next = all[all.indexOf(cell) + 1];
    const isNear = next && next.closest("details") === cell.closest("details");
    (isNear ? next : cell).focus({ preventScroll: true });
  }

  form.addEventListener("focusin", (event) => {
    if (pad.contains(event.target)) return;
    const cell = event.target.closest("[data-score-cell]");
    current = cell;
    pad.hidden = cell === null;
    if (cell === null) return;
    cell.inputMode = "none";
    (cell.closest("table") ?? cell.closest(".fields")).after(pad);
    pad.setAttribute("aria-label", cell.getAttribute("aria-label") ?? cell.labels[0]?.textContent ?? "");
  });
  // The cell keeps the focus, so that the tap lands where the pad was drawn.
  pad.addEventListener("pointerdown", (event) => event.preventDefault());
  pad.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (button && current) answer(button.value);
  });
  form.addEventListener("keydown", (event) => {
    const score = scoreOf(event.key);
    if (!event.target.matches("[data-score-cell]") || score === null || isComposing(event)) return;
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    answer(score);
  });
}

function paintCells(form) {
  for (const cell of form.querySelectorAll("[data-score-cell]")) paint(cell, /^(\d|10)$/.test(cell.value) ? cell.value : "");
}

// The wall clock of the clinic, whatever the device says: now, or so long after the page was served.
function clockOf(part) {
  const [server, here] = [Date.parse(part.dataset.clock), Date.now()];
  return (after = Date.now() - here) => new Date(server + after).toISOString().slice(11, 16);
}

function startNow(form, clock) {
  form.addEventListener("click", (event) => {
    const button = event.target.closest("button[data-now]");
    if (!button) return;
    const input = document.getElementById(button.dataset.now);
    oneTap(form, input.parentElement, () => {
      input.value = clock();
      return `${button.dataset.words ?? button.textContent.trim()} ${input.value}`;
    });
    const box = button.closest("[data-cycle-block]")?.querySelector("[data-pain]");
    if (!box) return;
    box.querySelector(".pain-step input").focus({ preventScroll: true });
    box.scrollIntoView({ block: "nearest" });
  });
}

export function startResponse(form) {
  const part = form.querySelector("[data-response]");
  if (!part) return;
  const table = JSON.parse(document.getElementById("relief-table").textContent);
  const clock = clockOf(part);
  const show = () => {
    noteAsked(form, clock);
    showEarlier(form, table);
    paintCells(form);
  };
  startBoxes(form);
  startCells(form, part.querySelector("[data-pad]"));
  startNow(form, clock);
  form.addEventListener("points-changed", () => followPoints(form));
  form.addEventListener("change", show);
  form.addEventListener("draft-saved", ({ detail }) => {
    part.dataset.since = detail.since ?? part.dataset.since;
    show();
  });
  for (const again of form.querySelectorAll("[data-again]")) {
    again.addEventListener("toggle", () => {
      if (again.open) again.querySelector("[data-pain]").scrollIntoView({ block: "nearest" });
    });
  }
  followPoints(form);
  show();
}
