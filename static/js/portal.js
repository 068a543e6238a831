// What a patient's page may use. Each page works without it.
import { startBirthDates } from "./birth-date.js";
import { startBusy } from "./busy.js";
import { startFormKeep } from "./form-keep.js";
import { startOffline } from "./offline.js";
import { holds, startSigns } from "./portal-signs.js";
import { isWaiting, startWaiting } from "./portal-waiting.js";

startOffline({ holds, isWaiting });
startBirthDates();
startBusy();
startFormKeep();
startSigns();
startWaiting();
