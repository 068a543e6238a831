// A row's lot and solution go together where no preparation says both: the bottle in the hand tells what is in it.
import { changePoint } from "./rows.js";

function keepTogether({ target }) {
  const row = target.closest?.("[data-row]");
  if (!row || row.querySelector("[name$='-preparation']")?.value) return;
  const lot = row.querySelector("[name$='-lot']");
  const solution = row.querySelector("[name$='-solution']");
  const held = lot.selectedOptions[0]?.dataset.solution;
  if (!held || held === solution.value) return;
  if (target === lot) changePoint(row, { solution: held });
  else if (target === solution) changePoint(row, { lot: "" });
}

export function startLots(form) {
  form.addEventListener("change", keepTogether);
}
