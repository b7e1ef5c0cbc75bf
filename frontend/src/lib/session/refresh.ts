import { tellClient } from "@/lib/client-address/client-address";
import { apiUrl } from "@/lib/env";
import type { TokenPair } from "./cookies";

export type RefreshOutcome =
  | { kind: "refreshed"; tokens: TokenPair }
  | { kind: "rejected" }
  | { kind: "unreachable" };

// Requests that left the browser with the old cookie may arrive after the refresh has ended: they get its result too.
const REUSE_MS = 10_000;

const inFlight = new Map<string, Promise<RefreshOutcome>>();

/** Rotate a refresh token, once per token however many requests ask at the same time; the first of them is told of. */
export function refreshSession(refreshToken: string, request: Request): Promise<RefreshOutcome> {
  const running = inFlight.get(refreshToken);
  if (running) return running;
  const outcome = requestRefresh(refreshToken, request);
  inFlight.set(refreshToken, outcome);
  void outcome.then(({ kind }) => forgetLater(refreshToken, kind === "refreshed" ? REUSE_MS : 0));
  return outcome;
}

function forgetLater(refreshToken: string, delay: number): void {
  setTimeout(() => inFlight.delete(refreshToken), delay).unref();
}

async function requestRefresh(refreshToken: string, request: Request): Promise<RefreshOutcome> {
  try {
    const response = await fetch(`${apiUrl()}/api/v1/auth/refresh`, {
      method: "POST",
      headers: tellClient(new Headers({ "content-type": "application/json" }), request),
      body: JSON.stringify({ refresh_token: refreshToken }),
      cache: "no-store",
    });
    if (response.ok) return { kind: "refreshed", tokens: (await response.json()) as TokenPair };
    return { kind: isRefusal(response.status) ? "rejected" : "unreachable" };
  } catch {
    return { kind: "unreachable" };
  }
}

/** A backend that is starting, overloaded or rate limiting says nothing about the token. */
function isRefusal(status: number): boolean {
  return status >= 400 && status < 500 && status !== 429;
}
