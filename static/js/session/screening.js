// The safety questions: "All asked, nothing to report" answers those that are still open.

export function startScreening(part) {
  part.querySelector("[data-nothing-to-report]").addEventListener("click", () => {
    for (const question of part.querySelectorAll("[data-fine]")) {
      if (question.querySelector("input[type=radio]:checked")) continue;
      question.querySelector(`input[value="${question.dataset.fine}"]`).checked = true;
    }
    part.dispatchEvent(new Event("input", { bubbles: true }));
  });
}
