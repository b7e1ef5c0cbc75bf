import { api, PROXY_BASE, unwrap } from "@/lib/api/client";
import { offlineError, toApiError } from "@/lib/api/errors";
import { leaveForSignIn } from "@/lib/session/sign-in-address";
import type { RunTransport } from "../stream/store";

/** The chat's requests over the network. Streams are read by hand: `EventSource` can neither POST nor send headers. */
export const networkTransport: RunTransport = {
  ask: (question, idempotencyKey) =>
    openStream("/chat/send", {
      method: "POST",
      headers: { "content-type": "application/json", "idempotency-key": idempotencyKey },
      body: JSON.stringify(question),
    }),
  events: (runId, lastSeq) =>
    openStream(`/chat/runs/${encodeURIComponent(runId)}/events`, {
      headers: lastSeq > 0 ? { "last-event-id": String(lastSeq) } : {},
    }),
  stop: (runId) => unwrap(api.POST("/chat/runs/{run_id}/stop", { params: { path: { run_id: runId } } })),
  wait: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
};

async function openStream(path: string, init: RequestInit): Promise<ReadableStream<Uint8Array>> {
  const headers = { accept: "text/event-stream", ...init.headers };
  const response = await fetch(PROXY_BASE + path, { ...init, headers, cache: "no-store" }).catch(() => {
    throw offlineError();
  });
  if (response.status === 401) leaveForSignIn();
  if (!response.ok || !response.body) {
    throw toApiError(response.status, await response.json().catch(() => null));
  }
  return response.body;
}
