import { createParser, type EventSourceMessage, type EventSourceParser } from "eventsource-parser";

import type { Schemas } from "@/lib/api/types";

export type RunEvent =
  | Schemas["StartEvent"]
  | Schemas["MessageEvent"]
  | Schemas["ToolCallEvent"]
  | Schemas["ToolResultEvent"]
  | Schemas["DoneEvent"]
  | Schemas["ErrorEvent"];

/** An event with its place in the run. */
export interface NumberedEvent {
  seq: number;
  event: RunEvent;
}

const EVENT_TYPES: ReadonlySet<string> = new Set<RunEvent["type"]>([
  "start",
  "message",
  "tool_call",
  "tool_result",
  "done",
  "error",
]);

// Larger than any event the server writes: a stream without line ends must not fill the memory.
const MAX_EVENT_CHARS = 8 * 1024 * 1024;

/** The bytes are not the stream that was agreed on. */
export class StreamProtocolError extends Error {
  override readonly name = "StreamProtocolError";
}

/** Bytes in, events out, wherever the network cut them. */
export class RunEventDecoder {
  private readonly text = new TextDecoder();
  private readonly parser: EventSourceParser;
  private decoded: NumberedEvent[] = [];

  constructor() {
    this.parser = createParser({
      maxBufferSize: MAX_EVENT_CHARS,
      onEvent: (message) => this.take(message),
      onError: (error) => {
        // The format says that unknown fields are ignored; anything else means that the buffer overflowed.
        if (error.type === "max-buffer-size-exceeded") throw new StreamProtocolError(error.message);
      },
    });
  }

  /** The events that these bytes complete, often none. */
  push(bytes: Uint8Array): NumberedEvent[] {
    this.decoded = [];
    this.parser.feed(this.text.decode(bytes, { stream: true }));
    return this.decoded;
  }

  private take({ event: type, id, data }: EventSourceMessage): void {
    // An event that a newer server may send is not ours to understand.
    if (type === undefined || !EVENT_TYPES.has(type)) return;
    this.decoded.push({ seq: parseSeq(id), event: { type, data: parseData(data) } as RunEvent });
  }
}

/** The events of a response body, a batch per chunk that arrives. Leaving the loop closes the connection. */
export async function* decodeRunEvents(body: ReadableStream<Uint8Array>): AsyncGenerator<NumberedEvent[]> {
  const decoder = new RunEventDecoder();
  const reader = body.getReader();
  try {
    for (let chunk = await reader.read(); !chunk.done; chunk = await reader.read()) {
      const events = decoder.push(chunk.value);
      if (events.length > 0) yield events;
    }
  } finally {
    // A body that failed cannot be cancelled any more, and that failure has already been thrown.
    await reader.cancel().catch(() => undefined);
  }
}

function parseSeq(id: string | undefined): number {
  const seq = Number(id);
  if (!id || !Number.isSafeInteger(seq) || seq < 1) throw new StreamProtocolError(`An event has the id ${id}.`);
  return seq;
}

function parseData(data: string): unknown {
  try {
    return JSON.parse(data);
  } catch (cause) {
    throw new StreamProtocolError("An event's data is not JSON.", { cause });
  }
}
