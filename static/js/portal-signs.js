// A danger sign is answered before the network is: the words stand in the page already, and say honestly whether the
// clinic knows. Without this script the form is sent as any other and the answer is a page.
import { release } from "./busy.js";
import { tell } from "./offline.js";
import { hold, send, sendNow } from "./portal-waiting.js";

const section = () => document.getElementById("emergency");

function show(state, again) {
  const ready = section();
  const telling = ready.querySelector("[data-telling]");
  ready.classList.add("is-shown");
  telling.hidden = false;
  telling.textContent = telling.dataset[state];
  const button = ready.querySelector("[data-again]");
  button.hidden = !again;
  button.querySelector("button").onclick = again;
  ready.scrollIntoView({ block: "start" });
  ready.focus({ preventScroll: true });
}

async function tellSign(form, button) {
  const isEmergency = button.dataset.emergency !== undefined;
  if (isEmergency) show("sending");
  const state = await sendNow(form, button);
  if (state !== "told") show(state, () => tellSign(form, button));
  else if (isEmergency) show("told");
  release(form);
}

/** Without a connection: an answer to the clinic's questions waits in the page; words may be serious, so help stands beside. */
export function holds(form, button) {
  if (form.dataset.later === undefined) return false;
  hold(form, button);
  if (form.dataset.signs !== undefined && !button?.name) show("waits", send);
  else tell(form, "waits");
  return true;
}

export function startSigns() {
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || !form.matches("form[data-signs]") || event.submitter?.name !== "sign") return;
    event.preventDefault();
    tellSign(form, event.submitter);
  });
}
