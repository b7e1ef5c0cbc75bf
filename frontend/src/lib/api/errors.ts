import type { Schemas } from "./types";

/** A request that the server answered with an error, or that never got an answer (`status` 0). */
export class ApiError extends Error {
  override readonly name = "ApiError";

  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly requestId: string | null = null,
    /** What is wrong with which field of the request, as the API names it: "entry_price", "trades.0.symbol". */
    readonly fields: Readonly<Record<string, string>> = {},
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
  if (isErrorOut(body)) return new ApiError(status, body.error, body.detail, body.request_id, fieldProblems(body.fields ?? []));
  return new ApiError(status, "unexpected_answer", `The server answered with status ${status}.`);
}

/** The problem of each field as a sentence; a field's first problem stands for it. */
function fieldProblems(fields: Record<string, unknown>[]): Record<string, string> {
  const problems: Record<string, string> = {};
  for (const { field, problem } of fields) {
    if (typeof field === "string" && typeof problem === "string") problems[field] ??= sentence(problem);
  }
  return problems;
}

function sentence(text: string): string {
  const begun = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.!?]$/.test(begun) ? begun : `${begun}.`;
}

function isErrorOut(body: unknown): body is Schemas["ErrorOut"] {
  return typeof body === "object" && body !== null && "error" in body && "detail" in body;
}

/** What an API error says about single fields; nothing for any other failure. */
export function fieldsOf(error: Error | null): Readonly<Record<string, string>> {
  return error instanceof ApiError ? error.fields : {};
}
