import { describe, expect, it } from "vitest";

import { EMPTY_TURN, reduceTurn, type Message } from "./stream/reducer";
import type { LiveTurn } from "./stream/store";
import { done, failed, message, numbered, START } from "./stream/__fixtures__/run-events";
import { transcriptEntries } from "./transcript-entries";

function stored(id: string, role: "user" | "assistant", content: string): Message {
  const { answer } = EMPTY_TURN;
  return { ...answer, id, role, content, conversation_id: "c1", run_id: "r1", created_at: "2025-11-21T10:00:00Z" };
}

function live(change: Partial<LiveTurn> = {}): LiveTurn {
  const snapshot = numbered([START, message("Not very.")]).reduce(reduceTurn, EMPTY_TURN);
  return {
    request: { type: "ask", question: { text: "How risky?" } },
    idempotencyKey: "k",
    snapshot,
    connection: "open",
    stopRequested: false,
    failure: null,
    ...change,
  };
}

const kinds = (...args: Parameters<typeof transcriptEntries>) => transcriptEntries(...args).map(({ kind, key }) => `${kind} ${key}`);

describe("transcriptEntries", () => {
  it("shows the question at once, before the run has started", () => {
    expect(kinds([], live({ snapshot: EMPTY_TURN }))).toEqual(["question question", "answer answer"]);
  });

  it("keeps an answer's key when it becomes a stored one", () => {
    const messages = [stored("u1", "user", "How risky?"), stored("a1", "assistant", "Not very.")];
    expect(kinds([], live())).toEqual(["question u1", "answer a1"]);
    expect(kinds(messages, live({ connection: "closed" }))).toEqual(["question u1", "answer a1"]);
  });

  it("does not repeat a question that is stored while its answer still streams", () => {
    expect(kinds([stored("u1", "user", "How risky?")], live({ request: { type: "join" } }))).toEqual(["question u1", "answer a1"]);
  });

  it("knows for every answer what was asked, so that it can be asked again", () => {
    const messages = [stored("u0", "user", "First?"), stored("a0", "assistant", "Yes."), stored("u1", "user", "Second?")];
    const entries = transcriptEntries(messages, live({ request: { type: "join" } }));
    expect(entries.flatMap((entry) => (entry.kind === "answer" ? [entry.question] : []))).toEqual(["First?", "Second?"]);
  });

  it("gives a stored answer the same content as the streamed one it replaces", () => {
    const ended = numbered([START, message("Not very."), done("Not very.")]).reduce(reduceTurn, EMPTY_TURN);
    const [, streamed] = transcriptEntries([], live({ snapshot: ended, connection: "closed" }));
    const [, reloaded] = transcriptEntries([stored("u1", "user", "?"), { ...stored("a1", "assistant", ""), ...ended.answer }], undefined);
    expect(reloaded).toMatchObject({ answer: streamed?.kind === "answer" ? streamed.answer : null });
  });

  it("lets a second answer stand for the first while it streams, and the first come back when there is none", () => {
    const messages = [stored("u1", "user", "How risky?"), stored("a0", "assistant", "Very.")];
    const request = { type: "regenerate" as const, messageId: "a0" };
    expect(kinds(messages, live({ request }))).toEqual(["question u1", "answer a1"]);
    const failure = numbered([START, failed]).reduce(reduceTurn, EMPTY_TURN);
    const entries = transcriptEntries(messages, live({ request, snapshot: failure, connection: "closed" }));
    expect(entries.map(({ key }) => key)).toEqual(["u1", "a0", "a1"]);
  });

  it("lets an edited question stand for the last one and what followed it", () => {
    const messages = [stored("u0", "user", "How risky?"), stored("a0", "assistant", "Very.")];
    const request = { type: "ask" as const, question: { text: "How safe?", replaces_message_id: "u0" } };
    expect(kinds(messages, live({ request }))).toEqual(["question u1", "answer a1"]);
  });

  it("marks the last question and answer, which alone may be changed", () => {
    const messages = ["u0", "a0", "u1", "a1"].map((id) => stored(id, id.startsWith("u") ? "user" : "assistant", "x"));
    expect(transcriptEntries(messages, undefined).map(({ isLast }) => isLast)).toEqual([false, false, true, true]);
  });
});
