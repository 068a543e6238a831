// What every staff page may use. Each page works without it.
import { startBusy } from "./busy.js";
import { startFormKeep } from "./form-keep.js";
import { startShortcuts } from "./shortcuts.js";
import { startTheme } from "./theme.js";

startBusy();
startFormKeep();
startShortcuts();
startTheme();
