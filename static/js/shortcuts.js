// Keys of every staff page: / or Ctrl-K finds, ? helps, Shift-P hides names.

const root = document.documentElement;

function isTyping(target) {
  return target instanceof Element && target.closest("input, textarea, select, [contenteditable='true']") !== null;
}

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

function onKey(event) {
  if (event.defaultPrevented || event.altKey) return;
  const command = event.ctrlKey || event.metaKey;
  if (command && event.key.toLowerCase() === "k") {
    if (find()) event.preventDefault();
    return;
  }
  if (command || isTyping(event.target)) return;
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
