// What came of a move, in words above the picture: done, with a way back; or refused, with what else is possible.
const place = () => document.getElementById("calendar-answer");

function fresh(kind) {
  const piece = document.querySelector(`template[data-answer="${kind}"]`).content.cloneNode(true);
  place().replaceChildren(piece);
  document.documentElement.dataset.answer = kind;
  return place().firstElementChild;
}

export function clear() {
  place().replaceChildren();
  delete document.documentElement.dataset.answer;
}

// ``onUndo`` takes the move back; ``onQuiet`` lets it stand and the patient not be told.
export function tellMoved(answer, { onUndo, onQuiet, onClose } = {}) {
  const item = fresh("moved");
  item.querySelector(".calendar-why").textContent = answer.words;
  const button = item.querySelector('[data-act="undo"]');
  if (onUndo) button.addEventListener("click", onUndo);
  else button.remove();
  item.querySelector('[data-act="close"]').addEventListener("click", () => {
    clear();
    onClose?.();
  });
  if (answer.tell) showLetter(item, answer.tell, onQuiet);
}

function showLetter(item, tell, onQuiet) {
  const told = item.querySelector(".calendar-told");
  told.hidden = false;
  told.querySelector("p").textContent = tell.words;
  if (!tell.letter) {
    told.querySelector("details").remove();
    return;
  }
  for (const text of tell.letter) {
    const paragraph = document.createElement("p");
    paragraph.textContent = text;
    told.querySelector(".letter").append(paragraph);
  }
  const button = item.querySelector('[data-act="quiet"]');
  button.hidden = false;
  button.addEventListener("click", onQuiet);
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
