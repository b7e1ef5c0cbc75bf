import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { ACCESS_COOKIE, REFRESH_COOKIE } from "@/lib/session/cookies";
import { handleProxyRequest } from "./handler";

/** A backend on a real socket: what is tested is mostly how bytes and headers travel. */
let server: Server;
let seen: { method: string; url: string; headers: IncomingMessage["headers"]; body: string }[];
let answer: (request: IncomingMessage, response: ServerResponse) => void;
let tokens = 0;

beforeEach(async () => {
  seen = [];
  answer = (_, response) => response.end("{}");
  server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const { method = "", url = "", headers } = request;
    seen.push({ method, url, headers, body: Buffer.concat(chunks).toString() });
    answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  vi.stubEnv("API_URL", `http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
});

afterEach(() => {
  server.closeAllConnections();
  server.close();
});

interface Ask extends Omit<RequestInit, "headers"> {
  headers?: Record<string, string>;
  access?: string | null;
  refresh?: string | null;
}

function ask(path: string, { headers, access = "good", refresh = null, ...init }: Ask = {}): Promise<Response> {
  const cookies = [...(access ? [`${ACCESS_COOKIE}=${access}`] : []), ...(refresh ? [`${REFRESH_COOKIE}=${refresh}`] : [])];
  const length: Record<string, string> =
    typeof init.body === "string" ? { "content-length": String(Buffer.byteLength(init.body)) } : {};
  const request = new Request(`http://app.test/api/proxy/${path}`, {
    ...init,
    headers: { host: "app.test", cookie: cookies.join("; "), ...length, ...headers },
  });
  return handleProxyRequest(request);
}

function sendJson(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
}

/** A backend that takes only the token `fresh`, and rotates any refresh token but `spent`. */
function expireTokens(): void {
  answer = (request, response) => {
    const { body } = seen.at(-1) ?? { body: "" };
    if (request.url === "/api/v1/auth/refresh") {
      if (body.includes("spent")) return sendJson(response, 401, { error: "invalid_refresh_token", detail: "", request_id: "" });
      return sendJson(response, 200, { access_token: "fresh", refresh_token: "next", token_type: "bearer", expires_in: 900 });
    }
    const isFresh = request.headers.authorization === "Bearer fresh";
    sendJson(response, isFresh ? 200 : 401, isFresh ? { echo: body } : { error: "token_expired", detail: "", request_id: "" });
  };
}

// The refresh of one token is shared for a while, so each test has its own.
const newRefreshToken = () => `refresh-${(tokens += 1)}`;

describe("passing requests on", () => {
  it.each(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"])("keeps path and query exactly on %s", async (method) => {
    const path = "data/prices/BRK.B?start=2024-01-01&q=a%2Fb%20c&q=&plus=1+2";
    const body = method === "GET" || method === "HEAD" ? {} : { body: "{}" };
    expect((await ask(path, { method, ...body })).status).toBe(200);
    expect(seen).toMatchObject([{ method, url: `/api/v1/${path}` }]);
  });

  it("puts the token in and lets through only the headers on the list", async () => {
    const headers = { accept: "text/event-stream", "idempotency-key": "k1", "last-event-id": "7", "x-secret": "s", authorization: "Bearer stolen" };
    await ask("me", { headers });
    expect(seen[0]?.headers).toMatchObject({ authorization: "Bearer good", "idempotency-key": "k1", "last-event-id": "7", accept: "text/event-stream" });
    expect(seen[0]?.headers).not.toHaveProperty("x-secret");
    expect(seen[0]?.headers).not.toHaveProperty("cookie");
  });

  it("lets back only the headers on the list", async () => {
    answer = (_, response) => {
      response.writeHead(429, { "retry-after": "3", "x-request-id": "r9", "set-cookie": "a=b", server: "uvicorn", "content-type": "application/json" });
      response.end("{}");
    };
    const response = await ask("portfolios");
    expect(response.status).toBe(429);
    expect(Object.fromEntries(response.headers)).toEqual({
      "cache-control": "no-store",
      "content-type": "application/json",
      "retry-after": "3",
      "x-request-id": "r9",
    });
  });

  it("sends a body that is too large to hold as it comes", async () => {
    const body = "x".repeat(300 * 1024);
    await ask("portfolios/import", { method: "POST", body, refresh: newRefreshToken() });
    expect(seen[0]?.body).toHaveLength(body.length);
  });

  it("passes an empty answer on as empty", async () => {
    answer = (_, response) => response.writeHead(204).end();
    const response = await ask("portfolios/1", { method: "DELETE" });
    expect(response.status).toBe(204);
    expect(await response.text()).toBe("");
  });
});

describe("streams", () => {
  it("gives the first event before the last one is written, and keeps compression away", async () => {
    let finish = () => undefined as unknown;
    answer = (_, response) => {
      response.writeHead(200, { "content-type": "text/event-stream" });
      response.write("event: start\n\n");
      finish = () => response.end("event: done\n\n");
    };
    const response = await ask("chat/send", { method: "POST", body: "{}" });
    const reader = response.body?.getReader();
    const first = await reader?.read();
    expect(new TextDecoder().decode(first?.value)).toBe("event: start\n\n");
    expect(response.headers.get("cache-control")).toContain("no-transform");
    finish();
    expect(new TextDecoder().decode((await reader?.read())?.value)).toBe("event: done\n\n");
  });

  it("ends the backend's stream when the browser goes away", async () => {
    const isClosed = new Promise<void>((resolve) => {
      answer = (request, response) => {
        request.socket.on("close", () => resolve());
        response.writeHead(200, { "content-type": "text/event-stream" });
        response.write("event: start\n\n");
      };
    });
    const browser = new AbortController();
    await ask("chat/runs/1/events", { signal: browser.signal });
    browser.abort();
    await isClosed;
  });
});

describe("refusals", () => {
  it.each(["..%2f..%2fadmin", "a/%2e%2e%2fb", "a//b", "a/%5c..", "a/%00", "a/%25252e", "%zz", "auth/login", "auth/refresh", "auth/register", "auth/%6cogin"])(
    "does not ask the backend for %s",
    async (path) => {
      expect((await ask(path)).status).toBe(404);
      expect(seen).toEqual([]);
    },
  );

  it.each<Record<string, string>>([
    { "sec-fetch-site": "cross-site" },
    { "sec-fetch-site": "same-site" },
    { origin: "https://evil.example" },
    { origin: "null" },
  ])("refuses a write that says %j", async (headers) => {
    const response = await ask("portfolios", { method: "POST", body: "{}", headers });
    expect(response.status).toBe(403);
    expect(await response.json()).toMatchObject({ error: "cross_origin", request_id: expect.any(String) });
    expect(seen).toEqual([]);
  });

  it.each<Record<string, string>>([{ "sec-fetch-site": "same-origin" }, { origin: "http://app.test" }])("takes a write that says %j", async (headers) => {
    expect((await ask("portfolios", { method: "POST", body: "{}", headers })).status).toBe(200);
  });

  it("answers 502 in the documented shape when the backend is down", async () => {
    vi.stubEnv("API_URL", "http://127.0.0.1:1");
    const response = await ask("portfolios", { headers: { "x-request-id": "r1" } });
    expect(response.status).toBe(502);
    expect(await response.json()).toEqual({ error: "backend_unreachable", detail: expect.any(String), request_id: "r1" });
  });

  it("asks nothing without a session", async () => {
    expect((await ask("portfolios", { access: null })).status).toBe(401);
    expect(seen).toEqual([]);
  });
});

describe("refreshing", () => {
  beforeEach(expireTokens);

  it("refreshes once after a 401, sends the request again and sets both cookies", async () => {
    const response = await ask("chat/send", { method: "POST", body: '{"text":"hi"}', access: "old", refresh: newRefreshToken() });
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({ echo: '{"text":"hi"}' });
    expect(seen.map(({ url }) => url)).toEqual(["/api/v1/chat/send", "/api/v1/auth/refresh", "/api/v1/chat/send"]);
    const [access, refresh] = response.headers.getSetCookie();
    expect(access).toMatch(/^sigmasight_access=fresh; Path=\/; Max-Age=885; HttpOnly; SameSite=Lax$/);
    expect(refresh).toMatch(/^sigmasight_refresh=next; .*HttpOnly; SameSite=Lax$/);
  });

  it("refreshes first when the access cookie has run out, so that a large body is sent once", async () => {
    const body = "x".repeat(300 * 1024);
    const response = await ask("portfolios/import", { method: "POST", body, access: null, refresh: newRefreshToken() });
    expect(response.status).toBe(200);
    expect(seen.map(({ url }) => url)).toEqual(["/api/v1/auth/refresh", "/api/v1/portfolios/import"]);
  });

  it("refreshes a token once for requests that come together, and for a late one", async () => {
    const refresh = newRefreshToken();
    const together = await Promise.all([1, 2, 3, 4].map((id) => ask(`portfolios/${id}`, { access: null, refresh })));
    const late = await ask("portfolios/5", { access: "old", refresh });
    expect([...together, late].map(({ status }) => status)).toEqual([200, 200, 200, 200, 200]);
    expect(seen.filter(({ url }) => url.endsWith("/refresh"))).toHaveLength(1);
  });

  it("ends the session when the refresh token is refused", async () => {
    const response = await ask("portfolios", { access: "old", refresh: "spent" });
    expect(response.status).toBe(401);
    expect(response.headers.getSetCookie()).toEqual([
      "sigmasight_access=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax",
      "sigmasight_refresh=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax",
    ]);
  });

  it("keeps the session when the backend cannot say whether the token is good", async () => {
    answer = (_, response) => sendJson(response, 503, {});
    const response = await ask("portfolios", { access: null, refresh: newRefreshToken() });
    expect(response.status).toBe(502);
    expect(response.headers.getSetCookie()).toEqual([]);
  });

  it("marks the cookies secure behind https", async () => {
    const headers = { "x-forwarded-proto": "https" };
    const response = await ask("portfolios", { access: "old", refresh: newRefreshToken(), headers });
    for (const cookie of response.headers.getSetCookie()) expect(cookie).toMatch(/; Secure$/);
  });
});
