import { api, unwrap } from "@/lib/api/client";
import { openStream } from "@/lib/api/stream";
import type { RunTransport } from "../stream/store";

/** The chat's requests over the network. */
export const networkTransport: RunTransport = {
  ask: (question, idempotencyKey) =>
    openStream("/chat/send", {
      method: "POST",
      headers: { "content-type": "application/json", "idempotency-key": idempotencyKey },
      body: JSON.stringify(question),
    }),
  regenerate: (messageId, idempotencyKey) =>
    openStream(`/chat/messages/${encodeURIComponent(messageId)}/regenerate`, {
      method: "POST",
      headers: { "idempotency-key": idempotencyKey },
    }),
  events: (runId, lastSeq) =>
    openStream(`/chat/runs/${encodeURIComponent(runId)}/events`, {
      headers: lastSeq > 0 ? { "last-event-id": String(lastSeq) } : {},
    }),
  stop: (runId) => unwrap(api.POST("/chat/runs/{run_id}/stop", { params: { path: { run_id: runId } } })),
  wait: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
};
