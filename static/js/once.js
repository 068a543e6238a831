// Back to a form that was sent draws it with a new key. The entry in the browser's history remembers the key it was
// sent with, so that sending it again is known for what it is. A page that was not sent, or is reloaded, keeps its own.

const FIELD = "input[type='hidden'][name='once']";

function nameOf(field) {
  const address = (one) => one.form?.getAttribute("action") ?? "";
  const same = [...document.querySelectorAll(FIELD)].filter((other) => address(other) === address(field));
  return `${address(field)} ${same.indexOf(field)}`;
}

export function startOnce() {
  const [visit] = performance.getEntriesByType("navigation");
  const sent = visit?.type === "back_forward" ? history.state?.sent : null;
  if (sent) {
    for (const field of document.querySelectorAll(FIELD)) {
      const name = nameOf(field);
      if (sent[name]) field.value = sent[name];
    }
  }
  document.addEventListener("submit", (event) => {
    const field = event.target.querySelector(FIELD);
    if (!field || event.defaultPrevented) return;
    const before = history.state;
    history.replaceState({ ...before, sent: { ...before?.sent, [nameOf(field)]: field.value } }, "");
  });
}
