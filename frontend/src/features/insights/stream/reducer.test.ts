import { describe, expect, it } from "vitest";

import { decodeInsightEvents, type InsightEvent } from "./decoder";
import { EMPTY_DRAFT, reduceDraft, stage } from "./reducer";

const encoder = new TextEncoder();

function body(text: string, size: number): ReadableStream<Uint8Array> {
  const bytes = encoder.encode(text);
  let at = 0;
  return new ReadableStream({
    pull(controller) {
      if (at >= bytes.length) return controller.close();
      controller.enqueue(bytes.slice(at, at + size));
      at += size;
    },
  });
}

const WIRE = [
  'event: start\ndata: {"portfolio_id":"p","insight_type":"performance","provider":"offline","model":"m"}\nid: 1\n\n',
  ": ping\n\n",
  'event: tool_call\ndata: {"tool_call_id":"beta","tool_name":"get_beta","tool_args":{}}\nid: 2\n\n',
  'event: tool_result\ndata: {"tool_call_id":"beta","tool_name":"get_beta","result":{},"duration_ms":4}\nid: 3\n\n',
  'event: message\ndata: {"delta":"Größe 12\u202f% \u{1f4c8}"}\nid: 4\n\n',
  'event: from_the_future\ndata: {}\nid: 5\n\n',
  'event: done\ndata: {"insight":{"id":"i","title":"T"}}\nid: 6\n\n',
].join("");

async function read(size: number): Promise<InsightEvent[]> {
  const events: InsightEvent[] = [];
  for await (const event of decodeInsightEvents(body(WIRE, size))) events.push(event);
  return events;
}

describe("the stream of an insight", () => {
  it.each([1, 3, 7, 10_000])("reads the same in chunks of %d bytes", async (size) => {
    const events = await read(size);
    expect(events.map(({ type }) => type)).toEqual(["start", "tool_call", "tool_result", "message", "done"]);
    const draft = events.reduce(reduceDraft, EMPTY_DRAFT);
    expect(draft.lookUps).toEqual([{ id: "beta", tool: "get_beta", isDone: true }]);
    expect(draft.text).toBe("Größe 12\u202f% \u{1f4c8}");
    expect(draft.insight?.title).toBe("T");
  });

  it("says what it is at", async () => {
    const [start, call, result, message] = await read(10_000);
    const stages = [start, call, result, message].reduce<[typeof EMPTY_DRAFT, string[]]>(
      ([draft, said], event) => {
        const next = event ? reduceDraft(draft, event) : draft;
        return [next, [...said, stage(next)]];
      },
      [EMPTY_DRAFT, []],
    )[1];
    expect(stages).toEqual(["Beginning…", "Looking up the figures (1)…", "Putting it into words…", "Writing…"]);
  });

  it("keeps the sentence of an error", () => {
    const event: InsightEvent = { type: "error", data: { code: "c", message: "Try again.", retryable: true } };
    expect(reduceDraft(EMPTY_DRAFT, event).error).toBe("Try again.");
  });
});
