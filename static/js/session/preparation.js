// The tray: one tap or Alt and a number chooses what the new points are given.
// Points that name something stay.
import { altDigit, isSwitchedOff } from "../typing.js";
import { did } from "./one-tap.js";
import { changePoint, points, together } from "./rows.js";

function cards(part) {
  return [...part.querySelectorAll("[data-tray]")];
}

function given(card) {
  return { solution: card.dataset.solution, lot: card.dataset.lot ?? "", preparation: card.value };
}

function shown(form) {
  return [...form.querySelectorAll("[data-rows] [data-row]:not([hidden])")];
}

// The empty row new ones are made from is given it too; attributes, because a copy takes nothing else along.
function giveEmpty(form, values) {
  const empty = form.querySelector("[data-empty-row]").content;
  for (const [name, value] of Object.entries(values)) {
    for (const option of empty.querySelectorAll(`[name$="-${name}"] option`)) {
      option.toggleAttribute("selected", option.value === value);
    }
  }
}

/** New points are given what is on the tray, and so is every point of its solution that names nothing, whoever made it
 * and whenever. Returns those points as they were. */
function give(form, card) {
  const values = card.value ? given(card) : { preparation: "", lot: "" };
  giveEmpty(form, values);
  return together(form, () => {
    const all = points(form);
    const rows = new Set(all.map((point) => point.row));
    for (const row of shown(form)) {
      if (!rows.has(row)) changePoint(row, values);
    }
    if (!card.value) return [];
    const open = all.filter((point) => !point.preparation && !point.lot && point.solution === values.solution);
    for (const point of open) changePoint(point.row, values);
    return open;
  });
}

// Points that name something else by now keep it.
function takeBack(form, card, former, filled) {
  former.checked = true;
  const values = given(card);
  together(form, () => {
    for (const point of points(form)) {
      const was = filled.find((one) => one.row === point.row);
      const isSame = point.lot === values.lot && point.preparation === values.preparation;
      if (was && isSame) changePoint(was.row, { solution: was.solution, lot: was.lot, preparation: was.preparation });
    }
    give(form, former);
  });
  former.dispatchEvent(new Event("input", { bubbles: true }));
}

/** The points that name another bottle than the one on the tray, or none: what the tray shows is not what they record. */
export function others(all, card) {
  if (!card?.value) return [];
  const isOther = ({ preparation, lot, solution }) => {
    if (preparation) return preparation !== card.value;
    return !lot || (solution === card.dataset.solution && lot !== (card.dataset.lot ?? ""));
  };
  return all.filter(isOther);
}

// Beside the tray for as long as it is so, whoever wrote the points and whenever.
function showOthers(form, part) {
  const notice = part.querySelector("[data-tray-others]");
  const count = others(points(form), cards(part).find((card) => card.checked)).length;
  notice.hidden = count === 0;
  const button = notice.querySelector("button");
  const say = (node, words) => {
    node.textContent = words.replace("__count__", count);
  };
  say(notice.querySelector(".notice-text"), count === 1 ? notice.dataset.one : notice.dataset.many);
  say(button.querySelector("span"), count === 1 ? button.dataset.one : button.dataset.many);
}

function changeOthers(form, part) {
  const card = cards(part).find((one) => one.checked);
  const was = others(points(form), card);
  if (was.length === 0) return;
  const values = given(card);
  together(form, () => was.forEach((point) => changePoint(point.row, values)));
  const words = part.dataset.changed.replace("__count__", was.length).replace("__code__", card.dataset.code);
  did(form, words, () =>
    together(form, () => {
      for (const { row, solution, lot, preparation } of was) {
        const is = points(form).find((point) => point.row === row);
        const isSame = is?.preparation === values.preparation && is.lot === values.lot;
        if (isSame) changePoint(row, { solution, lot, preparation });
      }
    }),
  );
}

function wordsOf(part, card, filled) {
  const label = card.labels[0].querySelector(".tray-head strong").textContent;
  const words = `${part.dataset.words} ${card.dataset.code ?? ""} ${label}`.replace(/ +/g, " ");
  return filled.length > 0 ? `${words}. ${part.dataset.filled.replace("__count__", filled.length)}` : words;
}

function choose(part, card) {
  if (!card || card.disabled || card.checked) return;
  card.checked = true;
  card.dispatchEvent(new Event("change", { bubbles: true }));
}

function onKey(part, event) {
  if (event.defaultPrevented || isSwitchedOff()) return;
  const digit = altDigit(event);
  if (digit === null) return;
  const all = cards(part);
  const card = digit === "0" ? all.at(-1) : all.slice(0, -1)[Number(digit) - 1];
  if (!card) return;
  event.preventDefault();
  choose(part, card);
}

// A row whose preparation is changed gets its solution and lot; a row whose solution is changed lets go of both.
function keepTogether(part, event) {
  const row = event.target.closest?.("[data-row]");
  if (!row) return;
  const card = (value) => cards(part).find((one) => one.value && one.value === value);
  const own = row.querySelector("[name$='-preparation']");
  if (event.target === own) {
    const chosen = card(own.value);
    changePoint(row, chosen ? given(chosen) : { lot: "" });
  } else if (event.target.name.endsWith("-solution") && own?.value) {
    if (card(own.value)?.dataset.solution !== event.target.value) changePoint(row, { preparation: "", lot: "" });
  }
}

export function startPreparation(part) {
  const form = part.closest("form");
  let former = cards(part).find((card) => card.checked);
  part.addEventListener("change", ({ target }) => {
    if (!target.matches("[data-tray]")) return;
    const before = former;
    const filled = give(form, target);
    former = target;
    did(form, wordsOf(part, target, filled), () => {
      takeBack(form, target, before, filled);
      former = before;
    });
  });
  form.addEventListener("change", (event) => keepTogether(part, event));
  for (const kind of ["input", "change", "points-changed"]) form.addEventListener(kind, () => showOthers(form, part));
  part.querySelector("[data-change-others]").addEventListener("click", () => changeOthers(form, part));
  showOthers(form, part);
  document.addEventListener("keydown", (event) => onKey(part, event));
}
