// Whether a key is a shortcut or somebody's typing. Every module that listens for keys asks here, so that no shortcut of
// any page acts while the caret stands in a field, while a letter is composed, or for whoever has switched them off.

const PRESSED_NOT_TYPED = ["button", "checkbox", "color", "file", "image", "radio", "range", "reset", "submit"];
const TYPED_INTO = "input, textarea, select, [contenteditable], [role=textbox], [role=searchbox], [role=combobox], [role=spinbutton]";

/** The field that this element is, or lies in, if text is typed there; else null. */
export function fieldOf(element) {
  const field = element?.closest?.(TYPED_INTO) ?? null;
  if (!field || field.getAttribute("contenteditable") === "false") return null;
  if (field.localName === "input" && PRESSED_NOT_TYPED.includes(field.type)) return null;
  return field;
}

/** A letter is being put together: by an input method, by a dead key, by AltGr. */
export function isComposing(event) {
  return event.isComposing || event.keyCode === 229 || event.key === "Dead" || event.getModifierState?.("AltGraph") === true;
}

export function isTyping(event) {
  const target = event.composedPath?.()[0] ?? event.target;
  return isComposing(event) || fieldOf(target) !== null || fieldOf(event.target) !== null;
}

/** Kept with the person at the server; the keys' sheet of the page says which. */
export function isSwitchedOff(root = document) {
  return root.querySelector("[data-shortcuts]")?.dataset.shortcuts === "off";
}

function isMac() {
  return /Mac|iPhone|iPad/.test(navigator.userAgentData?.platform ?? navigator.platform ?? "");
}

// Option alone writes letters on a Mac ("ç"); with Control it writes none.
function hasAlt(event, mac) {
  return event.altKey && !event.metaKey && event.ctrlKey === mac;
}

// A letter of another script stands on its key; "ç" or "ß" was composed and is somebody's text.
const OTHER_SCRIPT = /^[\p{Script=Cyrillic}\p{Script=Hebrew}\p{Script=Arabic}\p{Script=Thai}\p{Script=Hangul}]$/u;

/** The letter of Alt and a letter ("c"), or null: where somebody types, or where Alt has made another letter of it. */
export function altLetter(event, mac = isMac()) {
  if (isTyping(event) || event.shiftKey || !hasAlt(event, mac)) return null;
  const key = event.key.toLowerCase();
  if (!mac && /^[a-z]$/.test(key)) return key;
  const onKey = /^Key([A-Z])$/.exec(event.code)?.[1]?.toLowerCase() ?? null;
  return mac || OTHER_SCRIPT.test(key) ? onKey : null;
}

/** The digit of Alt and a digit of the upper row: on the number pad Alt composes letters. */
export function altDigit(event, mac = isMac()) {
  if (isTyping(event) || !hasAlt(event, mac)) return null;
  const onKey = /^Digit(\d)$/.exec(event.code)?.[1] ?? null;
  return mac || event.key === onKey ? onKey : null;
}

/** "ArrowUp" or "ArrowDown" of Alt and that arrow, else null. */
export function altArrow(event, mac = isMac()) {
  if (isTyping(event) || event.shiftKey || !hasAlt(event, mac)) return null;
  return event.key === "ArrowUp" || event.key === "ArrowDown" ? event.key : null;
}
