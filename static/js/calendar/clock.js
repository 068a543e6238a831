// Times on the clinic's wall clock, as text: "2026-09-07T09:30". They are reckoned as if they were in UTC, so that the
// zone of this computer and its clock's jumps play no part.
const MINUTE = 60_000;

const toMs = (text) => Date.parse(`${text}:00Z`);

export const later = (text, minutes) => new Date(toMs(text) + minutes * MINUTE).toISOString().slice(0, 16);
export const minutesBetween = (from, to) => (toMs(to) - toMs(from)) / MINUTE;
export const dayOf = (text) => text.slice(0, 10);
export const timeOf = (text) => text.slice(11, 16);
export const minuteOfDay = (text) => minutesBetween(`${dayOf(text)}T00:00`, text);
export const addDays = (day, days) => dayOf(later(`${day}T00:00`, days * 24 * 60));
// What the drawing hands out: a date whose local fields are those of the clinic's clock.
export const wallTime = (date) => [date.getHours(), date.getMinutes()].map((part) => String(part).padStart(2, "0")).join(":");
// 0 is Sunday, as the drawing counts.
export const weekdayOf = (day) => new Date(`${day}T00:00:00Z`).getUTCDay();
