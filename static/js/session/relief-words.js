// What relief is said to be. The server has worked it out for every score before and after, in the words of the record
// (relief_table in sessions/views/response_lines.py); here it is looked up, and nothing is rounded or bounded.

/** `before`, `after`: "0" to "10", "" where it was not asked; `minutes` since the last injection, null where nobody knows. */
export function reliefWords(table, before, after, minutes) {
  if (before === "" || after === "") return "";
  const isLate = minutes !== null && minutes > table.within_minutes;
  return table.words[(isLate ? table.late : table.on_time)[Number(before)][Number(after)]];
}

/** Whole minutes between two times of one day, as they are typed ("10:04"); null where one is missing. */
export function minutesBetween(from, to) {
  if (!from || !to) return null;
  const [began, ended] = [from, to].map((text) => Number(text.slice(0, 2)) * 60 + Number(text.slice(3, 5)));
  return ended - began;
}
