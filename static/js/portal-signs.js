// A danger sign is answered before the network is: the words stand in the page already, and say honestly whether the
// clinic knows. Without this script the form is sent as any other and the answer is a page.
import { release } from "./busy.js";

const section = () => document.getElementById("emergency");

function show(state) {
  const ready = section();
  const telling = ready.querySelector("[data-telling]");
  ready.classList.add("is-shown");
  telling.hidden = false;
  telling.textContent = telling.dataset[state];
  ready.querySelector("[data-again]").hidden = state !== "failed";
  ready.scrollIntoView({ block: "start" });
  ready.focus({ preventScroll: true });
}

async function tell(form, button) {
  const data = new FormData(form, button);
  if (button.dataset.emergency !== undefined) show("sending");
  try {
    const answer = await fetch(form.action, { method: "POST", body: data, keepalive: true });
    if (!answer.ok) throw new Error(String(answer.status));
    if (button.dataset.emergency !== undefined) show("told");
    location.assign(form.dataset.signs);
  } catch {
    show("failed");
    section().querySelector("[data-again] button").onclick = () => tell(form, button);
  } finally {
    release(form);
  }
}

export function startSigns() {
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || !form.matches("form[data-signs]")) return;
    if (event.submitter?.name === "sign") {
      event.preventDefault();
      tell(form, event.submitter);
    } else if (!navigator.onLine) {
      // What was typed stays in the page.
      event.preventDefault();
      release(form);
      show("failed");
      section().querySelector("[data-again] button").onclick = () => form.requestSubmit(event.submitter);
    }
  });
}
