import { leaveForSignIn } from "@/lib/session/sign-in-address";
import { PROXY_BASE } from "./client";
import { offlineError, toApiError } from "./errors";

/** Streams are read by hand: `EventSource` can neither POST nor send headers. */
export async function openStream(path: string, init: RequestInit): Promise<ReadableStream<Uint8Array>> {
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
