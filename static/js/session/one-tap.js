// One tap that answers several things at once says what it did, where it can always be seen and is read out, and can be
// taken back. Taking back leaves alone whatever was changed by hand since.

function nameOf(input) {
  return input.type === "checkbox" ? `${input.name}=${input.value}` : input.name;
}

/** What the fields of a part say, by name: a box by its name and value, as two boxes may share a name. */
function photograph(part) {
  const said = new Map();
  for (const input of part.querySelectorAll("input, select, textarea")) {
    if (!input.name) continue;
    const name = nameOf(input);
    if (input.type === "radio") said.set(name, input.checked ? input.value : (said.get(name) ?? ""));
    else said.set(name, input.type === "checkbox" ? String(input.checked) : input.value);
  }
  return said;
}

function write(part, name, value) {
  for (const input of part.querySelectorAll("input, select, textarea")) {
    if (nameOf(input) !== name) continue;
    if (input.type === "radio") input.checked = value !== "" && input.value === value;
    else if (input.type === "checkbox") input.checked = value === "true";
    else input.value = value;
  }
}

export function tellChanged(part) {
  part.dispatchEvent(new Event("input", { bubbles: true }));
  part.dispatchEvent(new Event("change", { bubbles: true }));
}

// Which part of the page the bar speaks of now.
const spoken = new WeakMap();

/** What the bar says of `part` is no longer so: `words` stand there instead, and nothing is left to take back. */
export function overtaken(form, part, words) {
  const region = form.querySelector("[data-did]");
  if (!region || spoken.get(region) !== part) return;
  region.querySelector("[data-take-back]").hidden = true;
  region.querySelector("[data-did-words]").textContent = words;
}

/** Says `words` and offers to take it back with `takeBack()`; the next one takes its place. */
export function did(form, words, takeBack, part = null) {
  const region = form.querySelector("[data-did]");
  if (!region) return;
  spoken.set(region, part);
  const said = region.querySelector("[data-did-words]");
  const button = region.querySelector("[data-take-back]");
  // The same words twice are read twice only where they were gone in between.
  said.textContent = "";
  said.textContent = words;
  button.hidden = false;
  button.onclick = () => {
    takeBack();
    button.hidden = true;
    said.textContent = `${region.dataset.words} ${words}`;
    // The button that had the focus is gone.
    region.focus();
  };
}

/** Does `act()`, which changes fields of `part`, and says so with the words it returns. */
export function oneTap(form, part, act) {
  const before = photograph(part);
  const words = act();
  const after = photograph(part);
  const changed = [...after].filter(([name, value]) => before.has(name) && before.get(name) !== value);
  tellChanged(part);
  const takeBack = () => {
    const now = photograph(part);
    for (const [name, value] of changed) if (now.get(name) === value) write(part, name, before.get(name));
    tellChanged(part);
  };
  did(form, words, takeBack, part);
}
