// What a patient's page may use. Each page works without it.
import { startBusy } from "./busy.js";
import { startFormKeep } from "./form-keep.js";
import { startSigns } from "./portal-signs.js";

startBusy();
startFormKeep();
startSigns();
