// The safety gate: the time-out at one tap, and the findings that follow the typing. The server decides; this only puts
// its answer in place, and leaves alone whatever somebody is typing in.
import { oneTap, overtaken } from "./one-tap.js";

function confirmAll(form, part, button) {
  oneTap(form, part, () => {
    for (const box of part.querySelectorAll("input[type=checkbox]:not(:disabled)")) box.checked = true;
    return button.dataset.words;
  });
}

// A finding that stays keeps its row, and with it the reason that is being given.
function followFindings(gate, fresh) {
  const known = new Map([...gate.children].map((row) => [row.dataset.key, row]));
  const rows = [...fresh.children].map((row) => known.get(row.dataset.key) ?? row);
  rows.forEach((row, index) => {
    if (gate.children[index] !== row) gate.insertBefore(row, gate.children[index] ?? null);
  });
  while (gate.children.length > rows.length) gate.lastElementChild.remove();
  gate.hidden = rows.length === 0;
  gate.parentElement.querySelector("[data-gate-kept]").hidden = rows.length > 0;
}

// The same card, saved since: whether it is confirmed is the server's to say, the ticks are left as they are.
export function followConfirmed(part, fresh) {
  for (const name of ["[data-fallen]", "[data-confirmed]"]) {
    const [old, now] = [part.querySelector(name), fresh.querySelector(name)];
    if (old.textContent.trim() !== now.textContent.trim()) old.replaceChildren(...now.childNodes);
  }
}

// Another card than the one that was ticked: the bar must not go on saying that it is confirmed.
function followTimeOut(form, part, fresh) {
  const shown = (root) => ["fingerprint", "said", "closed"].map((name) => root.querySelector(`[data-${name}]`).value).join();
  if (shown(part) === shown(fresh)) return followConfirmed(part, fresh);
  const ticks = (root) => root.querySelectorAll("input[type=checkbox]:checked").length;
  const lost = ticks(fresh) < ticks(part);
  part.replaceChildren(fresh);
  if (lost) overtaken(form, part, part.dataset.overtaken);
  return undefined;
}

// What was written to the register meanwhile stands in the banner too.
function followBanner(fresh) {
  const banner = document.querySelector(".patient-banner");
  const flags = (root) => [...root.querySelectorAll(".banner-flags li")].map((one) => one.textContent).join();
  const now = fresh.querySelector(".patient-banner");
  if (banner && now && flags(banner) !== flags(now)) banner.replaceChildren(...now.childNodes);
}

function followRisks(part, fresh) {
  const shown = (root) => [...root.querySelectorAll("[data-risks]")].map((one) => one.value).join(";");
  if (shown(part) !== shown(fresh)) part.replaceChildren(fresh);
}

// Where the consent no longer covers what is typed, the words to read together are there at once.
function followConsents(form, part, fresh) {
  const words = form.querySelector("[data-consent-words]");
  if (words) words.hidden = fresh.querySelector("[data-asked]").dataset.asked !== "yes";
  if (part.textContent !== fresh.textContent) part.replaceChildren(fresh);
}

function takeIn(form, totals) {
  const gate = form.querySelector("[data-gate]");
  const part = form.querySelector("[data-time-out]");
  const risks = form.querySelector("[data-consent-risks]");
  const consents = form.querySelector("[data-consents]");
  for (const template of totals.querySelectorAll("template[data-live]")) {
    const fresh = template.content.cloneNode(true);
    if (template.dataset.live === "gate" && gate) followFindings(gate, fresh);
    if (template.dataset.live === "time-out" && part) followTimeOut(form, part, fresh);
    if (template.dataset.live === "risks" && risks) followRisks(risks, fresh);
    if (template.dataset.live === "consents" && consents) followConsents(form, consents, fresh);
    if (template.dataset.live === "banner") followBanner(fresh);
    template.remove();
  }
}

function jump(form, link) {
  const rows = [...form.querySelectorAll("[data-row]:not([hidden])")];
  const field = rows[Number(link.dataset.point) - 1]?.querySelector("input:not([type=hidden])");
  field?.focus();
  return Boolean(field);
}

export function startSafety(form) {
  const totals = form.querySelector("#totals");
  form.addEventListener("click", (event) => {
    const button = event.target.closest("[data-all-confirmed]");
    if (button) confirmAll(form, button.closest("[data-time-out]"), button);
    const link = event.target.closest("a[data-point]");
    if (link && jump(form, link)) event.preventDefault();
  });
  totals?.addEventListener("htmx:afterSwap", () => takeIn(form, totals));
}
