import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

import { RunEventDecoder } from "./decoder";
import { EMPTY_TURN, reduceTurn, type Part } from "./reducer";

interface RecordedTurn {
  name: string;
  sse: string;
  events: { id: number; type: string; data: unknown }[];
  parts: Part[];
  message: { content: string; finish_reason: string | null };
}

const FIXTURE = new URL("./__fixtures__/turns.json", import.meta.url);

/** The backend's tests write the fixture and fail when it is out of date; this reads it. */
describe("turns as the backend writes them", () => {
  const turns = JSON.parse(readFileSync(FIXTURE, "utf8")) as RecordedTurn[];

  it.each(turns)("read as they are stored: $name", ({ sse, events, parts, message }) => {
    const decoded = new RunEventDecoder().push(new TextEncoder().encode(sse));
    expect(decoded.map(({ seq, event }) => ({ id: seq, ...event }))).toEqual(events);
    const { answer } = decoded.reduce(reduceTurn, EMPTY_TURN);
    expect(answer.parts).toEqual(parts);
    expect(answer).toMatchObject({ content: message.content, finish_reason: message.finish_reason });
  });
});
