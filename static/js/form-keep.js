// A form marked data-keep warns before its unsaved work is lost. Nothing is stored.

export function startFormKeep() {
  const changed = new Set();
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
    const isLosing = [...changed].some((form) => form.isConnected);
    if (isLosing) event.preventDefault();
  });
}
