import type { Schemas } from "./types";

/** A request that the server answered with an error, or that never got an answer (`status` 0). */
export class ApiError extends Error {
  override readonly name = "ApiError";

  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly requestId: string | null = null,
  ) {
    super(message);
  }

  /** Whether the same request could succeed later without the person changing anything. */
  get isTransient(): boolean {
    return this.status === 0 || this.status === 429 || this.status >= 500;
  }
}

export const offlineError = () =>
  new ApiError(0, "network_unreachable", "No connection to the server. Check the network and try again.");

export function toApiError(status: number, body: unknown): ApiError {
  if (isErrorOut(body)) return new ApiError(status, body.error, body.detail, body.request_id);
  return new ApiError(status, "unexpected_answer", `The server answered with status ${status}.`);
}

function isErrorOut(body: unknown): body is Schemas["ErrorOut"] {
  return typeof body === "object" && body !== null && "error" in body && "detail" in body;
}
