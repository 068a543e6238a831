// The safety questions: "All asked, nothing to report" answers those that are still open, and says which it left.
import { oneTap } from "./one-tap.js";

function answerOf(question) {
  return question.querySelector("input[type=radio]:checked")?.value ?? "";
}

/** What the button answers, and what it leaves: what is answered already, and what the register knows something of. */
export function sort(questions) {
  const isLeft = (question) => answerOf(question) !== "" || question.dataset.known !== undefined;
  return { asked: questions.filter((one) => !isLeft(one)), left: questions.filter(isLeft) };
}

function list(words, questions) {
  return questions.length > 0 ? [`${words} ${questions.map((one) => one.dataset.name).join(", ")}.`] : [];
}

// An answer against the register is a finding beside its field; the gate asks for a reason.
function showContradictions(part) {
  for (const words of part.querySelectorAll("[data-contradiction]")) {
    words.hidden = answerOf(words.closest("[data-fine]")) !== words.dataset.contradiction;
  }
}

export function startScreening(part) {
  const form = part.closest("form");
  part.querySelector("[data-nothing-to-report]").addEventListener("click", () => {
    oneTap(form, part, () => {
      const { asked, left } = sort([...part.querySelectorAll("[data-fine]")]);
      for (const question of asked) question.querySelector(`input[value="${question.dataset.fine}"]`).checked = true;
      return [...list(part.dataset.asked, asked), ...list(part.dataset.stays, left)].join(" ");
    });
  });
  part.addEventListener("change", () => showContradictions(part));
}
