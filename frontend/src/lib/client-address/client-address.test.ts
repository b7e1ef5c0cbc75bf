import { channel } from "node:diagnostics_channel";
import { createServer, request as send, type IncomingHttpHeaders, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { beforeEach, describe, expect, it, vi } from "vitest";

import { handleProxyRequest } from "@/lib/proxy/handler";
import { signIn, signOut } from "@/lib/session/session-handler";
import { clientAddress } from "./client-address";
import { notePeers } from "./peer";
import { trustedProxies } from "./trusted-proxies";

const PROXY = "192.0.2.1";
const backend = vi.fn<typeof fetch>();

notePeers();

beforeEach(() => {
  backend.mockReset();
  backend.mockImplementation(async () => Response.json({ error: "wrong_credentials" }, { status: 403 }));
  vi.stubGlobal("fetch", backend);
});

/** A request as Node announces it, and then as Next shows it: with the headers that it has by then. */
function from(remoteAddress: string, sent: IncomingHttpHeaders = {}, method = "GET", path = "/"): Request {
  const request = { headers: { host: "app.test", ...sent }, socket: { remoteAddress }, method, url: path };
  channel("http.server.request.start").publish({ request });
  return asRequest(request);
}

function asRequest({ headers, method = "GET", url = "/" }: Pick<IncomingMessage, "headers" | "method" | "url">): Request {
  const shown = new Headers(Object.entries(headers).map(([name, value]): [string, string] => [name, String(value)]));
  return new Request(`http://app.test${url}`, { method, headers: shown, body: method === "POST" ? "{}" : null });
}

/** What a handler makes of a request that comes by a real socket, from 127.0.0.1. */
async function overSocket(headers: Record<string, string>): Promise<string | null> {
  let found: string | null = null;
  const server = createServer((incoming, response) => {
    found = clientAddress(asRequest(incoming));
    response.end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise<void>((resolve, reject) => {
    const sent = send({ host: "127.0.0.1", port, headers, agent: false });
    sent.on("response", (response) => response.resume().on("end", () => resolve()));
    sent.on("error", reject).end();
  });
  await new Promise((resolve) => server.close(resolve));
  return found;
}

describe("clientAddress", () => {
  it.each([
    ["203.0.113.9", "203.0.113.9"],
    ["2001:db8::9", "2001:db8::9"],
    ["fe80::1%eth0", "fe80::1"],
    ["::ffff:203.0.113.9", "203.0.113.9"],
  ])("is where the connection comes from: %s", (peer, address) => {
    expect(clientAddress(from(peer))).toBe(address);
  });

  it.each(["x-forwarded-for", "x-real-ip", "forwarded", "cf-connecting-ip", "x-peer"])("is not what a browser says in %s", async (name) => {
    expect(await overSocket({ [name]: "203.0.113.9" })).toBe("127.0.0.1");
  });

  it("is what a trusted proxy says, and not what that passes on", async () => {
    vi.stubEnv("WEB_TRUSTED_PROXIES", "127.0.0.1");
    expect(await overSocket({ "x-forwarded-for": "198.51.100.1, 203.0.113.9" })).toBe("203.0.113.9");
    expect(clientAddress(from(PROXY, { "x-forwarded-for": "203.0.113.9" }))).toBe(PROXY);
  });

  it("is looked for over several trusted hops, of both kinds of addresses", () => {
    vi.stubEnv("WEB_TRUSTED_PROXIES", "192.0.2.0/24, 10.0.0.0/8, 2001:db8:7::/48");
    const hops = "198.51.100.1, 2001:db8:1::9, [2001:db8:7::1]:443, 10.1.2.3:8080, ::ffff:10.1.2.4";
    expect(clientAddress(from(PROXY, { "x-forwarded-for": hops }))).toBe("2001:db8:1::9");
    expect(clientAddress(from("2001:db8:7::2", { "x-forwarded-for": "198.51.100.1, 203.0.113.9, 10.1.2.3" }))).toBe("203.0.113.9");
  });

  it.each(["", "unknown", "203.0.113.9, nonsense", "203.0.113.999", "203.0.113.9,"])("stays with the proxy that says %j", (told) => {
    vi.stubEnv("WEB_TRUSTED_PROXIES", PROXY);
    expect(clientAddress(from(PROXY, { "x-forwarded-for": told }))).toBe(PROXY);
  });

  it("is read from the header that the operator names", () => {
    vi.stubEnv("WEB_TRUSTED_PROXIES", PROXY);
    vi.stubEnv("WEB_CLIENT_ADDRESS_HEADER", "X-Real-IP");
    expect(clientAddress(from(PROXY, { "x-real-ip": "203.0.113.9", "x-forwarded-for": "198.51.100.1" }))).toBe("203.0.113.9");
  });

  it("is unknown where nobody noted the connection", () => {
    expect(clientAddress(asRequest({ headers: { "x-forwarded-for": "203.0.113.9" } }))).toBeNull();
  });
});

describe("trustedProxies", () => {
  it.each(["web", "10.0.0.0/33", "::1/129", "10.0.0.0/", "10.0.0.0/8/8", "1.2.3", "10.0.0.0/x", "*"])("refuses %s", (wrong) => {
    vi.stubEnv("WEB_TRUSTED_PROXIES", `127.0.0.1,${wrong}`);
    expect(() => trustedProxies()).toThrow(wrong);
  });
});

describe("what the backend is told", () => {
  const told = () => backend.mock.calls.map(([url, init]) => [new URL(String(url)).pathname, new Headers(init?.headers).get("x-forwarded-for")]);
  const spoofed = { "x-forwarded-for": "203.0.113.9", cookie: "sigmasight_refresh=r" };

  it("on signing in and out", async () => {
    await signIn(from("198.51.100.3", spoofed, "POST"));
    await signOut(from("2001:db8::3", spoofed, "DELETE"));
    expect(told()).toEqual([
      ["/api/v1/auth/login", "198.51.100.3"],
      ["/api/v1/auth/logout", "2001:db8::3"],
    ]);
  });

  it("on every request that is passed on, and on a refresh", async () => {
    const tokens = { access_token: "a", refresh_token: "n", token_type: "bearer", expires_in: 900 };
    backend.mockImplementation(async () => Response.json(tokens));
    await handleProxyRequest(from("198.51.100.4", spoofed, "GET", "/api/proxy/portfolios"));
    expect(told()).toEqual([
      ["/api/v1/auth/refresh", "198.51.100.4"],
      ["/api/v1/portfolios", "198.51.100.4"],
    ]);
  });

  it("is nothing where it is not known", async () => {
    await signIn(asRequest({ headers: spoofed, method: "POST" }));
    expect(told()).toEqual([["/api/v1/auth/login", null]]);
  });
});
