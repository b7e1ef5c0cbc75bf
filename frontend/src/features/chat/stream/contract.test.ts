import { existsSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

import { RunEventDecoder } from "./decoder";
import { EMPTY_TURN, reduceTurn, type Part } from "./reducer";

interface RecordedTurn {
  name: string;
  sse: string;
  parts: Part[];
  message: { content: string; finish_reason: string | null };
}

const FIXTURE = new URL("./__fixtures__/turns.json", import.meta.url);

// The backend's tests write the fixture; there is nothing to compare with in a checkout where they have not run yet.
describe.skipIf(!existsSync(FIXTURE))("turns as the backend writes them", () => {
  const turns = existsSync(FIXTURE) ? (JSON.parse(readFileSync(FIXTURE, "utf8")) as RecordedTurn[]) : [];

  it.each(turns)("read as they are stored: $name", ({ sse, parts, message }) => {
    const events = new RunEventDecoder().push(new TextEncoder().encode(sse));
    const { answer } = events.reduce(reduceTurn, EMPTY_TURN);
    expect(answer.parts).toEqual(parts);
    expect(answer).toMatchObject({ content: message.content, finish_reason: message.finish_reason });
  });
});
