// Before an idle sign-out: a warning, and a way to stay. Typing counts as use. What was typed into a form waits,
// encrypted, in this browser, and is back on the page for whoever typed it once they signed in again.
import { changedForms, letGo } from "./form-keep.js";
import { drop, put, take } from "./session/waiting.js";

const LOOK_EVERY_MS = 5000;
const TYPING_COUNTS_EVERY_MS = 60000;
const NOT_KEPT = /^(csrfmiddlewaretoken|once|version)$/;

const place = (body) => `form:${body.dataset.member}:${location.pathname}${location.search}`;
// What the page showed when it was typed goes with the text: whoever saved in between is not written over (SeenForm).
const SEEN = "seen";
const isText = (field) => !NOT_KEPT.test(field.name) && !/^(hidden|password|file|submit|button)$/.test(field.type);
const kept = (field) => field.name && (field.name === SEEN || isText(field));

/** What stands in the forms that were changed: [which of the page's forms, name, value or ticked]. */
export function typedIn(forms, all) {
  return forms.flatMap((form) => [...form.elements].filter(kept).map((field) => {
    const isTick = field.type === "checkbox" || field.type === "radio";
    return [all.indexOf(form), field.name, field.value, isTick ? field.checked : null];
  }));
}

/** Puts it back; says whether anything was. */
export function putBack(typed, all) {
  let some = false;
  for (const [number, name, value, isTicked] of typed) {
    const fields = [...(all[number]?.elements ?? [])].filter((field) => field.name === name && kept(field));
    const field = isTicked === null ? fields[0] : fields.find((one) => one.value === value);
    if (!field || (isTicked === null ? field.value === value : field.checked === isTicked)) continue;
    if (isTicked === null) field.value = value;
    else field.checked = isTicked;
    if (name === SEEN) continue;
    field.dispatchEvent(new Event("input", { bubbles: true }));
    some = true;
  }
  return some;
}

const forms = () => [...document.querySelectorAll("form[data-keep]")];

async function keep(body) {
  const typed = typedIn(changedForms(), forms());
  if (typed.length > 0) await put(place(body), JSON.stringify(typed)).catch(() => {});
  letGo();
}

/** What was sent after the sign-in had ended, as the server kept it: [name, values]. Says whether any was put back. */
export function putBackSent(fields, form) {
  let some = false;
  for (const [name, values] of fields) {
    const own = [...(form?.elements ?? [])].filter((field) => field.name === name && isText(field));
    const ticks = own.filter((field) => field.type === "checkbox" || field.type === "radio");
    const rest = [...values];
    for (const field of own) {
      const isTick = ticks.includes(field);
      if (isTick && field.checked !== values.includes(field.value)) field.checked = !field.checked;
      else if (!isTick && rest.length > 0 && field.value !== rest[0]) field.value = rest.shift();
      else continue;
      field.dispatchEvent(new Event("input", { bubbles: true }));
      some = true;
    }
  }
  return some;
}

function restoreSent() {
  const sent = document.getElementById("late-typing");
  if (!sent) return;
  const { action, fields } = JSON.parse(sent.textContent);
  const named = (form) => fields.filter(([name]) => form.elements.namedItem(name)).length;
  const form = [...document.forms]
    .filter((one) => one.method === "post" && new URL(one.action, location.href).pathname === action)
    .sort((one, other) => named(other) - named(one))[0];
  if (putBackSent(fields, form)) document.getElementById("typed-back").hidden = false;
}

async function restore(body) {
  const text = await take(place(body)).catch(() => null);
  if (!text) return;
  await drop(place(body)).catch(() => {});
  if (putBack(JSON.parse(text), forms())) document.getElementById("typed-back").hidden = false;
}

export function startIdle() {
  const { body } = document;
  const dialog = /** @type {HTMLDialogElement | null} */ (document.getElementById("idle"));
  if (!dialog) return;
  const limit = Number(dialog.dataset.seconds) * 1000;
  const notice = Number(dialog.dataset.notice) * 1000;
  const left = dialog.querySelector("[data-seconds-left]");
  let endsAt = Date.now() + limit;
  let saidAt = Date.now();
  let isAsking = false;

  const leave = async (url) => {
    await keep(body);
    location.assign(url);
  };
  const ask = async (method) => {
    if (isAsking) return;
    isAsking = true;
    try {
      const headers = { "HX-Request": "true", "HX-Current-URL": location.href };
      if (method === "GET") headers["X-Poll"] = "idle";
      else headers["X-CSRFToken"] = JSON.parse(body.getAttribute("hx-headers") ?? "{}")["X-CSRFToken"];
      const answer = await fetch(dialog.dataset.url, { method, headers });
      const elsewhere = answer.headers.get("HX-Redirect");
      if (elsewhere) return void leave(elsewhere);
      if (answer.ok) endsAt = Date.now() + (await answer.json()).seconds * 1000;
    } catch {
      // Without the network nobody is signed out by this page; the next look asks again.
    } finally {
      isAsking = false;
    }
  };
  const say = () => {
    saidAt = Date.now();
    return ask("POST");
  };
  const look = async () => {
    if (Date.now() > endsAt - notice) await ask("GET");
    const seconds = Math.ceil((endsAt - Date.now()) / 1000);
    const isNear = seconds * 1000 < notice;
    left.textContent = String(Math.max(seconds, 0));
    if (isNear && !dialog.open) dialog.showModal();
    if (!isNear && dialog.open) dialog.close();
  };

  addEventListener("input", () => {
    if (Date.now() - saidAt > TYPING_COUNTS_EVERY_MS) say();
  });
  document.addEventListener("htmx:afterRequest", (event) => {
    if (event.detail.successful && !event.detail.requestConfig.headers["X-Poll"]) endsAt = Date.now() + limit;
  });
  // A part of the page learns first that the sign-in has ended: keep what was typed, then go.
  document.addEventListener("htmx:beforeOnLoad", (event) => {
    const elsewhere = event.detail.xhr.getResponseHeader("HX-Redirect");
    if (!elsewhere?.startsWith(dialog.dataset.signIn)) return;
    event.preventDefault();
    leave(elsewhere);
  });
  dialog.addEventListener("cancel", () => {
    dialog.returnValue = "stay"; // somebody pressed Escape, and so is here
  });
  dialog.addEventListener("close", () => {
    if (dialog.returnValue === "stay") say().then(look);
    dialog.returnValue = "";
  });
  addEventListener("visibilitychange", look);
  setInterval(look, LOOK_EVERY_MS);
  restoreSent();
  restore(body);
}
