// Light or dark: follows the device until someone chooses; the choice is all that is kept.

const root = document.documentElement;

function current() {
  const chosen = root.dataset.bsTheme;
  if (chosen) return chosen;
  return matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
}

export function toggleTheme() {
  const theme = current() === "dark" ? "light" : "dark";
  root.dataset.bsTheme = theme;
  try {
    localStorage.setItem("theme", theme);
  } catch {
    // Not kept, still shown.
  }
}

export function startTheme() {
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-act='theme']")) toggleTheme();
  });
}
