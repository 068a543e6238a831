// The same acts as dragging, on the keyboard: Alt and the arrows take the visit that has the focus along the clock and
// the columns, Enter saves, Escape gives up. A live region says each place.
import { isTyping } from "../typing.js";
import { addDays, dayOf, later, minuteOfDay, minutesBetween, timeOf } from "./clock.js";

const STEP = 15;
const PREVIEW = "preview";

export class Keys {
  // ``picture`` draws and saves; see picture.js.
  constructor(picture) {
    this.picture = picture;
    this.moving = null;
    picture.root.addEventListener("keydown", (event) => this.onKey(event));
    picture.root.addEventListener("focusout", (event) => this.onLeave(event));
  }

  onKey(event) {
    const id = event.target.closest?.("[data-visit]")?.dataset.visit;
    if (!id || isTyping(event)) return;
    if (event.altKey && event.key.startsWith("Arrow")) {
      event.preventDefault();
      this.step(id, event);
    } else if (this.moving && (event.key === "Enter" || event.key === "Escape")) {
      event.preventDefault();
      if (event.key === "Enter") this.save();
      else this.giveUp();
    }
  }

  // Tab or a click elsewhere: the visit stays where it was. A picture that is drawn anew takes the focus away too.
  onLeave(event) {
    if (this.moving && event.relatedTarget && !this.picture.root.contains(event.relatedTarget)) this.giveUp();
  }

  step(id, { key, shiftKey }) {
    const visit = this.picture.visits.get(id);
    if (!visit.moves) return this.picture.say("stays", { status: this.picture.statusWord(visit) });
    this.moving ??= { visit, at: visit.start, minutes: minutesBetween(visit.start, visit.end), cell: this.cellOf(visit) };
    const towards = { ArrowUp: -1, ArrowDown: 1, ArrowLeft: -1, ArrowRight: 1 }[key];
    if (key === "ArrowUp" || key === "ArrowDown") this.alongClock(towards, shiftKey && this.picture.canResize);
    else this.alongColumns(document.dir === "rtl" ? -towards : towards);
    this.show(shiftKey && this.picture.canResize);
    return undefined;
  }

  // The columns as they stand beside each other: each column's days, in order.
  get cells() {
    const { data } = this.picture;
    const days = Array.from({ length: data.days }, (_unused, number) => number)
      .filter((number) => !data.quiet_weekdays.includes(number) || data.days === 1)
      .map((number) => addDays(data.first_day, number));
    return data.columns.flatMap((column) => days.map((day) => ({ column: column.id, day })));
  }

  cellOf(visit) {
    return this.cells.findIndex((cell) => cell.column === visit.column && cell.day === dayOf(visit.start));
  }

  alongClock(towards, isLength) {
    const { moving } = this;
    const [opens, closes] = this.picture.data.hours;
    const change = towards * STEP;
    if (isLength) moving.minutes = Math.max(STEP, moving.minutes + change);
    else if (minuteOfDay(moving.at) + change >= opens * 60 && minuteOfDay(moving.at) + change < closes * 60) {
      moving.at = later(moving.at, change);
    }
  }

  alongColumns(towards) {
    const { cells, moving } = this;
    const cell = cells[moving.cell + towards];
    if (!cell) return;
    moving.cell += towards;
    moving.at = `${cell.day}T${timeOf(moving.at)}`;
  }

  get place() {
    return { column: this.cells[this.moving.cell].column, at: this.moving.at, minutes: this.moving.minutes };
  }

  show(isLength) {
    const { column, at, minutes } = this.place;
    this.picture.preview({ id: PREVIEW, visit: this.moving.visit, column, start: at, end: later(at, minutes) });
    if (isLength) this.picture.say("long", { minutes, time: timeOf(later(at, minutes)) });
    else this.picture.say("at", { time: this.picture.when(at), column: this.picture.titles.get(column) });
  }

  save() {
    const { moving, place } = this;
    this.end();
    const hasMoved = place.at !== moving.visit.start || place.column !== moving.visit.column;
    const isLonger = place.minutes !== minutesBetween(moving.visit.start, moving.visit.end);
    if (hasMoved || isLonger) this.picture.save(moving.visit, { ...place, minutes: isLonger ? place.minutes : undefined });
    else this.sayStays(moving.visit);
  }

  giveUp() {
    const { visit } = this.moving;
    this.end();
    this.sayStays(visit);
  }

  sayStays(visit) {
    this.picture.say("given_up", { time: this.picture.when(visit.start), column: this.picture.titles.get(visit.column) });
  }

  end() {
    this.moving = null;
    this.picture.endPreview(PREVIEW);
  }
}
