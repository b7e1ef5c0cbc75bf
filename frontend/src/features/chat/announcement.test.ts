import { expect, it } from "vitest";

import { announcement } from "./announcement";
import type { RunEvent } from "./stream/decoder";
import { EMPTY_TURN, reduceTurn } from "./stream/reducer";
import { done, message, numbered, START, toolCall, toolResult } from "./stream/__fixtures__/run-events";

function said(...events: RunEvent[]): string {
  const snapshot = numbered(events).reduce(reduceTurn, EMPTY_TURN);
  return announcement({ request: { type: "join" }, idempotencyKey: "", snapshot, connection: "open", stopRequested: false, failure: null });
}

it("speaks a few times a turn instead of with every token", () => {
  const text = "Your beta is low.\n\nYour volatility is low too.";
  const deltas = [...text].map(message);
  const all = [START, toolCall("t1"), toolResult("t1"), ...deltas, done(text)];
  const spoken = all.map((_, index) => said(...all.slice(0, index + 1)));
  expect([...new Set(spoken)]).toEqual([
    "The analyst is working.",
    "Looking up: Beta.",
    "Your beta is low.",
    "Answer complete. Your volatility is low too.",
  ]);
});
