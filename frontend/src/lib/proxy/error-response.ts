import type { Schemas } from "@/lib/api/types";

/** An error of this server in the shape that the backend's own errors have. */
export function errorResponse(request: Request, status: number, error: string, detail: string): Response {
  const requestId = request.headers.get("x-request-id") ?? crypto.randomUUID();
  const body: Schemas["ErrorOut"] = { error, detail, request_id: requestId };
  return Response.json(body, { status, headers: { "x-request-id": requestId, "cache-control": "no-store" } });
}
