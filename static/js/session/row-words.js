// What a closed row still says in words: its depth, solution, lot and preparation, as they are chosen.

const SHOWN = ["cycle", "point_type", "depth", "depth_mm", "solution", "lot", "preparation"];

function wordsOf(row) {
  const words = [];
  for (const name of SHOWN) {
    const input = row.querySelector(`[name$="-${name}"]`);
    if (!input?.value) continue;
    if (input.tagName === "SELECT") words.push(input.selectedOptions[0].textContent.trim());
    else if (name === "depth_mm") words.push(`${input.value} mm`);
  }
  const nowhere = row.querySelector('[name$="-lot"]');
  const mixed = row.querySelector('[name$="-preparation"]');
  if (nowhere && !nowhere.value && !mixed?.value) words.push(nowhere.options[0].textContent.trim());
  return words.join(" · ");
}

function tell(form) {
  for (const row of form.querySelectorAll("[data-row]")) {
    const place = row.querySelector("[data-row-words]");
    const words = wordsOf(row);
    if (place && words) place.textContent = words;
  }
}

export function startRowWords(form) {
  tell(form);
  form.addEventListener("points-changed", () => tell(form));
  form.addEventListener("change", () => tell(form));
}
