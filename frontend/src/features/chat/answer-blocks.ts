import type { Part, ToolPart } from "./stream/reducer";

/** `offset` is where a text begins in the whole answer, which is its texts one after the other. */
export type Block = { kind: "text"; text: string; offset: number } | { kind: "tools"; tools: ToolPart[] };

/** Parts as they are drawn: tool steps that follow each other share one list. */
export function answerBlocks(parts: Part[]): Block[] {
  const blocks: Block[] = [];
  let offset = 0;
  for (const part of parts) {
    const last = blocks.at(-1);
    if (part.type === "text") {
      blocks.push({ kind: "text", text: part.text, offset });
      offset += part.text.length;
    } else if (last?.kind === "tools") last.tools.push(part);
    else blocks.push({ kind: "tools", tools: [part] });
  }
  return blocks;
}

/** The arguments on one line, without the ids that tell a reader nothing. */
export function argumentsLine(args: Record<string, unknown>): string {
  return Object.entries(args)
    .filter(([name, value]) => !name.endsWith("_id") && value !== null)
    .map(([name, value]) => `${name.replaceAll("_", " ")} ${typeof value === "object" ? JSON.stringify(value) : String(value)}`)
    .join(", ");
}
