import { describe, expect, it } from "vitest";

import { answerBlocks, argumentsLine } from "./answer-blocks";
import type { ToolPart } from "./stream/reducer";

const tool = (id: string): ToolPart => ({ type: "tool", tool_call_id: id, tool_name: "get_beta", tool_args: {} });

describe("answerBlocks", () => {
  it("puts steps that follow each other into one list", () => {
    const parts = [tool("1"), tool("2"), { type: "text" as const, text: "a" }, tool("3")];
    expect(answerBlocks(parts).map((block) => (block.kind === "text" ? "text" : block.tools.length))).toEqual([2, "text", 1]);
  });
});

describe("argumentsLine", () => {
  it("leaves out ids and what was not given", () => {
    const line = argumentsLine({ portfolio_id: "1", confidence: 0.95, start_date: null, symbols: ["A", "B"] });
    expect(line).toBe('confidence 0.95, symbols ["A","B"]');
  });
});
