// What relief is said to be. The server has worked it out for every score before and after, in the words of the record
// (relief_table in sessions/views/response_lines.py); here it is looked up, and nothing is rounded or bounded.

/** `before`, `after`: "0" to "10", "" where it was not asked; `minutes` since the last injection, null where nobody wrote
 * down when that was; then `atMost` since the last thing known to come before it. */
export function reliefWords(table, before, after, minutes, atMost = null) {
  if (before === "" || after === "") return "";
  const known = minutes ?? atMost;
  let said = table.unknown;
  if (known !== null && known <= table.within_minutes) said = table.on_time;
  else if (minutes !== null) said = table.late;
  return table.words[said[Number(before)][Number(after)]];
}

/** Whole minutes between two times as they are typed ("10:04"), the second one within half a day after or before; null
 * where one is missing. */
export function minutesBetween(from, to) {
  if (!from || !to) return null;
  const [began, ended] = [from, to].map((text) => Number(text.slice(0, 2)) * 60 + Number(text.slice(3, 5)));
  const minutes = ended - began;
  return minutes < -720 ? minutes + 1440 : minutes;
}
