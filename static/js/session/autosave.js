// Every change is a draft at the server within two seconds. What cannot be sent waits in this browser (waiting.js) and
// is sent again until it arrives. The words on the screen always say where the work is.
import { drop, dropOld, put, take } from "./waiting.js";

const KEEP_MS = 150;
const QUIET_MS = 800;
const AT_MOST_MS = 1800;
const AGAIN_MS = [1000, 2000, 4000, 8000, 15_000, 30_000];
const KEEPALIVE_BYTES = 60_000;
// On what waits here, where it was typed without a connection; it is no field of the page.
const OFFLINE = "typed-offline";

/** Beside each field that could not be saved, why: until it can. */
function showWrong(form, wrong) {
  for (const old of form.querySelectorAll("[data-wrong]")) old.remove();
  for (const { field, words } of wrong) {
    const place = document.getElementById(field);
    // The page drawn with it says it already.
    if (!place || !form.contains(place) || document.getElementById(`${field}_error`)) continue;
    const said = document.createElement("p");
    said.className = "errorlist";
    said.dataset.wrong = "";
    said.textContent = words;
    (place.closest(".stepper") ?? place).before(said);
  }
}

/** No way to the server: it did not answer at all, or not in time. */
export function isOffline(problem) {
  return problem instanceof TypeError || problem?.name === "TimeoutError";
}

/** Whether the draft, or what is kept beside it, is not what a page of this version shows. */
export function isNewer(answer, version) {
  return !answer.is_old || String(answer.stands) !== String(version);
}

class Autosave {
  constructor(form) {
    this.form = form;
    this.url = form.dataset.autosave;
    this.name = `${this.url} ${form.dataset.member}`;
    this.words = document.getElementById("saved");
    this.trouble = document.getElementById("saved-trouble");
    this.waiting = new Set(); // the fields that changed since they were last sent
    this.onTheWay = new Set(); // those of which an answer is awaited
    this.tries = 0;
    // A conflict, a signature: the person decides, and nothing leaves this page by itself.
    this.isStopped = this.field("conflict").value !== "";
    this.wasOffline = false;
    this.isLeaving = false;
    this.isGone = false;
    this.sending = null;
    // The page saves by itself: no question when it is left.
    form.removeAttribute("data-keep");
    for (const kind of ["input", "change", "points-changed"]) form.addEventListener(kind, (event) => this.changed(event));
    form.addEventListener("submit", (event) => this.onSubmit(event));
    addEventListener("pagehide", () => {
      this.isGone = true;
      this.leave();
    });
    addEventListener("pageshow", () => {
      if (this.isGone && this.count > 0) this.send(); // drawn again as it was left
      this.isGone = false;
    });
    document.addEventListener("visibilitychange", () => document.visibilityState === "hidden" && this.leave());
    addEventListener("online", () => this.count > 0 && this.send());
    addEventListener("beforeunload", (event) => {
      if (this.tries > 0 && this.count > 0 && !this.isLeaving) event.preventDefault();
    });
    if (this.isStopped) this.say("local");
    this.writing = this.bringBack(); // what waits here is read before anything is written over it
  }

  get count() {
    return new Set([...this.waiting, ...this.onTheWay]).size;
  }

  field(name) {
    return this.form.querySelector(`input[type=hidden][name="${name}"]`);
  }

  body() {
    const number = this.field("number");
    number.value = String(Number(number.value || 0) + 1);
    return new URLSearchParams(new FormData(this.form));
  }

  changed(event) {
    if (this.isLeaving) return;
    this.waiting.add(event.target.name || "points");
    if (this.tries > 0 || this.isStopped) this.keepHere();
    if (this.isStopped) return;
    if (this.tries > 0) return this.showTrouble();
    // A battery that dies before the send: the text is in this browser already.
    clearTimeout(this.keeping);
    this.keeping = setTimeout(() => this.keepHere(), KEEP_MS);
    clearTimeout(this.timer);
    this.since ??= Date.now();
    const left = Math.max(0, AT_MOST_MS - (Date.now() - this.since));
    this.timer = setTimeout(() => this.send(), Math.min(QUIET_MS, left));
    return undefined;
  }

  send() {
    if (this.sending) return this.sending;
    this.sending = this.sendNow().finally(() => {
      this.sending = null;
      if (this.waiting.size > 0 && this.tries === 0 && !this.isStopped && !this.isLeaving) this.send();
    });
    return this.sending;
  }

  async sendNow() {
    clearTimeout(this.timer);
    this.since = undefined;
    this.onTheWay = this.waiting;
    this.waiting = new Set();
    const body = this.body();
    if (this.tries === 0) this.say("saving");
    let answer;
    try {
      answer = await this.post(body);
    } catch (problem) {
      this.wasOffline ||= isOffline(problem);
      this.failed(body);
      return;
    }
    this.onTheWay = new Set();
    this.arrived(answer);
  }

  // An answer from the server ends the trouble, whichever way the text went.
  arrived(answer) {
    this.tries = 0;
    this.wasOffline = false;
    this.trouble.hidden = true;
    if (this.count === 0) this.dropHere();
    this.heed(answer);
  }

  async post(body, query = "") {
    const headers = { "X-CSRFToken": body.get("csrfmiddlewaretoken") };
    // A try that nobody typed for is no use of the page: it must not keep the sign-in alive.
    if (this.tries > 0) headers["X-Poll"] = "autosave";
    const response = await fetch(this.url + query, { method: "POST", body, headers, redirect: "manual", signal: AbortSignal.timeout(10_000) });
    this.isSignedOut = response.type === "opaqueredirect" || response.status === 403;
    if (!response.ok && response.status !== 409) throw new Error(String(response.status));
    return response.json();
  }

  heed(answer) {
    if (answer.version) this.field("version").value = answer.version;
    if (answer.opened) this.field("opened").value = answer.opened;
    if (answer.state === "saved" || answer.state === "kept") {
      const wrong = answer.wrong ?? [];
      this.say(wrong.length > 0 && answer.state === "saved" ? "part" : answer.state, answer.saved_at, wrong);
      showWrong(this.form, wrong);
      if (answer.theirs) this.tell(answer.theirs, "show");
      this.form.dispatchEvent(new CustomEvent("draft-saved", { detail: answer }));
      return;
    }
    this.isStopped = true;
    this.say("local");
    this.tell(answer.words, "look");
  }

  failed(body) {
    const wait = AGAIN_MS[Math.min(this.tries, AGAIN_MS.length - 1)];
    this.tries += 1;
    this.waiting = new Set([...this.waiting, ...this.onTheWay]);
    this.onTheWay = new Set();
    this.say("local");
    this.showTrouble();
    this.keepHere(body);
    setTimeout(() => this.count > 0 && this.send(), wait);
  }

  keepHere(body = this.body()) {
    const typed = new URLSearchParams(body);
    typed.delete("csrfmiddlewaretoken");
    if (this.wasOffline || !navigator.onLine) typed.set(OFFLINE, "1");
    // One write after the other, so that the last text is the one that stays.
    this.writing = (this.writing ?? Promise.resolve()).then(() => put(this.name, typed.toString())).catch(() => {});
    return this.writing;
  }

  // A page that is drawn while the save of a closing one is on its way has the old text: what waits here stays then,
  // so that it asks, hears that this was saved, and is drawn again.
  dropHere() {
    clearTimeout(this.keeping);
    if (this.isGone || document.visibilityState === "hidden") return;
    this.writing = (this.writing ?? Promise.resolve()).then(() => drop(this.name)).catch(() => {});
  }

  async bringBack() {
    await dropOld().catch(() => {});
    const text = await take(this.name).catch(() => null);
    if (!text) return;
    const body = new URLSearchParams(text);
    if (body.get("page") === this.field("page").value) return; // this very page wrote it
    const wasOffline = body.has(OFFLINE);
    body.delete(OFFLINE);
    body.set("csrfmiddlewaretoken", this.field("csrfmiddlewaretoken").value);
    let answer;
    try {
      answer = await this.post(body, wasOffline ? "?restored" : "");
    } catch {
      return; // still no way to the server: it goes on waiting
    }
    await drop(this.name);
    if (!isNewer(answer, this.field("version").value)) return;
    if (this.count > 0) return; // somebody types here already: their save is put together with it, field by field
    this.isLeaving = true;
    location.replace(location.pathname);
  }

  // Typed and not answered for when the page goes: sent on its way without waiting.
  leave() {
    if (this.isLeaving || this.isStopped || this.count === 0) return;
    const covered = [...this.waiting];
    const body = this.body();
    this.keepHere(body);
    if (body.toString().length < KEEPALIVE_BYTES) {
      const headers = { "X-CSRFToken": body.get("csrfmiddlewaretoken") };
      fetch(this.url, { method: "POST", body, headers, keepalive: true })
        .then((response) => response.ok && response.json())
        .then((answer) => {
          if (!answer) return;
          for (const name of covered) this.waiting.delete(name);
          this.arrived(answer);
        })
        .catch(() => {});
    } else navigator.sendBeacon(this.url, body);
  }

  // A save that is on its way is waited for: the page must not be a conflict to itself.
  onSubmit(event) {
    if (event.defaultPrevented) return;
    if (this.sending && !this.hasWaited) {
      event.preventDefault();
      event.stopImmediatePropagation();
      this.hasWaited = true;
      delete this.form.dataset.sending;
      clearTimeout(this.timer);
      this.sending.then(() => this.form.requestSubmit(event.submitter));
      return;
    }
    if (this.tries > 0) {
      // No way to the server: sending the page would only lose it.
      event.preventDefault();
      event.stopImmediatePropagation();
      delete this.form.dataset.sending;
      this.showTrouble();
      this.send();
      return;
    }
    this.isLeaving = true;
    const number = this.field("number");
    number.value = String(Number(number.value || 0) + 1);
    clearTimeout(this.timer);
  }

  say(state, time = "", wrong = []) {
    const why = wrong.map((one) => `${one.label}: ${one.words}`).join(" ");
    this.words.textContent = `${this.words.dataset[state].replace("%s", time)} ${why}`.trim();
    this.words.dataset.state = state;
  }

  showTrouble() {
    const words = this.trouble.querySelector(".notice-text").dataset;
    const count = this.count === 1 ? words.offlineOne : words.offlineMany.replace("%s", this.count);
    this.tell(this.isSignedOut ? words.signedOut : count);
  }

  tell(sentence, act = "") {
    const place = this.trouble.querySelector(".notice-text");
    if (place.textContent !== sentence) place.textContent = sentence;
    this.trouble.querySelector("[data-look]").hidden = act !== "look";
    this.trouble.querySelector("[data-show]").hidden = act !== "show";
    this.trouble.hidden = false;
  }
}

export function startAutosave(form) {
  return new Autosave(form);
}
