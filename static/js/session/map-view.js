// Zoom by button and key, and the sides in words while the words on the drawing are out of sight.
import { isOneSided } from "./map-rules.js";
import { CLOSEST } from "./map-zoom.js";
import { isTyping } from "../typing.js";

const STEP = 1.5;
const KEYS = { "+": "in", "=": "in", "-": "out", 0: "whole" };

export function startView(part, stage) {
  const zoomed = {
    in: () => stage.zoom(STEP),
    out: () => stage.zoom(1 / STEP),
    whole: () => stage.whole(),
  };
  part.addEventListener("click", (event) => {
    const button = event.target.closest("[data-map-zoom]");
    if (button && stage.view) zoomed[button.dataset.mapZoom]();
  });
  // Before the lists take a character for the beginning of a name.
  part.addEventListener(
    "keydown",
    (event) => {
      if (!(event.key in KEYS) || event.ctrlKey || event.metaKey || event.altKey || isTyping(event) || !stage.view) return;
      zoomed[KEYS[event.key]]();
      event.preventDefault();
      event.stopPropagation();
    },
    true,
  );
}

/** After each change of the view: which buttons still do something, which side of the patient is in sight. */
export function tellView(part, stage) {
  const { view, figure, words } = stage;
  const stays = { in: view.zoom >= CLOSEST, out: view.isWhole, whole: view.isWhole };
  for (const button of part.querySelectorAll("[data-map-zoom]")) {
    button.setAttribute("aria-disabled", String(stays[button.dataset.mapZoom]));
  }
  const sides = part.querySelector("[data-map-sides]");
  const middle = figure.width / 2;
  const isOne = isOneSided(figure);
  const seen = [isOne || view.x < middle ? figure.left : "", !isOne && view.x + view.width > middle ? figure.right : ""];
  sides.hidden = view.isWhole;
  [...sides.children].forEach((place, number) => {
    place.textContent = words.sides[seen[number]] ?? "";
  });
}
