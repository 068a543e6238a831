// The safety questions: "All asked, nothing to report" answers those that are still open, and says which it left.
import { oneTap } from "./one-tap.js";
import { points } from "./rows.js";

function answerOf(question) {
  return question.querySelector("input[type=radio]:checked")?.value ?? "";
}

/** Whether a point on the page answers the question by itself: where it lies (domain.md §5). */
export function isSaidByPoints(question, nerves) {
  return (question.dataset.near ?? "").split(" ").some((code) => nerves.has(code));
}

/** What the button answers, and what it leaves: what is answered already, what the register knows something of, and
 * what the points on the page (by the codes of their nerves) answer. */
export function sort(questions, nerves = new Set()) {
  const isKnown = (question) => question.dataset.known !== undefined || isSaidByPoints(question, nerves);
  const isLeft = (question) => answerOf(question) !== "" || isKnown(question);
  return { asked: questions.filter((one) => !isLeft(one)), left: questions.filter(isLeft) };
}

function list(words, questions) {
  return questions.length > 0 ? [`${words} ${questions.map((one) => one.dataset.name).join(", ")}.`] : [];
}

function nervesOf(form) {
  return new Set(points(form).map((point) => point.nerveCode));
}

// An answer against the register or the points is a finding beside its field; the gate asks for a reason.
function showContradictions(form, part) {
  for (const words of part.querySelectorAll("[data-contradiction]")) {
    words.hidden = answerOf(words.closest("[data-fine]")) !== words.dataset.contradiction;
  }
  for (const words of part.querySelectorAll("[data-site]")) {
    const question = words.closest("[data-fine]");
    words.hidden = answerOf(question) !== "no" || !isSaidByPoints(question, nervesOf(form));
  }
}

export function startScreening(part) {
  const form = part.closest("form");
  const show = () => showContradictions(form, part);
  part.querySelector("[data-nothing-to-report]").addEventListener("click", () => {
    oneTap(form, part, () => {
      const { asked, left } = sort([...part.querySelectorAll("[data-fine]")], nervesOf(form));
      for (const question of asked) question.querySelector(`input[value="${question.dataset.fine}"]`).checked = true;
      return [...list(part.dataset.asked, asked), ...list(part.dataset.stays, left)].join(" ");
    });
  });
  part.addEventListener("change", show);
  form.addEventListener("points-changed", show);
  show();
}
