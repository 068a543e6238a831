// The nerve map: figures of the body over the rows of points. It keeps no points of its own: what it shows is what the
// rows say (rows.js), and what it changes it changes there.
import { Ghosts } from "./map-ghosts.js";
import { List } from "./map-list.js";
import { figureFor, held, isOneSided, mirroredPlace, readAtlas, shows, sideAt, spotsOn } from "./map-rules.js";
import { Stage } from "./map-stage.js";
import { startView, tellView } from "./map-view.js";
import { addPoint, changePoint, points, removePoint } from "./rows.js";

const SCAR = "N070";
const STEPS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const KEY_STEP = 4;
const KEY_STRIDE = 20;
const SETTLED_MS = 400;

class NerveMap {
  constructor(part, atlas, words) {
    this.part = part;
    this.form = part.closest("form");
    this.atlas = atlas;
    this.words = words;
    this.names = new Map(
      [...this.form.querySelectorAll("#nerves option")].map((option) => [option.value.split(" ")[0], option.value]),
    );
    this.selected = null;
    this.half = "";
    this.ghosts = new Ghosts();
    this.chooser = part.querySelector("[data-map-chooser]");
    this.stage = new Stage(part.querySelector("[data-map-stage]"), this.words, {
      onTap: (place, event) => this.tapped(place, event),
      onSelect: (row) => this.select(row),
      onPress: (row, event) => this.pressed(row, event),
      onMove: (row, place) => this.put(row, place),
      onKey: (event, row) => this.pointKey(event, row),
      onLeave: () => this.settle(),
      onView: () => tellView(part, this.stage),
      hold: (row, { x, y }) => held(this.figure, this.pointOf(row)?.side, x, y),
    });
    this.nerves = new List(part.querySelector("[data-map-nerves]"), {
      onActive: (item) => {
        this.stage.light(item?.anchor);
        if (item) this.stage.bringIntoView(item.anchor);
      },
      onUse: (item) => this.add(item.anchor),
    });
    this.legend = new List(part.querySelector("[data-map-legend]"), {
      onActive: (item) => item && this.select(item.row),
      onUse: (item) => (item.row.isGhost ? this.accept(item.row) : this.goTo(item.row)),
      onDelete: (item) => this.remove(item.row),
    });
    this.wire();
  }

  wire() {
    this.form.addEventListener("points-changed", () => this.draw());
    this.form.addEventListener("points-suggested", (event) => {
      this.ghosts.set(event.detail.points);
      this.draw();
    });
    startView(this.part, this.stage);
    // Before rows.js takes its picture, so that a side and the place on that side are one step to undo.
    this.form.addEventListener("change", (event) => this.sideChanged(event), true);
    this.form.addEventListener("focusin", (event) => {
      const row = event.target.closest("[data-row]");
      if (row) this.select(row);
    });
    this.part.addEventListener("click", (event) => this.clicked(event.target));
    this.chooser.addEventListener("keydown", (event) => this.chooserKey(event));
    document.addEventListener("pointerdown", (event) => {
      if (!this.chooser.hidden && !this.chooser.contains(event.target)) this.closeChooser();
    });
  }

  async open(code, half = "") {
    const figure = this.atlas.figures.get(code);
    this.closeChooser();
    try {
      if (!(await this.stage.show(figure, this.atlas.anchors.get(code) ?? []))) return;
    } catch {
      this.say(this.words.noDrawing);
      return;
    }
    this.figure = figure;
    this.part.querySelector("[data-map-body]").classList.toggle("is-close", figure.part !== "body");
    this.look(half);
    this.fillNerves();
    this.draw();
    for (const button of this.part.querySelectorAll("[data-figure-part]")) {
      const isThis = button.dataset.figurePart === figure.part && (button.dataset.figureView ?? figure.view) === figure.view;
      button.setAttribute("aria-pressed", String(isThis));
    }
    this.fillViews();
  }

  look(side) {
    this.half = isOneSided(this.figure) ? "" : side;
    this.stage.look(this.half);
    for (const button of this.part.querySelectorAll("[data-map-half]")) {
      button.setAttribute("aria-pressed", String(button.dataset.mapHalf === this.half));
    }
  }

  fillViews() {
    const isClose = this.figure.part !== "body";
    const views = this.part.querySelector("[data-map-views]");
    const sameFigures = [...this.atlas.figures.values()].filter((one) => one.part === this.figure.part);
    views.replaceChildren(
      ...(isClose ? sameFigures : []).map((figure) => {
        const button = document.createElement("button");
        button.type = "button";
        button.className = "map-button";
        button.dataset.mapFigure = figure.code;
        button.setAttribute("aria-pressed", String(figure === this.figure));
        button.textContent = figure.viewName;
        return button;
      }),
    );
    this.part.querySelector("[data-map-closer]").hidden = !isClose;
    this.part.querySelector("[data-map-title]").textContent = this.figure.name;
  }

  fillNerves() {
    const anchors = this.atlas.anchors.get(this.figure.code) ?? [];
    const order = Object.keys(this.atlas.regions);
    const first = new Map();
    for (const anchor of anchors) {
      const key = `${anchor.nerve}-${anchor.side}`;
      if (!first.has(key)) first.set(key, anchor);
    }
    const items = [...first].map(([key, anchor]) => ({
      key,
      anchor,
      text: `${this.nameOf(anchor.nerve)}, ${this.words.sideNames[anchor.side]}`,
      group: this.atlas.regions[anchor.nerve],
      rank: order.indexOf(anchor.nerve),
    }));
    items.sort((one, two) => one.rank - two.rank || one.key.localeCompare(two.key));
    this.nerves.fill([...items, ...this.scarItems()]);
  }

  // A scar lies anywhere: it begins in the middle of its half and is moved from there.
  scarItems() {
    const { width, height } = this.figure;
    const sides = isOneSided(this.figure) ? [this.figure.left] : ["left", "right", "midline"];
    return sides.map((side) => {
      const share = isOneSided(this.figure) || side === "midline" ? 0.5 : this.figure.left === side ? 0.35 : 0.65;
      const anchor = { nerve: SCAR, side, x: Math.round(width * share), y: Math.round(height * 0.4) };
      return {
        key: `${SCAR}-${side}`,
        anchor,
        text: `${this.nameOf(SCAR)}, ${this.words.sideNames[side]}`,
        group: this.words.anyPlace,
      };
    });
  }

  nameOf(code) {
    return (this.names.get(code) ?? code).replace(/^N\d+ /, "");
  }

  /** "Infrapatellar branch of saphenous, Left, 0.5 mL": the words of the printed legend. */
  wordsOf(point) {
    const name = point.nerveCode ? this.nameOf(point.nerveCode) : point.nerve || this.words.noNerve;
    const side = this.words.sideNames[point.side] ?? this.words.noSide;
    const volume = Number(point.volume) > 0 ? `${Number(point.volume)} mL` : this.words.noVolume;
    return `${name}, ${side}, ${volume}`;
  }

  spoken(point, isUsual) {
    if (point.isGhost) return this.words.suggested.replace("{words}", this.wordsOf(point));
    const words = this.words.point.replace("{number}", point.number).replace("{words}", this.wordsOf(point));
    return isUsual ? `${words}. ${this.words.usual}` : words;
  }

  pointOf(row) {
    return points(this.form).find((point) => point.row === row);
  }

  draw() {
    if (!this.figure) return;
    const all = points(this.form);
    const isThere = (row) => this.ghosts.has(row) || all.some((point) => point.row === row);
    if (this.selected && !isThere(this.selected)) this.selected = null;
    const hadFocus = this.stage.points?.contains(document.activeElement);
    const spots = spotsOn(this.atlas, this.figure, [...all, ...this.ghosts.points()]);
    this.stage.draw(spots, this.selected, (point, isUsual) => this.spoken(point, isUsual));
    if (hadFocus && !this.part.contains(document.activeElement)) this.part.querySelector("[data-map-legend]").focus();
    this.fillLegend(all);
    this.mark();
  }

  fillLegend(all) {
    const items = all.map((point) => ({
      key: point.row,
      row: point.row,
      number: point.number,
      text: this.wordsOf(point),
      note: point.figure ? this.atlas.figures.get(point.figure)?.name : this.words.notPut,
    }));
    const suggested = this.ghosts.points().map((point) => ({
      key: point.row,
      row: point.row,
      number: point.number,
      text: this.wordsOf(point),
      group: this.words.suggestedTitle,
    }));
    this.legend.fill([...items, ...suggested], this.words.noPoints);
  }

  mark() {
    this.legend.choose(this.selected);
    for (const row of this.form.querySelectorAll("[data-row]")) {
      row.classList.toggle("is-selected", row === this.selected);
    }
  }

  select(row) {
    if (row === this.selected) return;
    this.selected = row;
    if (!this.figure) return;
    this.stage.draw(this.stage.spots ?? [], row, (point, isUsual) => this.spoken(point, isUsual));
    this.mark();
  }

  /** Shows the figure the point lies on and puts the keyboard on it; a point on no figure is shown in its row. */
  async goTo(row) {
    const point = this.pointOf(row);
    if (!point) return;
    this.select(row);
    const code = figureFor(this.atlas, this.figure, point);
    if (!code) {
      row.querySelector('[name$="-nerve"]').focus();
      return;
    }
    if (code !== this.figure.code) await this.open(code);
    this.stage.focus(row);
  }

  say(text) {
    this.part.querySelector("[data-map-said]").textContent = text;
  }

  add({ nerve, side, x, y }) {
    const taken = points(this.form).filter((p) => p.figure === this.figure.code);
    const place = free(this.figure, side, x, y, taken);
    const row = addPoint(this.form, {
      nerve: this.names.get(nerve) ?? nerve,
      side,
      figure: this.figure.code,
      ...place,
    });
    this.select(row);
    this.stage.bringIntoView(place);
    this.say(this.words.added.replace("{point}", this.spoken(this.pointOf(row), false)));
    return row;
  }

  /** Makes a row of what "repeat last" suggests. */
  accept(ghost) {
    const row = ghost.take();
    this.select(row);
    this.stage.focus(row);
    this.say(this.words.added.replace("{point}", this.spoken(this.pointOf(row), false)));
  }

  put(row, { x, y }) {
    const point = this.pointOf(row);
    if (!point) return;
    changePoint(row, { figure: this.figure.code, ...held(this.figure, point.side, x, y) });
    this.say(this.words.moved.replace("{point}", this.spoken(this.pointOf(row), false)));
  }

  remove(row) {
    const point = this.pointOf(row);
    if (!point) return;
    const words = this.spoken(point, false);
    const rest = points(this.form).filter((one) => one.row !== row);
    const next = rest[Math.min(point.number - 1, rest.length - 1)]?.row ?? null;
    removePoint(row);
    this.select(next);
    this.say(this.words.removed.replace("{point}", words));
  }

  // Arrow keys are one step to undo for as long as they follow one another.
  nudge(row, key, isFar) {
    const spot = this.stage.spots.find((one) => one.point.row === row);
    const [dx, dy] = STEPS[key];
    const length = Math.max(Math.round((isFar ? KEY_STRIDE : KEY_STEP) / this.stage.view.zoom), 1);
    const from = this.nudged?.row === row ? this.nudged : { x: spot.x, y: spot.y };
    const place = held(this.figure, spot.point.side, from.x + dx * length, from.y + dy * length);
    this.nudged = { row, ...place };
    this.stage.stand(row, place);
    this.stage.bringIntoView(place);
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.settle(), SETTLED_MS);
  }

  settle() {
    if (!this.nudged) return;
    const { row, x, y } = this.nudged;
    clearTimeout(this.timer);
    this.nudged = null;
    this.put(row, { x, y });
  }

  pointKey(event, row) {
    if (event.ctrlKey || event.metaKey || event.altKey) return this.settle();
    const key = event.key;
    if (row.isGhost && key !== "PageDown" && key !== "PageUp") {
      if (key !== "Enter" && key !== " ") return undefined;
      this.accept(row);
    } else if (key in STEPS) this.nudge(row, key, event.shiftKey);
    else {
      this.settle();
      if (key === "Delete" || key === "Backspace") this.removeHere(row);
      else if (key === "PageDown" || key === "PageUp") this.neighbour(row, key === "PageDown" ? 1 : -1);
      else if (key === "Enter" || key === " ") row.querySelector('[name$="-volume_ml"]').focus();
      else return undefined;
    }
    event.preventDefault();
    event.stopPropagation();
    return undefined;
  }

  removeHere(row) {
    this.remove(row);
    if (this.selected && this.stage.markers.has(this.selected)) this.stage.focus(this.selected);
    else this.part.querySelector("[data-map-legend]").focus();
  }

  neighbour(row, step) {
    const rows = this.stage.spots.map((spot) => spot.point.row);
    const next = rows[(rows.indexOf(row) + step + rows.length) % rows.length];
    this.stage.focus(next);
  }

  sideChanged({ target }) {
    if (!target.matches?.('[name$="-side"]') || !target.checked) return;
    const point = this.pointOf(target.closest("[data-row]"));
    const figure = point && this.atlas.figures.get(point.figure);
    if (!figure || shows(figure, point.side, Number(point.x))) return;
    changePoint(point.row, mirroredPlace(this.atlas, figure, Number(point.x)));
  }

  tapped(place, event) {
    const near = this.stage.anchorsNear(place).map(({ anchor }) => anchor);
    const isOn = near.length > 0 || this.stage.isOnBody(place);
    if (!isOn) return this.closeChooser();
    if (near.length === 1) return this.add(near[0]);
    return this.openChooser(place, near, event);
  }

  /** The first tap on a point selects it, the next one asks what to do with it. */
  pressed(row, event) {
    if (row.isGhost) return this.accept(row);
    const wasSelected = row === this.selected;
    this.select(row);
    const point = this.pointOf(row);
    if (!wasSelected || !point) return undefined;
    const spot = this.stage.spots.find((one) => one.point.row === row);
    this.ask(this.spoken(point, false), event, [
      { text: this.words.another, act: () => this.add({ nerve: point.nerveCode, side: point.side, x: spot.x, y: spot.y }) },
      { text: this.words.volume, act: () => row.querySelector('[name$="-volume_ml"]').focus() },
      { text: this.words.remove, act: () => this.remove(row) },
    ]);
    return undefined;
  }

  // --- which one? ---

  openChooser(place, near, event) {
    const x = Math.round(place.x);
    const y = Math.round(place.y);
    const side = sideAt(this.figure, x);
    const wider = near.length ? near : this.stage.anchorsNear(place, 80).map(({ anchor }) => anchor).slice(0, 3);
    const choices = wider.map((anchor) => ({
      text: `${this.nameOf(anchor.nerve)}, ${this.words.sideNames[anchor.side]}`,
      act: () => this.add(near.length ? anchor : { ...anchor, ...held(this.figure, anchor.side, x, y) }),
    }));
    choices.push({
      text: `${this.words.scarHere}, ${this.words.sideNames[side]}`,
      act: () => this.add({ nerve: SCAR, side, x, y }),
    });
    const closer = this.closerFigure(near);
    if (closer) {
      choices.push({ text: this.words.closer.replace("{figure}", closer.name), act: () => this.open(closer.code) });
    }
    this.ask(this.words.whichOne, event, choices);
  }

  ask(title, event, choices) {
    this.chooser.querySelector("#map-chooser-title").textContent = title;
    this.chooser.querySelector("[data-map-choices]").replaceChildren(...choices.map((choice) => this.choice(choice)));
    this.chooser.hidden = false;
    this.placeChooser(event);
    this.chooser.querySelector("button").focus({ preventScroll: true });
  }

  choice({ text, act }) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "map-choice";
    button.textContent = text;
    button.addEventListener("click", (event) => {
      event.stopPropagation();
      this.closeChooser();
      const row = act();
      if (row instanceof Element) this.stage.focus(row);
    });
    return button;
  }

  // Physical left and top on purpose: the drawing does not turn round with the language.
  placeChooser({ clientX, clientY }) {
    const frame = this.chooser.parentElement.getBoundingClientRect();
    const own = this.chooser.getBoundingClientRect();
    const x = Math.min(Math.max(clientX - frame.left - own.width / 2, 4), Math.max(frame.width - own.width - 4, 4));
    const y = Math.min(clientY - frame.top + 14, Math.max(frame.height - own.height - 4, 4));
    this.chooser.style.left = `${x}px`;
    this.chooser.style.top = `${y}px`;
  }

  closeChooser() {
    this.chooser.hidden = true;
  }

  chooserKey(event) {
    const buttons = [...this.chooser.querySelectorAll("button")];
    const at = buttons.indexOf(document.activeElement);
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      const next = at + (event.key === "ArrowDown" ? 1 : -1);
      buttons[(next + buttons.length) % buttons.length].focus();
    } else if (event.key === "Escape") {
      this.closeChooser();
      this.part.querySelector("[data-map-nerves]").focus();
    } else return;
    event.preventDefault();
    event.stopPropagation();
  }

  /** The close-up that shows most of these nerves. */
  closerFigure(near) {
    if (this.figure.part !== "body" || near.length === 0) return null;
    const wanted = new Set(near.map((anchor) => anchor.nerve));
    let best = null;
    let most = 0;
    for (const figure of this.atlas.figures.values()) {
      if (figure.part === "body") continue;
      const found = new Set((this.atlas.anchors.get(figure.code) ?? []).map((one) => one.nerve));
      const count = [...wanted].filter((nerve) => found.has(nerve)).length;
      if (count > most) [best, most] = [figure, count];
    }
    return best;
  }

  clicked(target) {
    const button = target.closest("button");
    if (!button) return;
    const { figurePart, figureView, mapFigure, mapHalf } = button.dataset;
    if (mapFigure) this.open(mapFigure, this.half);
    else if (figurePart) {
      const same = [...this.atlas.figures.values()].filter((one) => one.part === figurePart);
      this.open((same.find((one) => one.view === (figureView ?? this.figure?.view)) ?? same[0]).code);
    } else if (mapHalf !== undefined) this.look(mapHalf);
    else if (button.matches("[data-map-close]")) this.closeChooser();
  }

  /** So that a lost network takes no figure away. */
  async fetchTheRest() {
    for (const figure of this.atlas.figures.values()) await this.stage.load(figure).catch(() => {});
  }
}

/** The spot itself, or one beside it where no other point is. */
function free(figure, side, x, y, taken) {
  for (let ring = 0; ring < 12; ring += 1) {
    for (const [dx, dy] of ring ? [[0, ring], [0, -ring], [ring, 0], [-ring, 0]] : [[0, 0]]) {
      const place = held(figure, side, x + dx * 24, y + dy * 24);
      const isFree = taken.every((p) => Math.hypot(Number(p.x) - place.x, Number(p.y) - place.y) >= 20);
      if (isFree) return place;
    }
  }
  return held(figure, side, x, y);
}

/** The same for every session, so the browser keeps it under its address. */
async function fetchAtlas(address) {
  const answer = await fetch(address);
  if (!answer.ok) throw new Error(`The atlas was not given: ${answer.status}`);
  return readAtlas(await answer.json());
}

export async function startMap(part) {
  const words = JSON.parse(document.getElementById("nerve-map-words").textContent);
  const form = part.closest("form");
  let suggested = [];
  const remember = (event) => (suggested = event.detail.points);
  form.addEventListener("points-suggested", remember);
  let atlas;
  try {
    atlas = await fetchAtlas(part.dataset.atlas);
  } catch {
    part.querySelector("[data-map-said]").textContent = words.noDrawing;
    return;
  }
  form.removeEventListener("points-suggested", remember);
  const map = new NerveMap(part, atlas, words);
  map.ghosts.set(suggested);
  const placed = points(map.form).find((point) => point.figure);
  map.open(placed?.figure ?? [...map.atlas.figures.keys()][0]);
  const later = window.requestIdleCallback ?? ((act) => setTimeout(act, 500));
  later(() => map.fetchTheRest());
}
