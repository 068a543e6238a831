// A part of the page that could not be asked anew says so. What stands there belongs to an earlier question, and can
// then not be tapped; or, where the page asks by itself now and then, to an earlier minute.
import { whenBack } from "./offline.js";

const FAILURES = ["htmx:sendError", "htmx:responseError", "htmx:timeout"];

/** Whether the page asked by itself: nobody waits for this answer. */
export const isPoll = (config) => config?.headers?.["X-Poll"] !== undefined;

function notice(sentence) {
  const words = /** @type {HTMLTemplateElement} */ (document.getElementById("offline"));
  const made = /** @type {HTMLElement} */ (words.content.firstElementChild.cloneNode(true));
  made.classList.remove("offline");
  made.classList.add("stale");
  return [made, words.dataset[sentence]];
}

function say(place, before, sentence) {
  const [made, text] = notice(sentence);
  place.insertBefore(made, before);
  made.querySelector(".notice-text").textContent = text;
  return made;
}

export function startStale() {
  if (!document.getElementById("offline")) return;
  /** Target → what stands beside it. */
  const asked = new Map();
  let polled = null;

  const forget = (target) => {
    asked.get(target)?.remove();
    asked.delete(target);
    target.inert = false;
    target.classList.remove("is-stale");
  };
  const fail = (event) => {
    const { target, elt, requestConfig } = event.detail;
    if (!target) return;
    if (isPoll(requestConfig)) {
      const main = document.getElementById("main");
      polled ??= say(main, main.firstChild, "old");
      return;
    }
    if (asked.has(target) || event.detail.xhr?.getResponseHeader?.("HX-Redirect")) return;
    asked.set(target, say(target.parentElement, target, "unasked"));
    target.inert = true;
    target.classList.add("is-stale");
    const { verb, path } = requestConfig;
    whenBack(() => asked.has(target) && elt.isConnected && window.htmx.ajax(verb, path, { source: elt, target }));
  };

  for (const kind of FAILURES) document.addEventListener(kind, fail);
  document.addEventListener("htmx:afterRequest", ({ detail }) => {
    if (!detail.successful) return;
    if (isPoll(detail.requestConfig)) {
      polled?.remove();
      polled = null;
    } else if (asked.has(detail.target)) forget(detail.target);
  });
}
