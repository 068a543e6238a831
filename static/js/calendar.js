// The calendar's picture. Without it the page shows the same days as a table.
import { startPicture } from "./calendar/picture.js";

const root = document.getElementById("calendar-picture");
if (root) startPicture(root);
