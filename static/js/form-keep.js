// A form marked data-keep warns before its unsaved work is lost. Nothing is stored.

const changed = new Set();

/** The forms of the page somebody typed into since they were saved. */
export const changedForms = () => [...changed].filter((form) => form.isConnected);

/** Their text is safe elsewhere: no warning any more. */
export const letGo = () => changed.clear();

export function startFormKeep() {
  document.addEventListener("input", (event) => {
    const form = event.target.closest?.("form[data-keep]");
    if (form) changed.add(form);
  });
  document.addEventListener("submit", (event) => {
    if (!event.defaultPrevented) changed.delete(event.target);
  });
  document.addEventListener("htmx:afterRequest", (event) => {
    if (event.detail.successful) changed.delete(event.target.closest("form"));
  });
  addEventListener("beforeunload", (event) => {
    if (changedForms().length > 0) event.preventDefault();
  });
}
