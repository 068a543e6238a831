// "Repeat last": the last session's points wait as suggestions; taking one makes an ordinary row through rows.js.
// A suggestion never carries a lot: that is what stands on today's tray, or nothing until it is chosen (preparation.js).
// Which are taken is read off the rows each time, so that undo, a reload and another hand on the map all agree.
import { did } from "./one-tap.js";
import { addPoint, points, removePoint, together } from "./rows.js";

function valuesOf(ghost) {
  return JSON.parse(ghost.dataset.values);
}

function keyOf(values) {
  return `${values.nerve}|${values.side}`;
}

/** Each row on the page uses up one suggestion of its nerve and side: the rows, by the suggestion they answer. */
function taken(form, ghosts) {
  const rows = new Map();
  for (const point of points(form)) {
    const key = keyOf(point);
    rows.set(key, [...(rows.get(key) ?? []), point.row]);
  }
  return new Map(ghosts.map((ghost) => [ghost, rows.get(keyOf(valuesOf(ghost)))?.shift()]));
}

// What is on the tray may have changed since the page was drawn: the empty row knows.
function onTray(form) {
  const empty = form.querySelector("[data-empty-row]").content;
  const value = (name) => empty.querySelector(`[name$="-${name}"]`)?.value ?? "";
  return { solution: value("solution"), lot: value("lot"), preparation: value("preparation") };
}

function take(form, ghost) {
  const values = valuesOf(ghost);
  const tray = onTray(form);
  const nothing = { lot: "", preparation: "" };
  const fresh = tray.preparation && tray.solution === values.solution ? tray : nothing;
  // Only what the suggestion says and what is on the tray: nothing is taken over from the row above.
  return addPoint(form, { ...values, ...fresh }, { same: [] });
}

function goTo(row) {
  const volume = row.querySelector('[name$="-volume_ml"]');
  volume.focus();
  volume.select();
}

export function startRepeat(part) {
  const form = part.closest("form");
  const all = part.querySelector("[data-repeat-all]");
  const ghosts = [...part.querySelectorAll("[data-values]")];

  function show() {
    // Another course's card has taken its place.
    if (!part.isConnected) return;
    const rows = taken(form, ghosts);
    const left = ghosts.filter((ghost) => !rows.get(ghost));
    for (const ghost of ghosts) {
      ghost.toggleAttribute("data-used", Boolean(rows.get(ghost)));
      ghost.querySelector("[data-repeat-state]").textContent = rows.get(ghost) ? ghost.dataset.usedWords : "";
    }
    if (all) {
      all.disabled = left.length === 0;
      all.querySelector("[data-repeat-left]").textContent = left.length;
    }
    // The nerve map draws what waits as ghosts.
    const detail = { points: left.map((ghost) => ({ ...valuesOf(ghost), take: () => take(form, ghost) })) };
    form.dispatchEvent(new CustomEvent("points-suggested", { detail }));
  }

  // What was written, not what was offered: which bottle the new rows name, and how many name none.
  function bottlesOf(rows) {
    const own = points(form).filter((point) => rows.includes(point.row));
    const withOne = own.filter((point) => point.preparation || point.lot).length;
    const code = form.querySelector("[data-tray]:checked")?.dataset.code ?? "";
    const from = part.dataset.from.replace("__code__", code);
    if (withOne === 0) return part.dataset.without;
    if (withOne === own.length) return from;
    return `${withOne} ${from}, ${own.length - withOne} ${part.dataset.without}`;
  }

  // Rows that are gone by now stay gone.
  function made(said, rows) {
    const words = `${said}, ${bottlesOf(rows)}`;
    const takeBack = () => together(form, () => rows.filter((row) => !row.hidden).forEach(removePoint));
    did(form, words, takeBack);
  }

  part.addEventListener("click", (event) => {
    const ghost = event.target.closest("[data-values]");
    if (!ghost && !event.target.closest("[data-repeat-all]")) return;
    event.preventDefault();
    const rows = taken(form, ghosts);
    if (ghost && rows.get(ghost)) {
      goTo(rows.get(ghost));
    } else if (ghost) {
      const row = take(form, ghost);
      made(`${part.dataset.one} ${ghost.querySelector(".ghost-words").firstChild.textContent.trim()}`, [row]);
    } else {
      const left = ghosts.filter((one) => !rows.get(one));
      const fresh = together(form, () => left.map((one) => take(form, one)));
      made(`${left.length} ${part.dataset.all}`, fresh);
    }
  });
  form.addEventListener("points-changed", show);
  show();
}
