import type { Part, ToolPart } from "./stream/reducer";

export type Block = { kind: "text"; text: string } | { kind: "tools"; tools: ToolPart[] };

/** Parts as they are drawn: tool steps that follow each other share one list. */
export function answerBlocks(parts: Part[]): Block[] {
  const blocks: Block[] = [];
  for (const part of parts) {
    const last = blocks.at(-1);
    if (part.type === "text") blocks.push({ kind: "text", text: part.text });
    else if (last?.kind === "tools") last.tools.push(part);
    else blocks.push({ kind: "tools", tools: [part] });
  }
  return blocks;
}

/** "get_value_at_risk" as a person says it: "Value at risk". */
export function toolLabel(toolName: string): string {
  const words = toolName.replace(/^get_/, "").replaceAll("_", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** The arguments on one line, without the ids that tell a reader nothing. */
export function argumentsLine(args: Record<string, unknown>): string {
  return Object.entries(args)
    .filter(([name, value]) => !name.endsWith("_id") && value !== null)
    .map(([name, value]) => `${name.replaceAll("_", " ")} ${typeof value === "object" ? JSON.stringify(value) : String(value)}`)
    .join(", ");
}
