export const THEMES = ["system", "light", "dark"] as const;
export type Theme = (typeof THEMES)[number];

const STORAGE_KEY = "sigmasight.theme";
const CHANGE_EVENT = "sigmasight:theme";
const DARK_QUERY = "(prefers-color-scheme: dark)";

/** Runs in the page's head before anything is painted, so that a dark screen never flashes white. */
export const THEME_SCRIPT = `(() => {
  let theme = null;
  try { theme = localStorage.getItem("${STORAGE_KEY}"); } catch {}
  const dark = theme === "dark" || (theme !== "light" && matchMedia("${DARK_QUERY}").matches);
  document.documentElement.dataset.theme = dark ? "dark" : "light";
})();`;

export function readTheme(): Theme {
  const stored = readStorage();
  return THEMES.find((theme) => theme === stored) ?? "system";
}

export function setTheme(theme: Theme): void {
  try {
    localStorage.setItem(STORAGE_KEY, theme);
  } catch {
    // Storage can be switched off; the choice then lasts for this page.
  }
  applyTheme(theme);
}

/** The colours in force, after the system's preference is taken into account. */
export function resolvedTheme(): "light" | "dark" {
  return document.documentElement.dataset.theme === "dark" ? "dark" : "light";
}

export function subscribeToTheme(onChange: () => void): () => void {
  const media = window.matchMedia(DARK_QUERY);
  const followSystem = () => applyTheme(readTheme());
  media.addEventListener("change", followSystem);
  window.addEventListener(CHANGE_EVENT, onChange);
  return () => {
    media.removeEventListener("change", followSystem);
    window.removeEventListener(CHANGE_EVENT, onChange);
  };
}

function applyTheme(theme: Theme): void {
  const isDark = theme === "dark" || (theme === "system" && window.matchMedia(DARK_QUERY).matches);
  document.documentElement.dataset.theme = isDark ? "dark" : "light";
  window.dispatchEvent(new Event(CHANGE_EVENT));
}

function readStorage(): string | null {
  try {
    return localStorage.getItem(STORAGE_KEY);
  } catch {
    return null;
  }
}
