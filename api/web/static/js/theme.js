// Runs before the first paint, so that a page never flashes in the wrong theme; then serves the toggle in the rail.
// The choice is a cookie, because the server writes the theme into the page. Without this script "auto" follows the
// system through the tokens, and the toggle is a form.
(() => {
  const root = document.documentElement;
  const system = matchMedia("(prefers-color-scheme: dark)");
  const chosen = root.dataset.bsTheme !== "auto";

  const show = (theme) => {
    root.dataset.bsTheme = theme;
    for (const toggle of document.querySelectorAll("[data-theme-toggle]")) {
      toggle.value = theme === "dark" ? "light" : "dark";
    }
  };
  const followSystem = () => show(system.matches ? "dark" : "light");

  if (!chosen) {
    followSystem();
    system.addEventListener("change", followSystem);
  }

  addEventListener("click", (event) => {
    const toggle = event.target.closest?.("[data-theme-toggle]");
    if (!toggle) return;
    event.preventDefault();
    const theme = root.dataset.bsTheme === "dark" ? "light" : "dark";
    document.cookie = `theme=${theme}; path=/; max-age=31536000; samesite=lax`;
    system.removeEventListener("change", followSystem);
    show(theme);
    dispatchEvent(new CustomEvent("themechange", { detail: theme }));
  });
  addEventListener("DOMContentLoaded", () => show(root.dataset.bsTheme));
})();
