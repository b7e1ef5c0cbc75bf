import type { Schemas } from "@/lib/api/types";
import type { NumberedEvent, RunEvent } from "./decoder";

export type Message = Schemas["MessageOut"];
export type Part = Message["parts"][number];
export type ToolPart = Schemas["ToolPart"];

/** What an answer is made of, the same for one that streams and one that is stored. */
export type Answer = Pick<
  Message,
  | "content"
  | "parts"
  | "provider"
  | "model"
  | "mode"
  | "finish_reason"
  | "usage"
  | "attempts"
  | "grounding"
  | "citations"
  | "memories"
  | "error"
>;

export interface TurnSnapshot {
  /** The number of the last event taken in; 0 before the first. */
  lastSeq: number;
  phase: "waiting" | "running" | "done" | "failed";
  runId: string | null;
  userMessageId: string | null;
  assistantMessageId: string | null;
  answer: Answer;
}

export const EMPTY_TURN: TurnSnapshot = {
  lastSeq: 0,
  phase: "waiting",
  runId: null,
  userMessageId: null,
  assistantMessageId: null,
  answer: {
    content: "",
    parts: [],
    provider: null,
    model: null,
    mode: null,
    finish_reason: null,
    usage: null,
    attempts: [],
    grounding: null,
    citations: [],
    memories: [],
    error: null,
  },
};

/** Take one event in. An event that was taken in before changes nothing, so a replay may overlap what is known. */
export function reduceTurn(turn: TurnSnapshot, { seq, event }: NumberedEvent): TurnSnapshot {
  if (seq <= turn.lastSeq || hasEnded(turn)) return turn;
  return { ...applyEvent(turn, event), lastSeq: seq };
}

export function hasEnded({ phase }: TurnSnapshot): boolean {
  return phase === "done" || phase === "failed";
}

function applyEvent(turn: TurnSnapshot, event: RunEvent): TurnSnapshot {
  switch (event.type) {
    case "start":
      return applyStart(turn, event.data);
    case "message":
      return withAnswer(turn, appendText(turn.answer, event.data.delta));
    case "tool_call":
      return withAnswer(turn, appendTool(turn.answer, event.data));
    case "tool_result":
      return withAnswer(turn, settleTool(turn.answer, event.data));
    case "done":
      return { ...withAnswer(turn, finish(turn.answer, event.data)), phase: "done" };
    case "error":
      return { ...withAnswer(turn, { ...turn.answer, finish_reason: "error", error: event.data }), phase: "failed" };
  }
}

function withAnswer(turn: TurnSnapshot, answer: Answer): TurnSnapshot {
  return { ...turn, phase: "running", answer };
}

function applyStart(turn: TurnSnapshot, data: Schemas["StartData"]): TurnSnapshot {
  const { run_id: runId, user_message_id: userMessageId, assistant_message_id: assistantMessageId } = data;
  const { provider, model, mode } = data;
  return { ...withAnswer(turn, { ...turn.answer, provider, model, mode }), runId, userMessageId, assistantMessageId };
}

/** Text that follows text belongs to the same part; text after a tool step starts another. */
function appendText(answer: Answer, delta: string): Answer {
  const last = answer.parts.at(-1);
  const parts: Part[] =
    last?.type === "text"
      ? [...answer.parts.slice(0, -1), { type: "text", text: last.text + delta }]
      : [...answer.parts, { type: "text", text: delta }];
  return { ...answer, parts, content: answer.content + delta };
}

function appendTool(answer: Answer, call: Schemas["ToolCallData"]): Answer {
  const part: ToolPart = { type: "tool", ...call, result: null, error: null, duration_ms: null };
  return { ...answer, parts: [...answer.parts, part] };
}

function settleTool(answer: Answer, outcome: Schemas["ToolResultData"]): Answer {
  const { result, error, duration_ms } = outcome;
  const settle = (part: Part): Part =>
    part.type === "tool" && part.tool_call_id === outcome.tool_call_id ? { ...part, result, error, duration_ms } : part;
  return { ...answer, parts: answer.parts.map(settle) };
}

function finish(answer: Answer, data: Schemas["DoneData"]): Answer {
  const { finish_reason, usage, grounding, citations, memories } = data;
  // Another model may have taken over since the start: the last attempt names the one that answered.
  const { provider, model } = data.attempts.at(-1) ?? answer;
  return {
    ...answer,
    content: data.final_text,
    provider,
    model,
    finish_reason,
    usage,
    attempts: data.attempts,
    grounding,
    citations,
    memories,
  };
}
