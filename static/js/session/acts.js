// When what was answered: each tap keeps its own time, by the server's clock, however much later it can be sent. The
// server decides what it believes: nothing later than the save, nothing earlier than the page.

const SCORE = /(^|-)(rest|provoked)_(before|after|observed)(_\d+)?$/;
const CLOCK = /_time(_\d+)?$/;

/** Which answer an event is about, by the name the server knows it by; none where its time is of no matter. */
export function actOf(target) {
  const name = target.name || target.querySelector?.("input[type=time]")?.name || "";
  if (target.closest("[data-time-out]")) return "time_out";
  if (target.closest("[data-screening]")) return "screening";
  if (name.startsWith("consent_")) return "consent";
  if (SCORE.test(name) || CLOCK.test(name)) return name;
  const discharge = target.closest("[data-discharge]");
  if (discharge && (discharge === target || name.startsWith("observation-"))) return "discharge";
  return "";
}

export function startActs(form) {
  const field = form.querySelector("[data-acts]");
  if (!field) return;
  let ahead = Number(form.dataset.served) - Date.now();
  const acts = JSON.parse(field.value || "{}");
  const note = ({ target }) => {
    const act = actOf(target);
    if (!act) return;
    acts[act] = Math.round(Date.now() + ahead);
    field.value = JSON.stringify(acts);
  };
  form.addEventListener("input", note);
  form.addEventListener("change", note);
  form.addEventListener("draft-saved", ({ detail }) => {
    if (detail.now) ahead = detail.now - Date.now();
  });
}
