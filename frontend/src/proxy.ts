import { NextResponse, type NextRequest } from "next/server";

import { contentSecurityPolicy, SECURITY_HEADERS } from "@/lib/security-headers";
import { REFRESH_COOKIE } from "@/lib/session/cookies";

const SIGN_IN = "/sign-in";

/** Before every page: send a visitor without a session to the sign-in page, and give the page its security policy. */
export function proxy(request: NextRequest): NextResponse {
  const { pathname, search } = request.nextUrl;
  // Only a hint that saves a round trip: whether the session is good is decided by the backend on each request.
  if (pathname !== SIGN_IN && !request.cookies.has(REFRESH_COOKIE)) {
    const next = encodeURIComponent(pathname + search);
    return secured(NextResponse.redirect(new URL(`${SIGN_IN}?next=${next}`, request.url)));
  }
  return renderWithNonce(request);
}

function renderWithNonce(request: NextRequest): NextResponse {
  const nonce = btoa(crypto.randomUUID());
  const policy = contentSecurityPolicy(nonce, process.env.NODE_ENV === "development");
  const headers = new Headers(request.headers);
  headers.set("x-nonce", nonce);
  headers.set("content-security-policy", policy);
  const response = secured(NextResponse.next({ request: { headers } }));
  response.headers.set("content-security-policy", policy);
  return response;
}

function secured(response: NextResponse): NextResponse {
  for (const [name, value] of Object.entries(SECURITY_HEADERS)) response.headers.set(name, value);
  return response;
}

export const config = { matcher: ["/((?!api/|_next/|icon.svg).*)"] };
