// What a patient's page may use. Each page works without it.
import { startBirthDates } from "./birth-date.js";
import { startBusy } from "./busy.js";
import { startFormKeep } from "./form-keep.js";
import { startSigns } from "./portal-signs.js";

startBirthDates();
startBusy();
startFormKeep();
startSigns();
