const HOME = "/portfolios";
const SIGN_IN = "/sign-in";

/** Where to go after signing in: a path of this app, never another site's address. */
export function safeReturnPath(next: string | null | undefined): string {
  const base = "http://app.invalid";
  // Parsed as the browser will parse it, since "/\t/host" and "/\\host" lead to another site too.
  if (!next?.startsWith("/") || !URL.canParse(next, base)) return HOME;
  const { origin, pathname, search } = new URL(next, base);
  return origin === base && pathname !== SIGN_IN ? pathname + search : HOME;
}

/** Go to the sign-in page and come back here afterwards. */
export function leaveForSignIn(): void {
  const { pathname, search } = window.location;
  if (pathname === SIGN_IN) return;
  // eslint-disable-next-line @next/next/no-location-assign-relative-destination -- called from outside React, and a full load drops what the ended session had in memory
  window.location.assign(`${SIGN_IN}?next=${encodeURIComponent(pathname + search)}`);
}
