// The session page: each part in its own module. The page works without any of them.
import { startActs } from "./session/acts.js";
import { startCycles } from "./session/cycles.js";
import { startKeys } from "./session/keys.js";
import { startLots } from "./session/lots.js";
import { startMap } from "./session/map.js";
import { startAutosave } from "./session/autosave.js";
import { startQuickEntry } from "./session/quick-entry.js";
import { startObservation } from "./session/observation.js";
import { startResponse } from "./session/response.js";
import { startPreparation } from "./session/preparation.js";
import { startRepeat } from "./session/repeat.js";
import { startRowWords } from "./session/row-words.js";
import { startRows } from "./session/rows.js";
import { startSafety } from "./session/safety.js";
import { startSignature } from "./session/signature.js";
import { startScreening } from "./session/screening.js";

startKeys();
// Before whoever sends: the time of a tap goes with it.
for (const form of document.querySelectorAll("form[data-autosave]")) startActs(form);
for (const form of document.querySelectorAll("form[data-points]")) {
  startRows(form);
  startCycles(form);
  startLots(form);
  startRowWords(form);
}
for (const form of document.querySelectorAll("form[data-points]")) startSafety(form);
for (const part of document.querySelectorAll("[data-trays]")) startPreparation(part);
for (const part of document.querySelectorAll("[data-signature]")) startSignature(part);
for (const part of document.querySelectorAll("[data-screening]")) startScreening(part);
for (const part of document.querySelectorAll("[data-quick]")) startQuickEntry(part);
for (const form of document.querySelectorAll("form[data-points]")) {
  startResponse(form);
  startObservation(form);
}
for (const part of document.querySelectorAll("[data-map]")) startMap(part);
for (const part of document.querySelectorAll("[data-repeat]")) startRepeat(part);
// The card comes anew when another course is chosen.
document.addEventListener("htmx:load", ({ target }) => {
  if (!target.matches("#review-card")) return;
  for (const part of target.querySelectorAll("[data-repeat]")) startRepeat(part);
});
for (const form of document.querySelectorAll("form[data-autosave]")) startAutosave(form);
