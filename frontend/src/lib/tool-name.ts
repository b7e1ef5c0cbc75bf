/** A tool as a person names it: "get_value_at_risk" is "Value at risk". */
export function toolName(name: string): string {
  return capitalised(name.replace(/^(get|run)_/, "").replaceAll("_", " "));
}

export function capitalised(words: string): string {
  return words.charAt(0).toUpperCase() + words.slice(1);
}
