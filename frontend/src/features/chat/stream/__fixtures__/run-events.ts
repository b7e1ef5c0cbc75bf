import type { NumberedEvent, RunEvent } from "../decoder";

/** Builders for the tests of the stream. */

export const START: RunEvent = {
  type: "start",
  data: {
    conversation_id: "c1",
    run_id: "r1",
    user_message_id: "u1",
    assistant_message_id: "a1",
    provider: "offline",
    model: "offline-analyst",
    mode: "standard",
  },
};

export const message = (delta: string): RunEvent => ({ type: "message", data: { delta } });

export const toolCall = (id: string): RunEvent => ({
  type: "tool_call",
  data: { tool_call_id: id, tool_name: "get_beta", tool_args: { benchmark: "SP500" } },
});

export const toolResult = (id: string): RunEvent => ({
  type: "tool_result",
  data: { tool_call_id: id, tool_name: "get_beta", result: { beta: 0.79 }, error: null, duration_ms: 12 },
});

export const toolFailure = (id: string): RunEvent => ({
  type: "tool_result",
  data: {
    tool_call_id: id,
    tool_name: "get_beta",
    result: null,
    error: { code: "no_prices", message: "No prices." },
    duration_ms: 3,
  },
});

export const done = (text: string): RunEvent => ({
  type: "done",
  data: {
    final_text: text,
    tool_calls_count: 0,
    finish_reason: "stop",
    usage: { input_tokens: 10, cached_input_tokens: 0, output_tokens: 5, reasoning_tokens: 0, cost_usd: null },
    attempts: [{ provider: "openai", model: "gpt-5-mini", outcome: "ok" }],
    grounding: null,
    citations: [],
    memories: [],
  },
});

export const failed: RunEvent = {
  type: "error",
  data: { code: "provider_unavailable", message: "The provider did not answer.", retryable: true },
};

export function numbered(events: RunEvent[], first = 1): NumberedEvent[] {
  return events.map((event, index) => ({ seq: first + index, event }));
}

export function sseText(events: NumberedEvent[]): string {
  return events.map(({ seq, event }) => `event: ${event.type}\nid: ${seq}\ndata: ${JSON.stringify(event.data)}\n\n`).join("");
}

/** A response body that delivers these chunks, then ends or fails. */
export function bodyOf(chunks: string[], failure?: Error): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  const pending = [...chunks];
  return new ReadableStream({
    pull(controller) {
      const chunk = pending.shift();
      if (chunk !== undefined) controller.enqueue(encoder.encode(chunk));
      else if (failure) controller.error(failure);
      else controller.close();
    },
  });
}
