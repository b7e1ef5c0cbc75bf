import type { Schemas } from "@/lib/api/types";

export type TokenPair = Schemas["TokenPair"];

export const ACCESS_COOKIE = "sigmasight_access";
export const REFRESH_COOKIE = "sigmasight_refresh";

// The access cookie goes before its token does, so that a request on its way is not overtaken by the expiry.
const EXPIRY_MARGIN_SECONDS = 15;
// Only how long the browser keeps the cookie; the backend decides how long the token in it is good for.
const REFRESH_COOKIE_SECONDS = 30 * 24 * 60 * 60;

export interface SessionTokens {
  access: string | null;
  refresh: string | null;
}

export function readSession(request: Request): SessionTokens {
  const cookies = parseCookies(request.headers.get("cookie") ?? "");
  return { access: cookies.get(ACCESS_COOKIE) ?? null, refresh: cookies.get(REFRESH_COOKIE) ?? null };
}

export function sessionCookies(tokens: TokenPair, secure: boolean): string[] {
  const accessSeconds = Math.max(1, tokens.expires_in - EXPIRY_MARGIN_SECONDS);
  return [
    serialize(ACCESS_COOKIE, tokens.access_token, accessSeconds, secure),
    serialize(REFRESH_COOKIE, tokens.refresh_token, REFRESH_COOKIE_SECONDS, secure),
  ];
}

export function clearedCookies(secure: boolean): string[] {
  return [serialize(ACCESS_COOKIE, "", 0, secure), serialize(REFRESH_COOKIE, "", 0, secure)];
}

/** Whether the browser reached us over https, directly or through a proxy that ends TLS. */
export function isHttps(request: Request): boolean {
  const forwarded = request.headers.get("x-forwarded-proto")?.split(",")[0]?.trim();
  return (forwarded ?? new URL(request.url).protocol.replace(":", "")) === "https";
}

function parseCookies(header: string): Map<string, string> {
  const pairs = header.split(";").flatMap((pair): [string, string][] => {
    const at = pair.indexOf("=");
    return at < 0 ? [] : [[pair.slice(0, at).trim(), decode(pair.slice(at + 1).trim())]];
  });
  return new Map(pairs.filter(([, value]) => value !== ""));
}

function decode(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return "";
  }
}

function serialize(name: string, value: string, maxAge: number, secure: boolean): string {
  const attributes = [`${name}=${encodeURIComponent(value)}`, "Path=/", `Max-Age=${maxAge}`, "HttpOnly", "SameSite=Lax"];
  return [...attributes, ...(secure ? ["Secure"] : [])].join("; ");
}
