// Says a date of birth in words while its three boxes are filled in, before it is sent: a slip in the month is seen.
const number = (group, name) => Number.parseInt(group.querySelector(`[name=${name}]`).value.trim(), 10);

function words(group, now) {
  const [day, month, year] = ["day", "month", "year"].map((name) => number(group, name));
  const born = new Date(Date.UTC(year, month - 1, day));
  // A day that is not in the calendar runs on into the next month; half a year is no year yet.
  const isDay = born.getUTCDate() === day && born.getUTCMonth() === month - 1 && year >= 1890 && born <= now;
  if (!isDay) return "";
  const { lang } = document.documentElement;
  const language = lang === "en" ? "en-GB" : lang; // 4 March 1981, as the server writes it
  const written = born.toLocaleDateString(language, { day: "numeric", month: "long", year: "numeric", timeZone: "UTC" });
  const isBefore = now.getMonth() + 1 < month || (now.getMonth() + 1 === month && now.getDate() < day);
  const years = now.getFullYear() - year - (isBefore ? 1 : 0);
  if (years < 2) return written; // how old a baby is, is not said in years
  return `${written}, ${years.toLocaleString(language, { style: "unit", unit: "year", unitDisplay: "long" })}`;
}

export function startBirthDates() {
  for (const group of document.querySelectorAll("[data-birth-date]")) {
    const said = group.querySelector(".birth-words");
    const say = () => {
      said.textContent = words(group, new Date());
    };
    group.addEventListener("input", say);
    say();
  }
}
