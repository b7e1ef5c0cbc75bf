import { describe, expect, it } from "vitest";

import { decodeRunEvents, RunEventDecoder, StreamProtocolError, type NumberedEvent } from "./decoder";
import { bodyOf, done, message, numbered, sseText, START, toolCall, toolResult } from "./__fixtures__/run-events";

const EVENTS = numbered([START, toolCall("t1"), toolResult("t1"), message("Beta 0,79 – ≈ 1 €, 😀\nzwei"), done("x")]);

function decodeIn(bytes: Uint8Array, cut: number): NumberedEvent[] {
  const decoder = new RunEventDecoder();
  return [...decoder.push(bytes.slice(0, cut)), ...decoder.push(bytes.slice(cut))];
}

const decodeText = (text: string) => new RunEventDecoder().push(new TextEncoder().encode(text));

describe("RunEventDecoder", () => {
  it("reads the same events wherever the bytes are cut, inside a character too", () => {
    const bytes = new TextEncoder().encode(sseText(EVENTS));
    for (let cut = 0; cut <= bytes.length; cut += 1) expect(decodeIn(bytes, cut)).toEqual(EVENTS);
  });

  it("reads a stream that comes byte by byte", () => {
    const decoder = new RunEventDecoder();
    const bytes = new TextEncoder().encode(sseText(EVENTS));
    expect([...bytes].flatMap((byte) => decoder.push(Uint8Array.of(byte)))).toEqual(EVENTS);
  });

  it.each(["\r\n", "\r"])("takes %j as a line end, cut anywhere", (lineEnd) => {
    const bytes = new TextEncoder().encode(sseText(EVENTS).replaceAll("\n", lineEnd) + lineEnd);
    for (let cut = 0; cut <= bytes.length; cut += 1) expect(decodeIn(bytes, cut)).toEqual(EVENTS);
  });

  it("passes over comments, retry hints and unknown fields", () => {
    const text = `: ping\n\nretry: 100\nfoo: bar\n${sseText(numbered([message("a")]))}: ping\n\n`;
    expect(decodeText(text)).toEqual(numbered([message("a")]));
  });

  it("joins data that is spread over lines", () => {
    expect(decodeText('event: message\nid: 1\ndata: {"delta":\ndata: "a"}\n\n')).toEqual(numbered([message("a")]));
  });

  it("leaves out an event that never ended", () => {
    expect(decodeText('event: message\nid: 1\ndata: {"delta":"a"}\n')).toEqual([]);
  });

  it("ignores event names it does not know and messages without one", () => {
    expect(decodeText('event: notice\nid: 1\ndata: {}\n\ndata: {"delta":"a"}\n\n')).toEqual([]);
  });

  it.each(["", "id: 0\n", "id: x\n", "id: 1.5\n"])("refuses an event whose number is %j", (idLine) => {
    expect(() => decodeText(`event: message\n${idLine}data: {"delta":"a"}\n\n`)).toThrow(StreamProtocolError);
  });

  it("refuses data that is not JSON", () => {
    expect(() => decodeText("event: message\nid: 1\ndata: hello\n\n")).toThrow(StreamProtocolError);
  });
});

describe("decodeRunEvents", () => {
  it("gives a batch per chunk and none for a chunk without an event", async () => {
    const [first, second] = [sseText(numbered([START, message("a")])), sseText(numbered([done("a")], 3))];
    const batches = [];
    for await (const batch of decodeRunEvents(bodyOf([first, ": ping\n\n", second]))) batches.push(batch.length);
    expect(batches).toEqual([2, 1]);
  });

  it("closes the connection when the reader leaves", async () => {
    let isCancelled = false;
    const body = new ReadableStream<Uint8Array>({
      pull: (controller) => controller.enqueue(new TextEncoder().encode(sseText(EVENTS))),
      cancel: () => {
        isCancelled = true;
      },
    });
    for await (const batch of decodeRunEvents(body)) if (batch.length > 0) break;
    expect(isCancelled).toBe(true);
  });

  it("throws what the connection throws", async () => {
    const read = async () => {
      for await (const batch of decodeRunEvents(bodyOf([], new TypeError("network error")))) void batch;
    };
    await expect(read()).rejects.toThrow("network error");
  });
});
