// Fields for a day show it as the browser likes; the line under one (data-day-of="its id") says which day is meant, as the
// page writes days: 2026-11-28 周六 18:00 or Sat 28 Nov 2026, 18:00. The server says the same (formats.day_in_words).

const language = document.documentElement.lang;
const part = (day, options) => new Intl.DateTimeFormat(language, { timeZone: "UTC", ...options }).format(day);

/** The words for "2026-11-28" or "2026-11-28T18:00"; nothing where there is no whole day yet. */
function inWords(value) {
  const [date, time] = value.split("T");
  const day = new Date(`${date}T00:00Z`);
  if (Number.isNaN(day.getTime())) return "";
  const weekday = part(day, { weekday: "short" });
  if (language.startsWith("zh")) return [date, weekday, time].filter(Boolean).join(" ");
  const words = `${weekday} ${day.getUTCDate()} ${part(day, { month: "short" })} ${day.getUTCFullYear()}`;
  return time ? `${words}, ${time}` : words;
}

function say(line) {
  const field = document.getElementById(line.dataset.dayOf);
  if (field) line.textContent = inWords(field.value);
}

addEventListener("input", ({ target }) => {
  const line = target.id && document.querySelector(`[data-day-of="${CSS.escape(target.id)}"]`);
  if (line) say(line);
});
// what a kept draft has filled in since the page was made
for (const line of document.querySelectorAll("[data-day-of]")) say(line);
