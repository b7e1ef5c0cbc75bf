import type { Kind } from "./api/memories";

export const KINDS: readonly { value: Kind; label: string; example: string }[] = [
  { value: "fact", label: "Fact", example: "I retire in 2040." },
  { value: "preference", label: "Preference", example: "Show money in thousands." },
  { value: "rule", label: "Rule", example: "Compare with the S&P 500 unless I say otherwise." },
];

export function kindLabel(kind: Kind): string {
  return KINDS.find(({ value }) => value === kind)?.label ?? kind;
}

/** The server's limit on a memory. */
export const MAX_CHARS = 500;
