import { describe, expect, it, vi } from "vitest";

import { ApiError } from "@/lib/api/errors";
import { MAX_RECONNECTS } from "./connection";
import { TurnStore, type RunTransport } from "./store";
import { bodyOf, done, failed, message, numbered, sseText, START } from "./__fixtures__/run-events";

const QUESTION = { text: "How risky?", ui_context: null };
const EVENTS = numbered([START, message("Not "), message("very."), done("Not very.")]);
const part = (from: number, to?: number) => sseText(EVENTS.slice(from, to));
const networkDown = new TypeError("network error");

function storeWith(transport: Partial<Omit<RunTransport, "wait">>) {
  const wait = vi.fn<RunTransport["wait"]>(() => Promise.resolve());
  const fake = {
    ask: vi.fn<RunTransport["ask"]>(() => Promise.reject(networkDown)),
    regenerate: vi.fn<RunTransport["regenerate"]>(() => Promise.reject(networkDown)),
    events: vi.fn<RunTransport["events"]>(() => Promise.reject(networkDown)),
    stop: vi.fn<RunTransport["stop"]>(() => Promise.resolve()),
    wait,
    ...transport,
  };
  const store = new TurnStore(fake);
  return { store, fake, wait, turn: () => store.turns.getState().c1 };
}

const answering = (...chunks: string[]) => vi.fn(() => Promise.resolve(bodyOf(chunks)));

describe("TurnStore", () => {
  it("follows a turn to its end", async () => {
    const { store, fake, turn } = storeWith({ ask: answering(part(0)) });
    await store.ask("c1", QUESTION);
    expect(turn()).toMatchObject({ connection: "closed", failure: null, snapshot: { phase: "done", answer: { content: "Not very." } } });
    expect(fake.ask).toHaveBeenCalledWith({ ...QUESTION, conversation_id: "c1" }, expect.any(String));
    expect(fake.events).not.toHaveBeenCalled();
  });

  it("closes after a turn that failed, without asking again", async () => {
    const { store, fake, turn } = storeWith({ ask: answering(sseText(numbered([START, failed]))) });
    await store.ask("c1", QUESTION);
    expect(turn()).toMatchObject({ connection: "closed", failure: null, snapshot: { phase: "failed" } });
    expect(fake.events).not.toHaveBeenCalled();
  });

  it.each([
    ["ends without a last event", bodyOf([part(0, 2)])],
    ["breaks", bodyOf([part(0, 2)], networkDown)],
  ])("joins again after the last event it has when the stream %s", async (_, body) => {
    const ask = vi.fn(() => Promise.resolve(body));
    const { store, fake, turn } = storeWith({ ask, events: answering(part(2)) });
    await store.ask("c1", QUESTION);
    expect(fake.events).toHaveBeenCalledExactlyOnceWith("r1", 2);
    expect(turn()?.snapshot.answer.content).toBe("Not very.");
  });

  it("gives up after a bounded number of tries with growing pauses, and follows again on retry", async () => {
    const events = vi.fn<RunTransport["events"]>(() => Promise.reject(networkDown));
    const { store, wait, turn } = storeWith({ ask: answering(part(0, 2)), events });
    await store.ask("c1", QUESTION);
    expect(events).toHaveBeenCalledTimes(MAX_RECONNECTS);
    expect(wait.mock.calls.map(([ms]) => ms)).toEqual([500, 1000, 2000, 4000, 8000]);
    expect(turn()).toMatchObject({ connection: "closed", failure: expect.stringContaining("connection was lost") });

    events.mockImplementation(() => Promise.resolve(bodyOf([part(2)])));
    await store.retry("c1");
    expect(turn()).toMatchObject({ failure: null, snapshot: { phase: "done" } });
  });

  it("counts its tries anew once an event has come", async () => {
    const events = vi.fn<RunTransport["events"]>();
    for (let cut = 2; cut < EVENTS.length; cut += 1) {
      for (let miss = 0; miss < MAX_RECONNECTS - 1; miss += 1) events.mockRejectedValueOnce(networkDown);
      events.mockResolvedValueOnce(bodyOf([part(cut, cut + 1)]));
    }
    const { store, turn } = storeWith({ ask: answering(part(0, 2)), events });
    await store.ask("c1", QUESTION);
    expect(turn()).toMatchObject({ failure: null, snapshot: { phase: "done" } });
  });

  it("tells at once of a question that was refused, and asks again with the same key", async () => {
    const ask = vi.fn<RunTransport["ask"]>();
    ask.mockRejectedValueOnce(new ApiError(409, "run_active", "An answer is still being written."));
    ask.mockResolvedValueOnce(bodyOf([part(0)]));
    const { store, turn } = storeWith({ ask });
    await store.ask("c1", QUESTION);
    expect(turn()).toMatchObject({ connection: "closed", failure: "An answer is still being written." });
    await store.retry("c1");
    expect(turn()).toMatchObject({ failure: null, snapshot: { phase: "done" } });
    expect(ask.mock.calls[0]?.[1]).toBe(ask.mock.calls[1]?.[1]);
  });

  it("does not try again where the run is gone", async () => {
    const gone = new ApiError(404, "run_not_found", "There is no such run.");
    const events = vi.fn<RunTransport["events"]>(() => Promise.reject(gone));
    const { store, turn } = storeWith({ ask: answering(part(0, 2)), events });
    await store.ask("c1", QUESTION);
    expect(events).toHaveBeenCalledOnce();
    expect(turn()?.failure).toBe("There is no such run.");
  });

  it("says so when the server sends what was not agreed on", async () => {
    const { store, turn } = storeWith({ ask: answering("event: start\nid: 1\ndata: nonsense\n\n") });
    await store.ask("c1", QUESTION);
    expect(turn()).toMatchObject({ connection: "closed", failure: expect.stringContaining("does not understand") });
  });

  it("joins a run that was under way from its first event", async () => {
    const { store, fake, turn } = storeWith({ events: answering(part(0)) });
    await store.attach("c1", "r1");
    expect(fake.events).toHaveBeenCalledExactlyOnceWith("r1", 0);
    expect(turn()).toMatchObject({ request: { type: "join" }, snapshot: { phase: "done", userMessageId: "u1" } });
  });

  it("has an answer written once more, and joins it again like any other", async () => {
    const { store, fake, turn } = storeWith({ regenerate: answering(part(0, 2)), events: answering(part(2)) });
    await store.regenerate("c1", "a0");
    expect(fake.regenerate).toHaveBeenCalledExactlyOnceWith("a0", expect.any(String));
    expect(fake.events).toHaveBeenCalledExactlyOnceWith("r1", 2);
    expect(turn()?.snapshot.answer.content).toBe("Not very.");
  });

  it("stops a run once, and one that has no number yet as soon as it has", async () => {
    let feed: ReadableStreamDefaultController<Uint8Array> | undefined;
    const body = new ReadableStream<Uint8Array>({ start: (controller) => void (feed = controller) });
    const { store, fake } = storeWith({ ask: () => Promise.resolve(body) });
    const asked = store.ask("c1", QUESTION);
    await store.stop("c1");
    await store.stop("c1");
    expect(fake.stop).not.toHaveBeenCalled();
    feed?.enqueue(new TextEncoder().encode(part(0)));
    await asked;
    expect(fake.stop).toHaveBeenCalledExactlyOnceWith("r1");
  });

  it("offers stop again when it could not be sent", async () => {
    let feed: ReadableStreamDefaultController<Uint8Array> | undefined;
    const body = new ReadableStream<Uint8Array>({ start: (controller) => void (feed = controller) });
    const stop = () => Promise.reject(new ApiError(502, "backend_unreachable", "Unreachable."));
    const { store, turn } = storeWith({ ask: () => Promise.resolve(body), stop });
    const asked = store.ask("c1", QUESTION);
    feed?.enqueue(new TextEncoder().encode(part(0, 2)));
    await vi.waitFor(() => expect(turn()?.snapshot.runId).toBe("r1"));
    await store.stop("c1");
    expect(turn()?.stopRequested).toBe(false);
    feed?.enqueue(new TextEncoder().encode(part(2)));
    await asked;
  });

  it("keeps the turns of different conversations apart", async () => {
    const { store } = storeWith({ ask: vi.fn(() => Promise.resolve(bodyOf([part(0)]))) });
    await Promise.all([store.ask("c1", QUESTION), store.ask("c2", QUESTION)]);
    expect(Object.keys(store.turns.getState())).toEqual(["c1", "c2"]);
  });
});
