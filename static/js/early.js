// Runs before the first paint, so that neither a wrong theme nor a hidden name flashes up.
(() => {
  const root = document.documentElement;
  root.dataset.js = "on";
  try {
    const theme = localStorage.getItem("theme");
    if (theme === "light" || theme === "dark") root.dataset.bsTheme = theme;
    if (sessionStorage.getItem("privacy") === "on") root.dataset.privacy = "on";
  } catch {
    // A browser that refuses storage still shows every page.
  }
})();
