// Which cycle a new point belongs to: the last one that is open. Until a second one is, the rows say nothing of it.
import { points, setCycle } from "./rows.js";

function lastOpen(form) {
  const open = [...form.querySelectorAll("[data-again]")].filter((again) => again.open);
  return Math.max(1, ...open.map((again) => Number(again.querySelector("[data-cycle-block]").dataset.cycleBlock)));
}

function show(form) {
  const isAsked = form.dataset.cycle || points(form).some((point) => point.cycle);
  for (const cell of form.querySelectorAll("[data-row-cycle]")) cell.hidden = !isAsked;
}

export function startCycles(form) {
  const follow = () => {
    const cycle = lastOpen(form);
    setCycle(form, cycle > 1 ? String(cycle) : "");
    show(form);
  };
  for (const again of form.querySelectorAll("[data-again]")) again.addEventListener("toggle", follow);
  form.addEventListener("points-changed", () => show(form));
  follow();
}
