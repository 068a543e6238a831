// From what the server says to what the library draws, and the roles of a table taken off it again: the table that is
// read as one is beside the picture.
import { minutesBetween, timeOf } from "./clock.js";

// From this many minutes on a name may take two lines.
const ROOM_FOR_A_NAME = 30;

export function toEvents(data, words, canResize) {
  const visits = data.visits.map((visit) => toEvent(visit, canResize));
  const shades = data.shades.map((shade, number) => ({
    id: `shade-${number}`,
    resourceId: shade.column,
    start: shade.start,
    end: shade.end,
    display: "background",
    classNames: [`calendar-shade-${shade.kind}`],
    extendedProps: { word: shade.kind === "away" ? words.away : shade.word },
  }));
  const held = data.held.map((one, number) => ({
    id: `held-${number}`,
    resourceId: one.column,
    start: one.start,
    end: one.end,
    startEditable: false,
    durationEditable: false,
    classNames: ["calendar-event-held"],
    extendedProps: { word: `${timeOf(one.start)} ${one.word}` },
  }));
  return [...shades, ...held, ...visits];
}

export function toEvent(visit, canResize) {
  return {
    id: visit.id,
    resourceId: visit.column,
    start: visit.start,
    end: visit.end,
    startEditable: visit.moves,
    durationEditable: visit.moves && canResize,
    classNames: [
      `calendar-event-${visit.status}`,
      ...(visit.doubled ? ["calendar-event-doubled"] : []),
      ...(minutesBetween(visit.start, visit.end) < ROOM_FOR_A_NAME ? ["calendar-event-short"] : []),
    ],
    // The stylesheet draws the turnover below the visit: a third fewer things to lay out than shades of their own.
    styles: [`--turnover:${visit.turnover}`],
    extendedProps: { visit },
  };
}

const part = (tag, className, text) => {
  const element = document.createElement(tag);
  element.className = className;
  element.textContent = text;
  return element;
};

// The library asks for everything again whenever one thing changes; the same answer leaves what is drawn alone.
const drawn = new WeakMap();

export function content(event, timeText, picture) {
  if (event.display !== "auto" && event.display !== "background") return draw(event, timeText, picture);
  if (!drawn.has(event.extendedProps)) drawn.set(event.extendedProps, draw(event, timeText, picture));
  return drawn.get(event.extendedProps);
}

function draw(event, timeText, { root, words, titles }) {
  const { visit, word } = event.extendedProps;
  if (!visit) return { domNodes: word ? [part("span", "calendar-word", word)] : [] };
  // What is being moved shows where it would be, and is nothing to go to.
  const isPreview = event.display === "preview";
  const times = isPreview ? timeText : timeOf(visit.start);
  const link = part(isPreview ? "span" : "a", "calendar-go", "");
  if (!isPreview) link.href = root.dataset.visitUrl.replace("00000000-0000-0000-0000-000000000000", visit.id);
  link.draggable = false;
  link.append(part("span", "num", times), " ", part("span", "person", visit.name));
  link.append(part("span", "visually-hidden", `, ${words.until.replace("{time}", timeOf(visit.end))}, ${titles.get(visit.column) ?? ""}`));
  const status = document.querySelector(`template[data-status="${visit.status}"]`)?.content.cloneNode(true) ?? "";
  const more = part("span", "unit", [visit.type, visit.where].filter(Boolean).join(" · "));
  const line = part("span", "calendar-line", "");
  if (visit.doubled) line.append(part("strong", "calendar-doubled", words.doubled), " ");
  line.append(status);
  line.append(" ", more);
  return { domNodes: [link, line] };
}

export function plain(root, label) {
  for (const one of root.querySelectorAll('[role="table"], [role="row"], [role="rowgroup"], [role="cell"], [role="columnheader"]')) {
    one.removeAttribute("role");
  }
  for (const one of root.querySelectorAll("[aria-colindex], [aria-colspan]")) {
    one.removeAttribute("aria-colindex");
    one.removeAttribute("aria-colspan");
  }
  for (const one of root.querySelectorAll("aside, .ec-toolbar")) one.setAttribute("role", "presentation");
  for (const one of root.querySelectorAll("time[aria-label], .ec-header span[aria-label]")) one.removeAttribute("aria-label");
  const main = root.querySelector(".ec-main");
  if (!main) return;
  if (main.getAttribute("aria-label") === label) return;
  main.tabIndex = 0;
  main.setAttribute("role", "group");
  main.setAttribute("aria-label", label);
}
