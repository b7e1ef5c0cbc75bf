import { ApiError } from "@/lib/api/errors";
import { openStream } from "@/lib/api/stream";
import type { Schemas } from "@/lib/api/types";
import { decodeInsightEvents, type InsightEvent } from "./decoder";

export type Wish = Schemas["GenerateInsightIn"];

/** What the request goes through, so that a test can stand in for the network. */
export interface WriteTransport {
  ask: (wish: Wish, idempotencyKey: string) => Promise<ReadableStream<Uint8Array>>;
  wait: (milliseconds: number) => Promise<void>;
}

export const networkTransport: WriteTransport = {
  ask: (wish, idempotencyKey) =>
    openStream("/insights/generate", {
      method: "POST",
      headers: { "content-type": "application/json", "idempotency-key": idempotencyKey },
      body: JSON.stringify(wish),
    }),
  wait: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
};

// A thorough model may take some minutes; the server goes on writing when the connection is lost.
const MAX_TRIES = 60;
const PAUSE_MS = 5_000;

/** Have an insight written. A lost connection is made good by asking again with the same key. */
export async function* write(wish: Wish, key: string, transport: WriteTransport): AsyncGenerator<InsightEvent> {
  let hasBegun = false;
  for (let tries = 1; ; tries += 1) {
    try {
      for await (const event of decodeInsightEvents(await transport.ask(wish, key))) {
        hasBegun = true;
        yield event;
        if (event.type === "done" || event.type === "error") return;
      }
    } catch (error) {
      if (!mayGoOn(error, hasBegun) || tries === MAX_TRIES) throw error;
    }
    if (tries === MAX_TRIES) throw new ApiError(0, "connection_lost", "The connection was lost.");
    await transport.wait(PAUSE_MS);
  }
}

function mayGoOn(error: unknown, hasBegun: boolean): boolean {
  if (error instanceof ApiError) return error.code === "insight_in_progress" || (hasBegun && error.isTransient);
  // What a body's reader throws when the network goes away.
  return hasBegun && (error instanceof TypeError || error instanceof DOMException);
}
