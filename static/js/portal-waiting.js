// What a patient answered without a connection waits in this page. It is sent by itself, once, when the signal is back;
// the page that comes then says when that was. The server takes the same answer twice for one.
import { letGo } from "./form-keep.js";
import { tell, whenBack } from "./offline.js";

const SENT = "sent-at";

export const isSign = (button) => button?.name === "sign";

/** Of each form the last answer; a danger sign is never replaced, neither by another nor by less. */
export class Waiting {
  #all = [];

  get size() {
    return this.#all.length;
  }

  add(form, button) {
    const kept = this.#all.filter((one) => one.form !== form || (isSign(one.button) && one.button !== button));
    const isLess = !isSign(button) && kept.some((one) => one.form === form);
    this.#all = isLess ? kept : [...kept, { form, button }];
  }

  /** Hands out each answer once. */
  take() {
    return this.#all.splice(0);
  }
}

/** Sends all in turn. What does not arrive waits again. The page that comes next, or the answer that was refused. */
export async function sendAll(waiting, post) {
  const all = waiting.take();
  const waitAgain = (from) => {
    for (const one of all.slice(from)) waiting.add(one.form, one.button);
  };
  let page = "";
  let hasSign = false;
  for (const [index, one] of all.entries()) {
    const answer = await post(one.form, one.button).catch(() => null);
    if (answer === null || answer.status >= 500) {
      waitAgain(index);
      return { page: "", refused: null };
    }
    if (!answer.ok) {
      waitAgain(index + 1);
      return { page: "", refused: one };
    }
    if (!hasSign) page = isSign(one.button) ? one.form.dataset.signs : answer.url;
    hasSign ||= isSign(one.button);
  }
  return { page, refused: null };
}

function post(form, button) {
  const body = new FormData(form);
  if (button?.name) body.set(button.name, button.value);
  return fetch(form.action, { method: "POST", body, keepalive: true });
}

const waiting = new Waiting();
let sending = null;
let isLate = false;

async function run() {
  let told;
  do told = await sendAll(waiting, post);
  while (told.page && waiting.size > 0);
  if (told.page) {
    if (isLate) sessionStorage.setItem(SENT, new Date().toISOString());
    letGo();
    location.assign(told.page);
    return "told";
  }
  if (waiting.size > 0) later();
  if (!told.refused) return "waits";
  // The page of the server says why.
  if (!isSign(told.refused.button)) told.refused.form.requestSubmit(told.refused.button);
  return "failed";
}

function later() {
  isLate = true;
  whenBack(send);
}

/** Sends what waits: "told", or "waits" for the signal, or "failed" where the server refused it. */
export function send() {
  sending ??= run().finally(() => {
    sending = null;
  });
  return sending;
}

/** Sends this answer now, and later if it does not arrive. */
export function sendNow(form, button) {
  waiting.add(form, button);
  return send();
}

/** Keeps this answer until the signal is back. */
export function hold(form, button) {
  waiting.add(form, button);
  for (const one of form.querySelectorAll("button[aria-pressed]")) one.removeAttribute("aria-pressed");
  if (button?.name) button.setAttribute("aria-pressed", "true");
  later();
}

export const isWaiting = () => waiting.size > 0;

export function startWaiting() {
  addEventListener("beforeunload", (event) => {
    if (isWaiting()) event.preventDefault();
  });
  const at = sessionStorage.getItem(SENT);
  if (!at) return;
  sessionStorage.removeItem(SENT);
  const time = new Date(at).toLocaleTimeString(document.documentElement.lang, { hour: "numeric", minute: "2-digit" });
  tell(null, "sent", { time });
}
