// The observation: a clock that follows the server's time through reloads, words when it is over, one tap for all fine.
import { oneTap } from "./one-tap.js";

function textOf(seconds) {
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}

// Nothing is said twice, so that a screen reader is not told the same again.
function say(watch, words) {
  const line = watch.querySelector("[data-watch-says]");
  if (line.textContent.trim() === words) return;
  watch.querySelector("[data-watch-notice]").hidden = false;
  line.textContent = words;
}

function startWatch(watch) {
  const ahead = Number(watch.dataset.now) - Date.now() / 1000;
  const left = watch.querySelector("[data-left]");
  const minutes = watch.querySelector("[name$=observation_minutes]");
  const planned = (Number(watch.dataset.ends) - Number(watch.dataset.began)) / 60;
  let hasAsked = false;

  function tick() {
    const now = Date.now() / 1000 + ahead;
    const ends = Number(watch.dataset.began) + 60 * (Number(minutes.value) || planned);
    left.textContent = textOf(Math.max(0, Math.ceil(ends - now)));
    if (now >= ends) say(watch, watch.dataset.overWords);
    else if (now >= Number(watch.dataset.askAgain) && !hasAsked) {
      hasAsked = true;
      say(watch, watch.dataset.askWords);
    }
    left.classList.toggle("is-over", now >= ends);
  }

  tick();
  setInterval(tick, 1000);
}

function startSteppers(form) {
  form.addEventListener("click", (event) => {
    const button = event.target.closest("[data-step]");
    if (!button) return;
    const input = button.closest(".stepper").querySelector("input");
    const low = Number(input.min) || 0;
    const high = Number(input.max) || Infinity;
    input.value = Math.min(high, Math.max(low, (Number(input.value) || 0) + Number(button.dataset.step)));
    input.dispatchEvent(new Event("input", { bubbles: true }));
    input.dispatchEvent(new Event("change", { bubbles: true }));
  });
}

// What one tap confirms is written on the button before it is tapped.
function startAllFine(form, part) {
  const [out, back] = ["sharps_out", "sharps_in"].map((name) => form.querySelector(`[name=${name}]`));
  const button = part.querySelector("[data-all-fine]");
  const count = part.querySelector("[data-all-fine-sharps]");

  function counts() {
    const opened = out.value || back.value || "1";
    return { opened, disposed: back.value || opened };
  }

  function show() {
    const { opened, disposed } = counts();
    const words = count.dataset.words.replace("__out__", opened).replace("__in__", disposed);
    count.textContent = opened === disposed ? words : words.replace("=", "≠");
  }

  button.addEventListener("click", () => {
    oneTap(form, part, () => {
      const { opened, disposed } = counts();
      for (const radio of part.querySelectorAll(".discharge-item input[value=yes]")) radio.checked = true;
      out.value = opened;
      back.value = disposed;
      show();
      return `${button.dataset.words} ${count.textContent}`;
    });
  });
  form.addEventListener("input", show);
  form.addEventListener("change", show);
  show();
}

function startAskAgain(form, part) {
  part.querySelector("[data-ask-again-now]")?.addEventListener("click", () => {
    const shown = [...form.querySelectorAll("[data-observed]")].filter((one) => one.getClientRects().length > 0);
    const last = shown.at(-1);
    last.open = true;
    last.querySelector("[data-score-cell]").focus({ preventScroll: true });
    last.scrollIntoView({ block: "nearest" });
  });
}

export function startObservation(form) {
  const part = form.querySelector("#observation");
  if (!part) return;
  for (const watch of part.querySelectorAll("[data-watch]")) startWatch(watch);
  startSteppers(form);
  startAllFine(form, part.querySelector("[data-discharge]"));
  startAskAgain(form, part);
}
