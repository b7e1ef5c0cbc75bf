import { clearedCookies, isHttps, readSession, sessionCookies, type TokenPair } from "@/lib/session/cookies";
import { isAllowedOrigin } from "@/lib/session/origin";
import { refreshSession, type RefreshOutcome } from "@/lib/session/refresh";
import { crossOriginRefusal } from "@/lib/session/session-handler";
import { errorResponse } from "./error-response";
import { requestHeaders, responseHeaders } from "./headers";
import { targetUrl } from "./target";

// A body up to this size is held, so that the request can be sent again after a refresh; a larger one streams through
// and is sent once.
const REPLAYABLE_BYTES = 256 * 1024;

type Body = ArrayBuffer | ReadableStream<Uint8Array> | null;

/** Pass a browser's request to the backend with the session's token, and the answer back as it comes. */
export async function handleProxyRequest(request: Request): Promise<Response> {
  if (!isAllowedOrigin(request)) return crossOriginRefusal(request);
  const url = targetUrl(request.url);
  if (url === null) return errorResponse(request, 404, "not_found", "There is no such address.");

  const session = readSession(request);
  if (!session.access && !session.refresh) return signedOut(request);
  const body = await readBody(request);
  if (session.access) {
    const answer = await send(request, url, body, session.access);
    if (answer.status !== 401 || !session.refresh || body instanceof ReadableStream) return answer;
  }
  return session.refresh ? afterRefresh(request, url, body, await refreshSession(session.refresh, request)) : signedOut(request);
}

async function afterRefresh(request: Request, url: string, body: Body, outcome: RefreshOutcome): Promise<Response> {
  switch (outcome.kind) {
    case "refreshed":
      return withSession(await send(request, url, body, outcome.tokens.access_token), outcome.tokens, request);
    case "rejected":
      return signedOut(request);
    case "unreachable":
      return unreachable(request);
  }
}

async function readBody(request: Request): Promise<Body> {
  if (request.method === "GET" || request.method === "HEAD") return null;
  const length = Number(request.headers.get("content-length") ?? Number.NaN);
  return length <= REPLAYABLE_BYTES ? request.arrayBuffer() : request.body;
}

async function send(request: Request, url: string, body: Body, accessToken: string): Promise<Response> {
  const init: RequestInit & { duplex: "half" } = {
    method: request.method,
    headers: requestHeaders(request, accessToken),
    body,
    duplex: "half",
    signal: request.signal,
    redirect: "manual",
    cache: "no-store",
  };
  try {
    const answer = await fetch(url, init);
    return new Response(answer.body, { status: answer.status, headers: responseHeaders(answer.headers) });
  } catch {
    return unreachable(request);
  }
}

function withSession(response: Response, tokens: TokenPair, request: Request): Response {
  for (const cookie of sessionCookies(tokens, isHttps(request))) response.headers.append("set-cookie", cookie);
  return response;
}

function signedOut(request: Request): Response {
  const response = errorResponse(request, 401, "unauthenticated", "Your session has ended. Sign in again.");
  for (const cookie of clearedCookies(isHttps(request))) response.headers.append("set-cookie", cookie);
  return response;
}

function unreachable(request: Request): Response {
  return errorResponse(request, 502, "backend_unreachable", "The server cannot be reached. Try again in a moment.");
}
