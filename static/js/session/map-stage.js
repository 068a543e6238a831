// The drawing itself: it loads a figure, draws anchors and numbered points over it, and says what was tapped or dragged.
import { startFingers } from "./map-fingers.js";
import { isOneSided } from "./map-rules.js";
import { View } from "./map-zoom.js";

const SVG = "http://www.w3.org/2000/svg";
const FINGER_PX = 22;
const MOVED_PX = 6;
const RADIUS = 12;

function make(name, attributes, parent) {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  parent?.append(element);
  return element;
}

export class Stage {
  /** `told`: onTap({x, y}), onSelect(row), onPress(row), onMove(row, {x, y}), onKey(event, row), onLeave(), onView(); `hold(row, place)` keeps a drag on its side. */
  constructor(box, words, told) {
    this.box = box;
    this.words = words;
    this.told = told;
    this.files = new Map();
    this.markers = new Map();
    box.addEventListener("pointerdown", (event) => this.#down(event));
    box.addEventListener("pointermove", (event) => this.#move(event));
    box.addEventListener("pointerup", (event) => this.#up(event));
    box.addEventListener("click", (event) => this.#click(event));
    box.addEventListener("pointercancel", () => this.#cancel());
    startFingers(box, {
      begin: () => this.#letGo(),
      zoomBy: (factor, from, to) => this.svg && this.#zoomBy(factor, from, to),
    });
    // What a finger needs is told in px: it changes with the width of the drawing.
    new ResizeObserver(() => this.#fit()).observe(box);
  }

  /** The drawing of a figure, fetched once; a failed fetch is tried again the next time. */
  load(figure) {
    if (!this.files.has(figure.code)) {
      const asked = fetch(figure.url).then((answer) => {
        if (!answer.ok) throw new Error(String(answer.status));
        return answer.text();
      });
      asked.catch(() => this.files.delete(figure.code));
      this.files.set(figure.code, asked);
    }
    return this.files.get(figure.code);
  }

  async show(figure, anchors) {
    const asked = figure.code;
    this.wanted = asked;
    const text = await this.load(figure);
    if (this.wanted !== asked) return false;
    const drawn = new DOMParser().parseFromString(text, "image/svg+xml").documentElement;
    this.svg = document.importNode(drawn, true);
    this.figure = figure;
    this.markers.clear();
    this.svg.setAttribute("class", "nerve-map");
    this.svg.setAttribute("role", "group");
    this.svg.setAttribute("aria-label", this.words.figure.replace("{figure}", figure.name));
    this.svg.setAttribute("data-figure", figure.code);
    for (const label of this.svg.querySelectorAll(".nm-side")) {
      label.textContent = this.words.sides[label.getAttribute("data-side")];
    }
    this.svg.querySelector(".nm-drawing").setAttribute("aria-hidden", "true");
    this.anchorDots = anchors.map((anchor) => ({ anchor, dot: null }));
    const dots = make("g", { class: "nm-anchors", "aria-hidden": "true" }, this.svg);
    for (const entry of this.anchorDots) {
      const { nerve, side, x, y } = entry.anchor;
      entry.dot = make("circle", { class: "nm-anchor", cx: x, cy: y, r: 4, "data-nerve": nerve, "data-side": side }, dots);
    }
    this.points = make("g", { class: "nm-points" }, this.svg);
    this.box.replaceChildren(this.svg);
    this.look("");
    return true;
  }

  /** "": the whole figure; "left" or "right": only the half that shows that side of the patient. */
  look(side) {
    const { width, height, left } = this.figure;
    const isHalf = side !== "" && !isOneSided(this.figure);
    const x = isHalf && side !== left ? width / 2 : 0;
    this.view = new View({ x, y: 0, width: isHalf ? width / 2 : width, height });
    this.svg.classList.toggle("is-half", isHalf);
    this.svg.classList.toggle("is-body", this.figure.part === "body");
    this.#fit();
  }

  /** Around the middle of what is in view. */
  zoom(factor) {
    const { view } = this;
    view.zoomTo(view.zoom * factor, { x: view.x + view.width / 2, y: view.y + view.height / 2 });
    this.#fit();
  }

  whole() {
    this.view.zoomTo(1, this.view);
    this.#fit();
  }

  bringIntoView(place) {
    if (this.view.isWhole) return;
    this.view.bring(place);
    this.#fit();
  }

  #zoomBy(factor, from, to) {
    const { view } = this;
    const place = this.unitsOf(from);
    view.zoomTo(view.zoom * factor, place, view.shareOf(this.unitsOf(to)));
    this.#fit();
  }

  // The window on the figure; points and lines keep their size on the screen, so that they come apart.
  #fit() {
    if (!this.view) return;
    this.svg.setAttribute("viewBox", this.view.box);
    this.svg.classList.toggle("is-zoomed", !this.view.isWhole);
    this.svg.style.setProperty("--zoom", this.view.zoom);
    const px = this.pxPerUnit();
    for (const marker of this.markers.values()) this.#size(marker, px);
    this.told.onView();
  }

  #size(marker, pxPerUnit) {
    const size = 1 / this.view.zoom;
    marker.setAttribute("transform", `translate(${marker.place.x} ${marker.place.y})${size < 1 ? ` scale(${size})` : ""}`);
    const px = pxPerUnit * size;
    if (px > 0) marker.firstElementChild.setAttribute("r", Math.max(FINGER_PX / px, RADIUS));
  }

  /** Where a point is drawn, also while it is on its way. */
  stand(row, place) {
    const marker = this.markers.get(row);
    marker.place = place;
    this.#size(marker, this.pxPerUnit());
  }

  /** Keeps the markers of rows that stay, so that the keyboard's focus stays on them too. */
  draw(spots, selected, nameOf) {
    const rows = new Set(spots.map((spot) => spot.point.row));
    for (const [row, marker] of this.markers) {
      if (rows.has(row)) continue;
      marker.remove();
      this.markers.delete(row);
    }
    const stop = rows.has(selected) ? selected : spots[0]?.point.row;
    spots.forEach((spot) => {
      const { row, number, side, isGhost } = spot.point;
      const marker = this.markers.get(row) ?? this.#marker(row);
      this.stand(row, spot);
      const kinds = { "nm-usual": spot.isUsual && !isGhost, "nm-ghost": isGhost, "is-selected": row === selected };
      marker.setAttribute("class", ["nm-point", ...Object.keys(kinds).filter((kind) => kinds[kind])].join(" "));
      marker.setAttribute("aria-label", nameOf(spot.point, spot.isUsual));
      if (!isGhost) marker.setAttribute("aria-pressed", String(row === selected));
      marker.setAttribute("tabindex", row === stop ? "0" : "-1");
      marker.setAttribute("data-side", side);
      marker.setAttribute("data-number", number);
      marker.lastElementChild.textContent = number;
    });
    this.spots = spots;
    const top = this.markers.get(selected);
    // Moving a focused element in the tree would take its focus away.
    if (top && top !== this.points.lastElementChild && !this.points.contains(document.activeElement)) {
      this.points.append(top);
    }
  }

  #marker(row) {
    const marker = make("g", { role: "button" }, this.points);
    make("circle", { class: "nm-hit", r: RADIUS, fill: "none" }, marker);
    make("circle", { class: "nm-disc", r: RADIUS }, marker);
    make("text", { y: 5, "text-anchor": "middle", "font-size": 14, "font-weight": 700 }, marker);
    marker.addEventListener("keydown", (event) => this.told.onKey(event, row));
    marker.addEventListener("focus", () => {
      this.bringIntoView(marker.place);
      this.told.onSelect(row);
    });
    marker.addEventListener("blur", () => this.told.onLeave());
    this.markers.set(row, marker);
    return marker;
  }

  focus(row) {
    this.markers.get(row)?.focus({ preventScroll: true });
  }

  /** Lights the dots of one anchor, or of none. */
  light(wanted) {
    for (const { anchor, dot } of this.anchorDots ?? []) dot.classList.toggle("is-lit", anchor === wanted);
  }

  unitsOf({ clientX, clientY }) {
    const { left, top, px } = this.#onScreen();
    return { x: this.view.x + (clientX - left) / px, y: this.view.y + (clientY - top) / px };
  }

  // Worked out from the box: the matrix of the browser lags behind a view that was changed just now.
  #onScreen() {
    const box = this.svg.getBoundingClientRect();
    const { width, height } = this.view;
    const px = Math.min(box.width / width, box.height / height);
    return { left: box.left + (box.width - width * px) / 2, top: box.top + (box.height - height * px) / 2, px };
  }

  pxPerUnit() {
    return this.#onScreen().px;
  }

  /** Anchors under a finger at x, y: the nearest of each nerve and side, nearest first. */
  anchorsNear({ x, y }, px = FINGER_PX) {
    const reach = px / this.pxPerUnit();
    const near = this.anchorDots
      .map(({ anchor }) => ({ anchor, far: Math.hypot(anchor.x - x, anchor.y - y) }))
      .filter(({ far }) => far <= reach)
      .sort((one, two) => one.far - two.far);
    const seen = new Set();
    return near.filter(({ anchor }) => {
      const key = anchor.nerve + anchor.side;
      return !seen.has(key) && seen.add(key);
    });
  }

  isOnBody({ x, y }) {
    const point = this.svg.createSVGPoint();
    point.x = x;
    point.y = y;
    return [...this.svg.querySelectorAll(".nm-skin, .nm-flesh")].some((part) => part.isPointInFill(point));
  }

  #down(event) {
    if (!this.svg || event.button > 0 || !event.isPrimary || !this.svg.contains(event.target)) return;
    const row = event.target.closest(".nm-point") ? this.#rowAt(this.unitsOf(event)) : null;
    this.grip = { at: [event.clientX, event.clientY], row, isMoved: false, pointer: event.pointerId };
    // The drawing is moved with the mouse; a finger moves the page, two fingers move the drawing.
    const { clientX, clientY } = event;
    if (!row && event.pointerType === "mouse" && !this.view.isWhole) this.grip.last = { clientX, clientY };
    if (row || this.grip.last) {
      this.box.setPointerCapture(event.pointerId);
      event.preventDefault();
    }
  }

  // What lies nearest under the finger: targets of a finger's size overlap where points are close.
  #rowAt({ x, y }) {
    const far = (place) => Math.hypot(place.x - x, place.y - y);
    const [row, marker] = [...this.markers].sort(([, one], [, other]) => far(one.place) - far(other.place))[0];
    const nearest = Math.min(...this.anchorDots.map(({ anchor }) => far(anchor)));
    const isOnDisc = far(marker.place) <= RADIUS / this.view.zoom;
    return isOnDisc || far(marker.place) <= nearest ? row : null;
  }

  #move(event) {
    const { grip } = this;
    if (!grip || event.pointerId !== grip.pointer) return;
    const far = Math.hypot(event.clientX - grip.at[0], event.clientY - grip.at[1]);
    if (far > MOVED_PX) grip.isMoved = true;
    if (!grip.isMoved) return;
    if (grip.last) this.#drag(event);
    if (!grip.row || grip.row.isGhost) return;
    grip.place = this.told.hold(grip.row, this.unitsOf(event));
    this.markers.get(grip.row).classList.add("is-dragged");
    this.stand(grip.row, grip.place);
  }

  #drag(event) {
    const { clientX, clientY } = event;
    const [from, to] = [this.unitsOf(this.grip.last), this.unitsOf(event)];
    this.grip.last = { clientX, clientY };
    this.view.moveBy(from.x - to.x, from.y - to.y);
    this.#fit();
  }

  #up(event) {
    const { grip } = this;
    this.grip = null;
    if (!grip || event.pointerId !== grip.pointer) return;
    this.markers.get(grip.row)?.classList.remove("is-dragged");
    if (grip.place) {
      this.told.onMove(grip.row, grip.place);
      this.focus(grip.row);
    } else if (!grip.isMoved) this.tap = grip;
  }

  // What a tap opens comes with its click: opened earlier, it would lie under the finger and take the click itself.
  #click(event) {
    // Assistive technology sends a click alone.
    const marker = event.detail === 0 && event.target.closest(".nm-point");
    const tap = this.tap ?? (marker && { row: this.#rowAt(marker.place) });
    this.tap = null;
    if (!tap) return;
    if (!tap.row) this.told.onTap(this.unitsOf(event), event);
    else {
      this.told.onPress(tap.row, event);
      if (!this.box.parentElement.contains(document.activeElement)) this.focus(tap.row);
    }
  }

  #cancel() {
    const { grip } = this;
    this.#letGo();
    if (grip?.row) this.told.onSelect(grip.row);
  }

  // A second finger is down, or the page took the first: what one finger began is not done.
  #letGo() {
    const { grip } = this;
    this.grip = null;
    this.tap = null;
    if (!grip?.place) return;
    const spot = this.spots.find((one) => one.point.row === grip.row);
    this.markers.get(grip.row)?.classList.remove("is-dragged");
    if (spot) this.stand(grip.row, spot);
  }
}
