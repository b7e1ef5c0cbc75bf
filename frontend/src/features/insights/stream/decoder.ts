import { createParser } from "eventsource-parser";

import type { Schemas } from "@/lib/api/types";

export type InsightEvent = Schemas["InsightEvent"];

const EVENT_TYPES: ReadonlySet<string> = new Set<InsightEvent["type"]>([
  "start",
  "message",
  "tool_call",
  "tool_result",
  "done",
  "error",
]);

/** The events of a response body as they arrive. Leaving the loop closes the connection; the writing goes on. */
export async function* decodeInsightEvents(body: ReadableStream<Uint8Array>): AsyncGenerator<InsightEvent> {
  let decoded: InsightEvent[] = [];
  const parser = createParser({
    onEvent: ({ event: type, data }) => {
      // An event that a newer server may send is not ours to understand.
      if (type !== undefined && EVENT_TYPES.has(type)) decoded.push({ type, data: JSON.parse(data) } as InsightEvent);
    },
  });
  const text = new TextDecoder();
  const reader = body.getReader();
  try {
    for (let chunk = await reader.read(); !chunk.done; chunk = await reader.read()) {
      parser.feed(text.decode(chunk.value, { stream: true }));
      yield* decoded;
      decoded = [];
    }
  } finally {
    // A body that failed cannot be cancelled any more, and that failure has already been thrown.
    await reader.cancel().catch(() => undefined);
  }
}
