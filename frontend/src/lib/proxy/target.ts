import { apiUrl } from "@/lib/env";

const PREFIX = "/api/proxy/";
// These answer with tokens or take them: the browser uses /api/session instead, so no script ever holds one.
const CLOSED = /^auth\/(?!me$)/;

/** The backend address for a proxied request, or null where the path is not one that may be asked for. */
export function targetUrl(requestUrl: string): string | null {
  const { pathname, search } = new URL(requestUrl);
  if (!pathname.startsWith(PREFIX)) return null;
  const path = pathname.slice(PREFIX.length);
  if (!path.split("/").every(isPlainSegment) || CLOSED.test(decodeURIComponent(path))) return null;
  return `${apiUrl()}/api/v1/${path}${search}`;
}

/** A segment that names one thing below its parent: not empty, not a dot, and with no separator hidden in it. */
function isPlainSegment(segment: string): boolean {
  try {
    const plain = decodeURIComponent(segment);
    return plain !== "" && plain !== "." && plain !== ".." && !/[/\\%\0]/.test(plain);
  } catch {
    return false;
  }
}
