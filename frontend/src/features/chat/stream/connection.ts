import { ApiError } from "@/lib/api/errors";
import { decodeRunEvents, type NumberedEvent } from "./decoder";

/** How a run's events are reached: by asking, and again by the run's id when the first connection is lost. */
export interface RunSource {
  open: () => Promise<ReadableStream<Uint8Array>>;
  reopen: (runId: string, lastSeq: number) => Promise<ReadableStream<Uint8Array>>;
}

export interface RunObserver {
  onEvents: (events: NumberedEvent[]) => void;
  onReconnecting: () => void;
}

export interface FollowOptions {
  source: RunSource;
  observer: RunObserver;
  /** What is already known of the run, for one that was followed before. */
  position: { lastSeq: number; runId: string | null };
  wait: (milliseconds: number) => Promise<void>;
}

export const MAX_RECONNECTS = 5;
const FIRST_DELAY_MS = 500;

export class ConnectionLostError extends Error {
  override readonly name = "ConnectionLostError";
  override readonly message = "The connection was lost. The answer may still be being written on the server.";
}

/** Follow a run to its last event over as many connections as it takes, within `MAX_RECONNECTS` without progress. */
export async function followRun({ source, observer, position, wait }: FollowOptions): Promise<void> {
  let { lastSeq, runId } = position;
  for (let failures = 0; failures <= MAX_RECONNECTS; failures += 1) {
    if (failures > 0) {
      observer.onReconnecting();
      await wait(FIRST_DELAY_MS * 2 ** (failures - 1));
    }
    try {
      // Asking again is safe before the first event: the request carries its idempotency key.
      const body = runId === null ? await source.open() : await source.reopen(runId, lastSeq);
      for await (const events of decodeRunEvents(body)) {
        observer.onEvents(events);
        runId = startedRun(events) ?? runId;
        lastSeq = events.at(-1)?.seq ?? lastSeq;
        failures = 0;
        if (events.some(isLast)) return;
      }
    } catch (error) {
      if (!isLostConnection(error, runId)) throw error;
    }
  }
  throw new ConnectionLostError();
}

function startedRun(events: NumberedEvent[]): string | null {
  const [start] = events.flatMap(({ event }) => (event.type === "start" ? [event.data] : []));
  return start?.run_id ?? null;
}

function isLast({ event }: NumberedEvent): boolean {
  return event.type === "done" || event.type === "error";
}

/** Whether trying again may help. A question that never got through is told at once instead. */
function isLostConnection(error: unknown, runId: string | null): boolean {
  if (error instanceof ApiError) return runId !== null && error.isTransient;
  // What `fetch` and a body's reader throw when the network goes away.
  return error instanceof TypeError || (error instanceof DOMException && error.name === "NetworkError");
}
