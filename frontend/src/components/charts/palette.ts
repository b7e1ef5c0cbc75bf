const NAMES = ["surface", "line", "text", "quiet", "accent", "loss", "loss-soft"] as const;

/** The page's colours as a canvas needs them: resolved values, since it cannot read CSS variables. */
export type Palette = Record<(typeof NAMES)[number], string>;

export function readPalette(): Palette {
  const style = getComputedStyle(document.documentElement);
  return Object.fromEntries(NAMES.map((name) => [name, style.getPropertyValue(`--${name}`).trim()])) as Palette;
}
