// Keys of every staff page: / or Ctrl-K finds, ? helps, Shift-P hides names, Esc leaves a field so that keys act again.
import { fieldOf, isComposing, isSwitchedOff, isTyping } from "./typing.js";

const root = document.documentElement;

function showPrivacy() {
  const on = root.dataset.privacy === "on";
  for (const button of document.querySelectorAll("[data-act='privacy']")) button.setAttribute("aria-pressed", String(on));
}

export function togglePrivacy() {
  const on = root.dataset.privacy !== "on";
  if (on) root.dataset.privacy = "on";
  else delete root.dataset.privacy;
  try {
    if (on) sessionStorage.setItem("privacy", "on");
    else sessionStorage.removeItem("privacy");
  } catch {
    // Holds for this page only.
  }
  showPrivacy();
}

function find() {
  const box = document.getElementById("search-anywhere");
  if (!box) return false;
  box.focus();
  box.select();
  return true;
}

function leave(event) {
  if (isComposing(event) || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
  const field = fieldOf(event.target);
  // A list that is open under a field, and a dialog, have a use of their own for it.
  if (field && field.getAttribute("aria-expanded") !== "true" && !field.closest("dialog, [popover]")) field.blur();
}

function onKey(event) {
  if (event.defaultPrevented) return;
  if (event.key === "Escape") leave(event);
  if (event.altKey || isTyping(event)) return;
  const command = event.ctrlKey || event.metaKey;
  if (command && event.key.toLowerCase() === "k" && find()) event.preventDefault();
  if (command || isSwitchedOff()) return;
  if (event.key === "/" && find()) event.preventDefault();
  else if (event.key === "?") document.getElementById("keys")?.togglePopover?.();
  else if (event.key === "P" && event.shiftKey) togglePrivacy();
}

export function startShortcuts() {
  document.addEventListener("keydown", onKey);
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-act='privacy']")) togglePrivacy();
  });
  showPrivacy();
}
