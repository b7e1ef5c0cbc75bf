import { beforeEach, describe, expect, it, vi } from "vitest";

import { signIn, signOut } from "./session-handler";

const TOKENS = { access_token: "a.b.c", refresh_token: "r+/=1", token_type: "bearer", expires_in: 900 };
const backend = vi.fn<typeof fetch>();

beforeEach(() => {
  backend.mockReset();
  vi.stubGlobal("fetch", backend);
});

function request(method: string, headers: Record<string, string> = {}, body?: string): Request {
  return new Request("http://app.test/api/session", { method, headers: { host: "app.test", ...headers }, body: body ?? null });
}

describe("signIn", () => {
  it("puts the tokens into cookies and nothing of them into the body", async () => {
    backend.mockResolvedValue(Response.json(TOKENS));
    const response = await signIn(request("POST", { "x-forwarded-proto": "https" }, '{"email":"a@b.example","password":"x"}'));
    expect(response.status).toBe(204);
    expect(await response.text()).toBe("");
    expect(response.headers.getSetCookie()).toEqual([
      "sigmasight_access=a.b.c; Path=/; Max-Age=885; HttpOnly; SameSite=Lax; Secure",
      "sigmasight_refresh=r%2B%2F%3D1; Path=/; Max-Age=2592000; HttpOnly; SameSite=Lax; Secure",
    ]);
  });

  it("passes on a refusal with its wait, and sets no cookie", async () => {
    const refusal = { error: "too_many_attempts", detail: "Wait.", request_id: "r1" };
    backend.mockResolvedValue(Response.json(refusal, { status: 429, headers: { "retry-after": "30", "x-internal": "1" } }));
    const response = await signIn(request("POST", {}, "{}"));
    expect(response.status).toBe(429);
    expect(await response.json()).toEqual(refusal);
    expect(response.headers.get("retry-after")).toBe("30");
    expect(response.headers.has("x-internal")).toBe(false);
    expect(response.headers.getSetCookie()).toEqual([]);
  });

  it("says that the backend is down", async () => {
    backend.mockRejectedValue(new TypeError("fetch failed"));
    const response = await signIn(request("POST", {}, "{}"));
    expect(response.status).toBe(502);
    expect(await response.json()).toMatchObject({ error: "backend_unreachable" });
  });

  it("does not hold what is too long to be an address and a password", async () => {
    let sent = 0;
    const endless = new ReadableStream<Uint8Array>({
      pull(controller) {
        sent += 1;
        controller.enqueue(new Uint8Array(8 * 1024));
      },
    });
    const init: RequestInit & { duplex: "half" } = { method: "POST", headers: { host: "app.test" }, body: endless, duplex: "half" };
    expect((await signIn(new Request("http://app.test/api/session", init))).status).toBe(413);
    expect(sent).toBeLessThan(10);
    expect(backend).not.toHaveBeenCalled();
  });

  it("refuses another site's form, which would sign a person in as somebody else", async () => {
    expect((await signIn(request("POST", { origin: "https://evil.example" }, "{}"))).status).toBe(403);
    expect(backend).not.toHaveBeenCalled();
  });
});

describe("signOut", () => {
  it("revokes the refresh token and clears both cookies", async () => {
    backend.mockResolvedValue(new Response(null, { status: 204 }));
    const response = await signOut(request("DELETE", { cookie: "sigmasight_refresh=r%2B%2F%3D1" }));
    expect(backend.mock.calls[0]?.[1]?.body).toBe('{"refresh_token":"r+/=1"}');
    expect(response.headers.getSetCookie().map((cookie) => cookie.split(";")[0])).toEqual(["sigmasight_access=", "sigmasight_refresh="]);
  });

  it("clears the cookies even when the backend is down", async () => {
    backend.mockRejectedValue(new TypeError("fetch failed"));
    const response = await signOut(request("DELETE", { cookie: "sigmasight_refresh=r1" }));
    expect(response.status).toBe(204);
    expect(response.headers.getSetCookie()).toHaveLength(2);
  });
});
