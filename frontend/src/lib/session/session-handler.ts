import { tellClient } from "@/lib/client-address/client-address";
import { apiUrl } from "@/lib/env";
import { errorResponse } from "@/lib/proxy/error-response";
import { clearedCookies, isHttps, readSession, sessionCookies, type TokenPair } from "./cookies";
import { isAllowedOrigin } from "./origin";
import { readAtMost } from "./read-body";

// Nobody has signed in yet: an address and a password take a few hundred bytes.
const MAX_SIGN_IN_BYTES = 16 * 1024;

/** Exchange e-mail and password for session cookies. The tokens stay between this server and the cookies. */
export async function signIn(request: Request): Promise<Response> {
  if (!isAllowedOrigin(request)) return crossOriginRefusal(request);
  const body = await readAtMost(request, MAX_SIGN_IN_BYTES);
  if (body === null) return errorResponse(request, 413, "too_large", "This is no e-mail address and password.");
  const answer = await post(request, "auth/login", body);
  if (answer === null) return errorResponse(request, 502, "backend_unreachable", "The server cannot be reached.");
  if (!answer.ok) return passOn(answer);
  const tokens = (await answer.json()) as TokenPair;
  return withCookies(sessionCookies(tokens, isHttps(request)));
}

/** Forget the session here even when the backend cannot be told. */
export async function signOut(request: Request): Promise<Response> {
  if (!isAllowedOrigin(request)) return crossOriginRefusal(request);
  const { refresh } = readSession(request);
  if (refresh) await post(request, "auth/logout", JSON.stringify({ refresh_token: refresh }));
  return withCookies(clearedCookies(isHttps(request)));
}

export function crossOriginRefusal(request: Request): Response {
  return errorResponse(request, 403, "cross_origin", "This request came from another site.");
}

async function post(request: Request, path: string, body: string): Promise<Response | null> {
  try {
    const headers = tellClient(new Headers({ "content-type": "application/json" }), request);
    return await fetch(`${apiUrl()}/api/v1/${path}`, { method: "POST", headers, body, cache: "no-store" });
  } catch {
    return null;
  }
}

async function passOn(answer: Response): Promise<Response> {
  const headers = new Headers({ "content-type": answer.headers.get("content-type") ?? "application/json" });
  const retryAfter = answer.headers.get("retry-after");
  if (retryAfter) headers.set("retry-after", retryAfter);
  return new Response(await answer.text(), { status: answer.status, headers });
}

function withCookies(cookies: string[]): Response {
  const response = new Response(null, { status: 204, headers: { "cache-control": "no-store" } });
  for (const cookie of cookies) response.headers.append("set-cookie", cookie);
  return response;
}
