// The session page: add and remove rows, answer the safety questions at once. The page works without it.

const SAME_AS_ABOVE = ["nerve", "point_type", "depth", "solution", "lot", "volume_ml"];

function nameOf(input) {
  return input.name.replace(/^points-\d+-/, "");
}

function copyFrom(row, above) {
  for (const input of row.querySelectorAll("input, select")) {
    const name = nameOf(input);
    if (!SAME_AS_ABOVE.includes(name)) continue;
    const source = above.querySelector(`[name$="-${name}"]`);
    if (source) input.value = source.value;
  }
  const side = above.querySelector('[name$="-side"]:checked');
  if (side) {
    const same = row.querySelector(`[name$="-side"][value="${side.value}"]`);
    if (same) same.checked = true;
  }
}

function isBlank(row) {
  return !row.querySelector('[name$="-nerve"]').value && !row.querySelector('[name$="-side"]:checked');
}

function changed(form) {
  form.dispatchEvent(new CustomEvent("points-changed", { bubbles: false }));
}

function renumber(rows) {
  const shown = [...rows.querySelectorAll("[data-row]:not([hidden])")];
  shown.forEach((row, index) => {
    row.querySelector("[data-number]").textContent = index + 1;
  });
}

function addRow(form) {
  const rows = form.querySelector("[data-rows]");
  const shown = [...rows.querySelectorAll("[data-row]:not([hidden])")];
  const blank = shown.find(isBlank);
  const above = shown.filter((row) => !isBlank(row)).at(-1);
  let row = blank;
  if (!row) {
    const total = form.querySelector('[name="points-TOTAL_FORMS"]');
    const template = form.querySelector("[data-empty-row]");
    const holder = document.createElement("div");
    holder.append(template.content.cloneNode(true));
    holder.innerHTML = holder.innerHTML.replaceAll("__prefix__", total.value);
    row = holder.firstElementChild;
    rows.append(row);
    total.value = Number(total.value) + 1;
  }
  if (above && isBlank(row)) copyFrom(row, above);
  renumber(rows);
  row.querySelector('[name$="-nerve"]').focus();
  changed(form);
}

function startPoints(form) {
  form.querySelector("[data-add-row]").addEventListener("click", () => addRow(form));
  form.addEventListener("change", (event) => {
    if (!event.target.matches('[name$="-DELETE"]') || !event.target.checked) return;
    event.target.closest("[data-row]").hidden = true;
    renumber(form.querySelector("[data-rows]"));
    form.querySelector("[data-add-row]").focus();
  });
}

function startScreening(part) {
  part.querySelector("[data-nothing-to-report]").addEventListener("click", () => {
    for (const question of part.querySelectorAll("[data-fine]")) {
      if (question.querySelector("input[type=radio]:checked")) continue;
      question.querySelector(`input[value="${question.dataset.fine}"]`).checked = true;
    }
    part.dispatchEvent(new Event("input", { bubbles: true }));
  });
}

for (const form of document.querySelectorAll("form[data-points]")) startPoints(form);
for (const part of document.querySelectorAll("[data-screening]")) startScreening(part);
