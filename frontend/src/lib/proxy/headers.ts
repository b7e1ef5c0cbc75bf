import { tellClient } from "@/lib/client-address/client-address";

const TO_BACKEND = ["accept", "accept-language", "content-type", "idempotency-key", "last-event-id", "x-request-id"];
const TO_BROWSER = [
  "cache-control",
  "content-disposition",
  "content-language",
  "content-type",
  "etag",
  "last-modified",
  "link",
  "location",
  "retry-after",
  "x-accel-buffering",
  "x-request-id",
];

export function requestHeaders(request: Request, accessToken: string | null): Headers {
  const headers = tellClient(pick(request.headers, TO_BACKEND), request);
  if (accessToken) headers.set("authorization", `Bearer ${accessToken}`);
  return headers;
}

export function responseHeaders(incoming: Headers): Headers {
  const headers = pick(incoming, TO_BROWSER);
  if (!headers.has("cache-control")) headers.set("cache-control", "no-store");
  if (headers.get("content-type")?.startsWith("text/event-stream")) {
    // `no-transform` also keeps Next's own gzip from holding events back until its buffer is full.
    headers.set("cache-control", "no-cache, no-transform");
    headers.set("x-accel-buffering", "no");
  }
  return headers;
}

function pick(source: Headers, names: string[]): Headers {
  const headers = new Headers();
  for (const name of names) {
    const value = source.get(name);
    if (value !== null) headers.set(name, value);
  }
  return headers;
}
