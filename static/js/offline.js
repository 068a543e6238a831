// Without a connection a form does not leave: the browser would put a page of its own in the place of what was typed.
// The page says that nothing is sent yet, and when it can be sent again.

const ALIVE = "/healthz";
const LOOK_EVERY_MS = 5000;
const PATIENCE_MS = 4000;
const NARROW_PX = 240;

/** What becomes of a form that somebody sends: it leaves, it stays (behind what waits already too), or the server is asked first. */
export function fate({ isOnline, isDoubted, isWaiting }) {
  if (!isOnline || isWaiting) return "stays";
  return isDoubted ? "asks" : "leaves";
}

/** Whether the server answers now. */
export async function isReached(ask = fetch) {
  try {
    const how = { method: "HEAD", credentials: "omit", cache: "no-store", signal: AbortSignal.timeout(PATIENCE_MS) };
    return (await ask(ALIVE, /** @type {RequestInit} */ (how))).ok;
  } catch {
    return false;
  }
}

const awaiting = new Set();
let timer = 0;
let isLooking = false;

async function look() {
  if (isLooking || awaiting.size === 0 || !navigator.onLine) return;
  isLooking = true;
  const isBack = await isReached();
  isLooking = false;
  if (!isBack) return;
  const acts = [...awaiting];
  awaiting.clear();
  clearInterval(timer);
  timer = 0;
  for (const act of acts) act();
}

/** Calls `act` once, as soon as the server answers again. */
export function whenBack(act) {
  awaiting.add(act);
  timer ||= setInterval(look, LOOK_EVERY_MS);
}

/** Says a sentence of the template beside the form, or on top of the page where the form is but a button in a row. */
export function tell(form, sentence, values = {}) {
  const words = /** @type {HTMLTemplateElement} */ (document.getElementById("offline"));
  document.querySelector(".offline")?.remove();
  const notice = /** @type {HTMLElement} */ (words.content.firstElementChild.cloneNode(true));
  const text = words.dataset[sentence].replace(/\{(\w+)\}/g, (_all, name) => values[name]);
  if (form && form.offsetWidth >= NARROW_PX) form.append(notice);
  else {
    notice.classList.add("offline-page");
    document.getElementById("main").prepend(notice);
  }
  // The words come after their place, so that they are read out.
  notice.querySelector(".notice-text").textContent = text;
  notice.scrollIntoView({ block: "nearest" });
}

/** `holds(form, button)` is true for a form that is sent by itself later; `isWaiting()` while one does. */
export function startOffline({ holds = (_form, _button) => false, isWaiting = () => false } = {}) {
  const passed = new WeakSet();
  const asked = new WeakSet();
  let isDoubted = false;

  const stay = (form, button) => {
    if (holds(form, button)) return;
    tell(form, "stays");
    whenBack(() => tell(form, "back"));
  };
  const ask = async (form, button) => {
    if (asked.has(form)) return;
    asked.add(form);
    isDoubted = !(await isReached());
    asked.delete(form);
    if (isDoubted) return void stay(form, button);
    passed.add(form);
    form.requestSubmit(button);
  };

  addEventListener("online", look);
  document.addEventListener("htmx:sendError", () => {
    isDoubted = true;
  });
  // Before every other listener: a form that stays was not sent, for none of them.
  document.addEventListener("submit", (event) => {
    const { target: form, submitter: button } = event;
    if (form.method === "dialog" || button?.name === "sign" || passed.delete(form)) return;
    const what = fate({ isOnline: navigator.onLine, isDoubted, isWaiting: isWaiting() });
    if (what === "leaves") return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (what === "stays") stay(form, button);
    else ask(form, button);
  }, true);
}
