import { describe, expect, it } from "vitest";

import { ApiError } from "@/lib/api/errors";
import { write, type Wish, type WriteTransport } from "./write";

const WISH: Wish = { portfolio_id: "p", insight_type: "performance" };
const START = 'event: start\ndata: {"portfolio_id":"p","insight_type":"performance","provider":"o","model":"m"}\n\n';
const DONE = 'event: done\ndata: {"insight":{"id":"i"}}\n\n';

function says(text: string, cut = false): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start(controller) {
      controller.enqueue(new TextEncoder().encode(text));
    },
    pull(controller) {
      if (cut) controller.error(new TypeError("network error"));
      else controller.close();
    },
  });
}

function answering(...answers: (ReadableStream<Uint8Array> | Error)[]): WriteTransport & { keys: string[] } {
  const keys: string[] = [];
  return {
    keys,
    ask: (_wish, key) => {
      keys.push(key);
      const answer = answers.shift();
      return answer instanceof ReadableStream ? Promise.resolve(answer) : Promise.reject(answer);
    },
    wait: () => Promise.resolve(),
  };
}

async function told(transport: WriteTransport): Promise<string[]> {
  const types: string[] = [];
  for await (const event of write(WISH, "key", transport)) types.push(event.type);
  return types;
}

const busy = new ApiError(409, "insight_in_progress", "It is being written.");

describe("having an insight written", () => {
  it("ends with its last event", async () => {
    expect(await told(answering(says(START + DONE)))).toEqual(["start", "done"]);
  });

  it("asks again with the same key when the connection is lost, until it is there", async () => {
    const transport = answering(says(START, true), busy, busy, says(START + DONE));
    expect(await told(transport)).toEqual(["start", "start", "done"]);
    expect(new Set(transport.keys)).toEqual(new Set(["key"]));
  });

  it("asks again when the stream ends without an ending", async () => {
    expect(await told(answering(says(START), says(START + DONE)))).toEqual(["start", "start", "done"]);
  });

  it.each([new ApiError(429, "budget_exceeded", "Used up."), new ApiError(404, "portfolio_not_found", "Gone.")])(
    "tells at once what was refused: $code",
    async (refusal) => {
      await expect(told(answering(refusal))).rejects.toBe(refusal);
    },
  );
});
