// The tray: one tap or Alt and a number chooses what the new points are given. Points that name something stay.
import { changePoint, points, together } from "./rows.js";

function cards(part) {
  return [...part.querySelectorAll("[data-tray]")];
}

function given(card) {
  return { solution: card.dataset.solution, lot: card.dataset.lot ?? "", preparation: card.value };
}

function begun(form) {
  return new Set(points(form).map((point) => point.row));
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

function give(form, card) {
  giveEmpty(form, card.value ? given(card) : { preparation: "", lot: "" });
  together(form, () => {
    const rows = begun(form);
    for (const row of shown(form)) {
      if (!rows.has(row)) changePoint(row, card.value ? given(card) : { preparation: "", lot: "" });
    }
    if (!card.value) return;
    for (const point of points(form)) {
      const names = point.preparation || point.lot;
      if (!names && point.solution === card.dataset.solution) changePoint(point.row, given(card));
    }
  });
}

function say(part, card) {
  const said = part.querySelector("[data-tray-said]");
  const label = card.labels[0].querySelector(".tray-head strong").textContent;
  said.textContent = `${said.dataset.words} ${card.dataset.code ?? ""} ${label}`.replace(/ +/g, " ");
}

function choose(part, card) {
  if (!card || card.disabled || card.checked) return;
  card.checked = true;
  card.dispatchEvent(new Event("change", { bubbles: true }));
}

function onKey(part, event) {
  if (!event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
  const digit = /^(?:Digit|Numpad)(\d)$/.exec(event.code)?.[1];
  if (digit === undefined) return;
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
  part.addEventListener("change", (event) => {
    if (!event.target.matches("[data-tray]")) return;
    give(form, event.target);
    say(part, event.target);
  });
  form.addEventListener("change", (event) => keepTogether(part, event));
  document.addEventListener("keydown", (event) => onKey(part, event));
}
