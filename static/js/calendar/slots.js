// Booking where nothing is yet: a click on an empty place, or by keys: Enter on the calendar sets a mark, the arrows take
// it along the clock and the columns, Enter opens the booking page there, Escape takes the mark off.
import { dayOf, later, minuteOfDay, timeOf } from "./clock.js";

const STEP = 15;
const MARK = "mark";
const AS_EVENT = { id: MARK, name: "", type: "", status: "booked", where: "", turnover: 0, doubled: false, moves: false };

export class Slots {
  // ``picture`` draws; see picture.js.
  constructor(picture) {
    this.picture = picture;
    this.mark = null;
    picture.root.addEventListener("keydown", (event) => this.onKey(event));
    picture.root.addEventListener("focusout", () => this.mark && this.end());
  }

  get address() {
    return this.picture.root.dataset.bookUrl;
  }

  clicked({ dateStr, resource }) {
    if (this.address && !this.picture.isInUse) this.book(dateStr.slice(0, 16), resource.id);
  }

  book(at, column) {
    const name = this.picture.root.dataset.show === "rooms" ? "room" : "clinician";
    window.location.assign(`${this.address}?${new URLSearchParams({ day: dayOf(at), time: timeOf(at), [name]: column })}`);
  }

  // Keys on the calendar itself; those on a visit are the visit's.
  onKey(event) {
    if (!this.address || !event.target.matches(".ec-main") || event.altKey || event.ctrlKey || event.metaKey) return;
    const move = { ArrowUp: [0, -STEP], ArrowDown: [0, STEP], ArrowLeft: [-1, 0], ArrowRight: [1, 0] }[event.key];
    if (event.key === "Enter") this.enter();
    else if (this.mark && event.key === "Escape") this.end();
    else if (this.mark && move) this.step(document.dir === "rtl" ? -move[0] : move[0], move[1]);
    else return;
    event.preventDefault();
  }

  enter() {
    if (this.mark) {
      const { at, column } = this.mark;
      this.end();
      this.book(at, column);
      return;
    }
    const hour = String(this.picture.firstHour()).padStart(2, "0");
    const { column, day } = this.cells[0];
    this.mark = { cell: 0, column, at: `${day}T${hour}:00` };
    this.show();
  }

  // The columns as they stand beside each other: each column's days, in order.
  get cells() {
    return this.picture.keys.cells;
  }

  step(columns, minutes) {
    const { mark, cells } = this;
    const [opens, closes] = this.picture.data.hours;
    const minute = minuteOfDay(mark.at) + minutes;
    const cell = cells[mark.cell + columns];
    if (!cell || minute < opens * 60 || minute >= closes * 60) return;
    this.mark = { cell: mark.cell + columns, column: cell.column, at: later(`${cell.day}T00:00`, minute) };
    this.show();
  }

  show() {
    const { at, column } = this.mark;
    this.picture.preview({ id: MARK, visit: { ...AS_EVENT, column }, column, start: at, end: later(at, STEP) });
    this.picture.say("empty", { time: this.picture.when(at), column: this.picture.titles.get(column) });
  }

  end() {
    this.mark = null;
    this.picture.endPreview(MARK);
    this.picture.announcer.textContent = "";
  }
}
