// A form that is on its way is not sent twice. The button keeps its name and value, so it is not disabled.

export function release(form) {
  delete form.dataset.sending;
  for (const button of form.querySelectorAll("[data-was-busy]")) {
    button.removeAttribute("aria-disabled");
    delete button.dataset.wasBusy;
  }
}

export function startBusy() {
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "post" || form.dataset.busy === "off") return;
    if (form.dataset.sending) {
      event.preventDefault();
      event.stopImmediatePropagation();
      return;
    }
    form.dataset.sending = "yes";
    const button = event.submitter;
    if (button) {
      button.setAttribute("aria-disabled", "true");
      button.dataset.wasBusy = "yes";
    }
  }, true);
  document.addEventListener("htmx:afterRequest", (event) => {
    const form = event.target.closest?.("form");
    if (form) release(form);
  });
  addEventListener("pageshow", () => {
    for (const form of document.querySelectorAll("form[data-sending]")) release(form);
  });
}
