// The picture: drawn from the server's words, dragged by mouse and touch, moved by keys; each move asked of the server,
// and taken back on the screen when it is refused.
import { clear, tellMoved, tellRefused } from "./answers.js";
import { load, post } from "./asking.js";
import { addDays, later, minutesBetween, timeOf, wallTime, weekdayOf } from "./clock.js";
import { content, plain, toEvent, toEvents } from "./drawing.js";
import { Keys } from "./keys.js";
import { Slots } from "./slots.js";
import { Window } from "./window.js";

const AGAIN_MS = 60_000;
const NOBODY = "00000000-0000-0000-0000-000000000000";
const SLOT = "00:15:00";

export async function startPicture(root) {
  try {
    const picture = new Picture(root, await load(root));
    await picture.window.follow();
  } catch {
    document.documentElement.dataset.calendar = "table"; // what could not be drawn is read
  }
  root.removeAttribute("aria-busy");
}

// A visit that is drawn or taken off brings no roles with it.
const isTable = ({ target, addedNodes }) => addedNodes.length > 0 && !target.closest(".ec-events");

class Picture {
  constructor(root, text) {
    this.root = root;
    this.words = JSON.parse(document.getElementById("calendar-words").textContent);
    this.announcer = document.getElementById("announce");
    this.isDragging = false;
    this.canResize = root.dataset.resize === "on";
    this.window = new Window(this);
    this.take(text);
    this.calendar = EventCalendar.create(root, this.options());
    this.keys = new Keys(this);
    this.slots = new Slots(this);
    // A click that ends a drag does not open the visit.
    root.addEventListener("pointerdown", () => { this.wasDragged = false; }, true);
    root.addEventListener("click", (event) => this.wasDragged && event.preventDefault(), true);
    // Whatever the library draws loses its table's roles before anybody can read them.
    this.tidy();
    new MutationObserver((changes) => changes.some(isTable) && this.tidy()).observe(root, { childList: true, subtree: true });
    setInterval(() => this.again(true), AGAIN_MS);
  }

  take(text) {
    this.text = text;
    this.data = JSON.parse(text);
    this.titles = new Map(this.data.columns.map((column) => [column.id, column.title]));
    this.visits = new Map(this.data.visits.map((visit) => [visit.id, visit]));
    this.window.take(toEvents(this.data, this.words, this.canResize));
  }

  // A hand moves something: what it may reach stays drawn.
  get isInUse() {
    return this.isDragging || Boolean(this.keys.moving) || Boolean(this.slots.mark);
  }

  options() {
    const { data, root } = this;
    const isWeek = data.days > 1;
    const [opens, closes] = data.hours;
    const clock = { hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
    return {
      view: isWeek ? "resourceTimeGridWeek" : "resourceTimeGridDay",
      date: data.first_day,
      firstDay: 1,
      hiddenDays: data.quiet_weekdays.map((number) => weekdayOf(addDays(data.first_day, number))),
      headerToolbar: { start: "", center: "", end: "" },
      locale: document.documentElement.lang || undefined,
      timeZone: root.dataset.offset,
      allDaySlot: false,
      nowIndicator: true,
      columnWidth: "minmax(9rem, 1fr)",
      slotDuration: SLOT,
      snapDuration: SLOT,
      slotLabelInterval: "01:00:00",
      slotLabelFormat: clock,
      slotHeight: 38,
      slotMinTime: `${opens}:00:00`,
      slotMaxTime: `${closes}:00:00`,
      scrollTime: `${this.firstHour()}:00:00`,
      slotEventOverlap: false,
      dayHeaderFormat: { weekday: "short", day: "numeric", month: "short" },
      resources: data.columns,
      events: [],
      eventTimeFormat: (start, end) => `${wallTime(start)}–${wallTime(end)}`,
      eventContent: ({ event, timeText }) => content(event, timeText, this),
      eventDidMount: ({ event, el }) => this.mark(event, el),
      eventStartEditable: false,
      eventDurationEditable: false,
      longPressDelay: 400,
      eventDragStart: () => this.dragBegins(),
      eventResizeStart: () => this.dragBegins(),
      eventDragStop: () => { this.isDragging = false; },
      eventResizeStop: () => { this.isDragging = false; },
      eventDrop: (info) => this.dropped(info),
      eventResize: (info) => this.resized(info),
      dateClick: (info) => this.slots.clicked(info),
    };
  }

  // The hour before now on today's picture, else the first.
  firstHour() {
    const [opens] = this.data.hours;
    const sign = this.root.dataset.offset.startsWith("-") ? -1 : 1;
    const [hours, minutes] = this.root.dataset.offset.slice(1).split(":").map(Number);
    const now = new Date(Date.now() + sign * (hours * 60 + minutes) * 60_000).toISOString();
    return now.startsWith(this.data.first_day) ? Math.max(opens, Number(now.slice(11, 13)) - 1) : opens;
  }

  mark(event, element) {
    const { visit } = event.extendedProps;
    if (!visit) return;
    if (event.display === "preview") element.dataset.preview = "";
    else if (event.display === "auto") element.dataset.visit = visit.id;
  }

  tidy() {
    plain(this.root, this.root.dataset.label);
  }

  dragBegins() {
    this.isDragging = true;
    this.wasDragged = true;
    clear();
  }

  dropped(info) {
    const { visit } = info.event.extendedProps;
    const seconds = info.delta.days * 86_400 + info.delta.seconds;
    const column = info.newResource?.id ?? visit.column;
    if (seconds || column !== visit.column) this.save(visit, { at: later(visit.start, seconds / 60), column }, info.revert);
  }

  resized(info) {
    const { visit } = info.event.extendedProps;
    const minutes = minutesBetween(visit.start, visit.end) + info.endDelta.seconds / 60;
    this.save(visit, { at: visit.start, column: visit.column, minutes }, info.revert);
  }

  // ``to``: at, column, minutes; ``decided``: what the person added after a refusal.
  async save(visit, to, revert, decided = {}) {
    clear();
    this.say("saving");
    const fields = { version: visit.version, at: to.at, ...decided };
    if (to.column !== visit.column) fields[this.root.dataset.show === "rooms" ? "room" : "clinician"] = to.column;
    if (to.minutes) fields.minutes = to.minutes;
    const answer = await post(this.root, this.address(visit), fields, this.words);
    if (answer.state === "moved") this.moved(answer);
    else this.refused(answer, visit, to, { revert, decided });
  }

  address(visit) {
    return this.root.dataset.dropUrl.replace(NOBODY, visit.id);
  }

  moved(answer) {
    this.put(answer.visit);
    this.announcer.textContent = "";
    tellMoved(answer, { onUndo: () => this.undo(answer), onQuiet: () => this.keepQuiet(answer), onClose: () => this.focusOn(answer.visit.id) });
    this.focusOn(answer.visit.id);
  }

  async undo(answer) {
    clear();
    const back = await post(this.root, answer.undo, {}, this.words);
    if (back.state !== "moved") return this.refused(back, answer.visit, null);
    this.put(back.visit);
    tellMoved(back, { onClose: () => this.focusOn(back.visit.id) });
    this.focusOn(back.visit.id);
    return undefined;
  }

  async keepQuiet(answer) {
    const quiet = await post(this.root, answer.tell.quiet, {}, this.words);
    if (quiet.state === "moved") tellMoved(quiet, { onUndo: () => this.undo(quiet), onClose: () => this.focusOn(quiet.visit.id) });
    else this.refused(quiet, answer.visit, null);
  }

  refused(answer, visit, to, { revert, decided } = {}) {
    this.announcer.textContent = "";
    revert?.();
    if (answer.visit && to) this.put(answer.visit);
    const current = answer.visit ?? visit;
    tellRefused(answer, {
      onTime: (time) => this.saveAs(current, { at: time.at, clinician: time.clinician, room: time.room }),
      onDecision: (fields) => this.save(current, to, null, { ...decided, ...fields }),
      onClose: () => this.focusOn(current.id),
    });
  }

  async saveAs(visit, fields) {
    const given = Object.fromEntries(Object.entries(fields).filter(([, value]) => value));
    const answer = await post(this.root, this.address(visit), { version: visit.version, ...given }, this.words);
    if (answer.state === "moved") this.moved(answer);
    else this.refused(answer, visit, { at: fields.at, column: visit.column });
  }

  put(visit) {
    this.visits.set(visit.id, visit);
    this.window.put(toEvent(visit, this.canResize));
  }

  preview({ id, visit, column, start, end }) {
    const event = { ...toEvent({ ...visit, start, end, column }, false), id, display: "preview", startEditable: false };
    if (this.calendar.getEventById(id)) this.calendar.updateEvent(event);
    else this.calendar.addEvent(event);
    requestAnimationFrame(() => this.root.querySelector("[data-preview]")?.scrollIntoView({ block: "nearest", inline: "nearest" }));
  }

  endPreview(id) {
    this.calendar.removeEventById(id);
  }

  focusOn(id) {
    // The drawing follows a moment after the data.
    requestAnimationFrame(() => this.root.querySelector(`[data-visit="${id}"] a`)?.focus({ preventScroll: false }));
  }

  // What others did meanwhile. Nothing is drawn anew under a hand that moves something.
  async again(isPoll) {
    if (document.hidden || this.isInUse) return;
    const text = await load(this.root, isPoll).catch(() => this.text);
    if (text === this.text || this.isInUse) return;
    const focused = this.root.contains(document.activeElement) && document.activeElement.closest("[data-visit]")?.dataset.visit;
    const columns = JSON.stringify(this.data.columns);
    this.take(text);
    if (JSON.stringify(this.data.columns) !== columns) this.calendar.setOption("resources", this.data.columns);
    await this.window.fill();
    if (focused) this.focusOn(focused);
  }

  say(name, fields = {}) {
    this.announcer.textContent = this.words[name].replace(/\{(\w+)\}/g, (_whole, field) => fields[field] ?? "");
  }

  when(at) {
    if (this.data.days === 1) return timeOf(at);
    const day = new Date(`${at}:00Z`).toLocaleDateString(document.documentElement.lang, { weekday: "long", timeZone: "UTC" });
    return `${day} ${timeOf(at)}`;
  }

  statusWord(visit) {
    const template = document.querySelector(`template[data-status="${visit.status}"]`);
    return template?.content.textContent.trim() ?? visit.status;
  }
}
