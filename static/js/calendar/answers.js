// What came of a move, in words above the picture: done, with a way back; or refused, with what else is possible.
const place = () => document.getElementById("calendar-answer");

function fresh(kind) {
  const piece = document.querySelector(`template[data-answer="${kind}"]`).content.cloneNode(true);
  place().replaceChildren(piece);
  return place().firstElementChild;
}

export function clear() {
  place().replaceChildren();
}

export function tellMoved(answer, onUndo) {
  const item = fresh("moved");
  item.querySelector(".notice-text").textContent = answer.words;
  const button = item.querySelector('[data-act="undo"]');
  if (onUndo) button.addEventListener("click", onUndo);
  else button.remove();
}

// ``ways``: onTime(time), onDecision(fields), onClose().
export function tellRefused(answer, ways) {
  const item = fresh("refused");
  item.querySelector(".calendar-why").textContent = answer.words;
  offerTimes(item.querySelector(".calendar-times"), answer.times ?? [], ways.onTime);
  offerDecision(item.querySelector(".calendar-override"), answer.decide, ways.onDecision);
  const link = item.querySelector("[data-move-url]");
  if (answer.move_url) link.href = answer.move_url;
  else link.remove();
  item.querySelector('[data-act="close"]').addEventListener("click", () => {
    clear();
    ways.onClose();
  });
  item.focus();
}

function offerTimes(group, times, onTime) {
  group.hidden = times.length === 0;
  for (const one of times) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "btn btn-secondary";
    button.textContent = one.words;
    button.addEventListener("click", () => onTime(one));
    group.append(button);
  }
}

// A person may decide against the refusal, and says why.
function offerDecision(form, decide, onDecision) {
  form.hidden = !decide;
  if (!decide) return;
  form.querySelector("label").textContent = decide.label;
  form.querySelector("button").textContent = decide.button;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const reason = form.elements.reason.value;
    onDecision(decide.field === "reason" ? { is_override: "on", reason } : { [decide.field]: reason });
  });
}
