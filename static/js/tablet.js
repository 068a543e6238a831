// What was typed is forgotten: half a minute after the last key, and when the page comes back out of the browser's memory.
import { startBirthDates } from "./birth-date.js";
import { startOffline } from "./offline.js";

const FORGET_AFTER = 30_000;

for (const form of document.querySelectorAll("form[data-forget]")) {
  const empty = () => {
    for (const box of form.querySelectorAll("input:not([type=hidden])")) box.value = "";
    for (const words of form.querySelectorAll(".birth-words")) words.textContent = "";
  };
  let timer = 0;
  const later = () => {
    clearTimeout(timer);
    timer = setTimeout(empty, FORGET_AFTER);
  };
  form.addEventListener("input", later);
  later(); // a page with an error still holds what was typed
  addEventListener("pageshow", (event) => {
    if (event.persisted) empty();
  });
}

startOffline();
startBirthDates();
