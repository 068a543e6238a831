// What every staff page may use. Each page works without it.
import { startBusy } from "./busy.js";
import { wipe } from "./session/waiting.js";
import { startFormKeep } from "./form-keep.js";
import { startIdle } from "./idle.js";
import { startOffline } from "./offline.js";
import { startOnce } from "./once.js";
import { startShortcuts } from "./shortcuts.js";
import { startStale } from "./stale.js";
import { startTheme } from "./theme.js";
import { startUploadSize } from "./upload-size.js";

startOffline();
startBusy();
startFormKeep();
startIdle();
startOnce();
startShortcuts();
startStale();
startTheme();
startUploadSize();

// Whoever signs out leaves nothing behind in this browser.
document.addEventListener("submit", (event) => {
  if (event.target.action?.endsWith("/account/logout/")) wipe();
});
