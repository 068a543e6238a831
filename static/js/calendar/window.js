// Which visits are drawn: those of the columns in view and of a few beside them, a handful at a time. A large clinic has
// forty columns and hundreds of visits on a day; drawn at once they would hold the page for seconds.
const BATCH = 12;
const PAUSE_MS = 80; // nothing is drawn while the columns are scrolled
const BESIDE = 3; // columns drawn on each side of those in view
const KEPT = 5; // columns further away than this are taken off again

export class Window {
  // ``picture`` has the calendar; see picture.js.
  constructor(picture) {
    this.picture = picture;
    this.wanted = new Map(); // id → { event, text }
    this.there = new Map(); // id → text, as it is drawn
    this.work = null;
  }

  // The events of every column, from now on.
  take(events) {
    this.wanted = new Map(events.map((event) => [event.id, told(event)]));
    this.byColumn = grouped(this.wanted.values());
  }

  // One event is another now, wherever its column is.
  put(event) {
    const all = [...this.wanted.values()].map((one) => one.event).filter((one) => one.id !== event.id);
    this.take([...all, event]);
    this.draw(event.id);
  }

  follow() {
    const main = this.picture.root.querySelector(".ec-main");
    main.addEventListener("scroll", () => this.scrolled(main), { passive: true });
    new ResizeObserver(() => this.scrolled(main)).observe(main);
    this.look(main);
    this.markWaiting();
    return this.fill();
  }

  scrolled(main) {
    clearTimeout(this.pause);
    this.pause = setTimeout(() => {
      this.pause = null;
      this.look(main);
      this.fill();
    }, PAUSE_MS);
  }

  // Measured once, not after each handful.
  look(main) {
    const side = main.querySelector(".ec-sidebar").offsetWidth;
    this.view = { all: main.scrollWidth - side, from: Math.abs(main.scrollLeft), wide: main.clientWidth - side };
  }

  fill() {
    this.work ??= this.run().finally(() => { this.work = null; });
    return this.work;
  }

  // Between two handfuls the page is shown and answers whoever uses it.
  async run() {
    do await new Promise((resolve) => { requestAnimationFrame(() => setTimeout(resolve)); });
    while (!this.pause && this.step());
  }

  // Draws a handful, or takes off what is far away; false when there is nothing left to do.
  step() {
    const away = this.distances();
    const changed = [...this.there].filter(([id, text]) => this.wanted.get(id)?.text !== text).map(([id]) => id);
    const missing = [...this.picture.titles.keys()]
      .filter((column) => away.get(column) <= BESIDE)
      .sort((one, other) => away.get(one) - away.get(other))
      .flatMap((column) => this.byColumn.get(column) ?? [])
      .filter(({ event }) => !this.there.has(event.id))
      .map(({ event }) => event.id);
    const next = [...changed, ...missing].slice(0, BATCH);
    for (const id of next) this.draw(id);
    const far = next.length || this.picture.isInUse ? [] : this.farAway(away).slice(0, 2 * BATCH);
    for (const id of far) this.remove(id);
    this.markWaiting();
    return next.length + far.length > 0;
  }

  // A column that is not drawn yet says so: it must not be read as free.
  markWaiting() {
    const cells = this.picture.root.querySelectorAll(".ec-body .ec-day");
    const columns = [...this.picture.titles.keys()];
    cells.forEach((cell, number) => {
      const column = columns[Math.floor((number * columns.length) / cells.length)];
      const isWaiting = (this.byColumn.get(column) ?? []).some(({ event }) => !this.there.has(event.id));
      if (isWaiting === ("waiting" in cell.dataset)) return;
      if (isWaiting) cell.dataset.waiting = this.picture.words.loading;
      else delete cell.dataset.waiting;
    });
  }

  draw(id) {
    const { calendar } = this.picture;
    const wanted = this.wanted.get(id);
    if (!wanted) return this.remove(id);
    if (this.there.has(id)) calendar.updateEvent(wanted.event);
    else calendar.addEvent(wanted.event);
    this.there.set(id, wanted.text);
    return undefined;
  }

  remove(id) {
    this.picture.calendar.removeEventById(id);
    this.there.delete(id);
  }

  farAway(away) {
    const focused = document.activeElement?.closest?.("[data-visit]")?.dataset.visit;
    return [...this.there.keys()].filter((id) => away.get(this.wanted.get(id)?.event.resourceId) > KEPT && id !== focused);
  }

  // How many columns each one is away from those in view; 0 is in view. All columns are equally wide.
  distances() {
    const columns = [...this.picture.titles.keys()];
    const { all, from, wide } = this.view;
    const width = Math.max(all / columns.length, 1);
    const first = Math.floor(from / width);
    const last = Math.floor((from + wide - 1) / width);
    return new Map(columns.map((column, number) => [column, Math.max(first - number, number - last, 0)]));
  }
}

const told = (event) => ({ event, text: JSON.stringify(event) });

function grouped(wanted) {
  const found = new Map();
  for (const one of wanted) {
    if (!found.has(one.event.resourceId)) found.set(one.event.resourceId, []);
    found.get(one.event.resourceId).push(one);
  }
  return found;
}
