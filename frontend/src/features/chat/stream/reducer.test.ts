import { describe, expect, it } from "vitest";

import type { RunEvent } from "./decoder";
import { EMPTY_TURN, hasEnded, reduceTurn } from "./reducer";
import { done, failed, message, numbered, START, toolCall, toolFailure, toolResult } from "./__fixtures__/run-events";

const run = (...events: RunEvent[]) => numbered(events).reduce(reduceTurn, EMPTY_TURN);

const TOOL = { type: "tool", tool_name: "get_beta", tool_args: { benchmark: "SP500" } };

describe("reduceTurn", () => {
  it("knows run, messages and model from the start", () => {
    expect(run(START)).toMatchObject({
      phase: "running",
      runId: "r1",
      userMessageId: "u1",
      assistantMessageId: "a1",
      answer: { provider: "offline", model: "offline-analyst", mode: "standard", parts: [] },
    });
  });

  it("joins deltas that follow each other and starts a new part after a tool step", () => {
    const { answer } = run(START, message("Let "), message("me see."), toolCall("t1"), toolResult("t1"), message("It is"), message(" 0.79."));
    expect(answer.parts).toEqual([
      { type: "text", text: "Let me see." },
      { ...TOOL, tool_call_id: "t1", result: { beta: 0.79 }, error: null, duration_ms: 12 },
      { type: "text", text: "It is 0.79." },
    ]);
    expect(answer.content).toBe("Let me see.It is 0.79.");
  });

  it("settles side-by-side steps by their ids, in whatever order they end", () => {
    const { answer } = run(START, toolCall("t1"), toolCall("t2"), toolFailure("t2"));
    expect(answer.parts).toEqual([
      { ...TOOL, tool_call_id: "t1", result: null, error: null, duration_ms: null },
      { ...TOOL, tool_call_id: "t2", result: null, error: { code: "no_prices", message: "No prices." }, duration_ms: 3 },
    ]);
  });

  it("ends with what the last event says, naming the model that answered", () => {
    const turn = run(START, message("a"), done("a"));
    expect(hasEnded(turn)).toBe(true);
    expect(turn).toMatchObject({ phase: "done", answer: { finish_reason: "stop", provider: "openai", model: "gpt-5-mini" } });
  });

  it("keeps the text so far when the turn fails", () => {
    const turn = run(START, message("half an ans"), failed);
    expect(turn).toMatchObject({ phase: "failed", answer: { content: "half an ans", finish_reason: "error" } });
    expect(turn.answer.error).toEqual(failed.data);
  });

  it("takes each event once, so a replay from any point gives the same turn", () => {
    const events = numbered([START, message("a"), toolCall("t1"), toolResult("t1"), message("b"), done("ab")]);
    const live = events.reduce(reduceTurn, EMPTY_TURN);
    for (let cut = 0; cut <= events.length; cut += 1) {
      const replayed = [...events.slice(0, cut), ...events].reduce(reduceTurn, EMPTY_TURN);
      expect(replayed).toEqual(live);
    }
  });

  it("takes nothing after the end", () => {
    const ended = run(START, done("a"));
    expect(reduceTurn(ended, { seq: 99, event: message("more") })).toBe(ended);
  });

  it("changes no earlier snapshot", () => {
    const before = Object.freeze(run(START, message("a")));
    const text = JSON.stringify(before);
    reduceTurn(before, { seq: 3, event: message("b") });
    expect(JSON.stringify(before)).toBe(text);
  });
});
