import type { Answer, Message } from "./stream/reducer";
import type { LiveTurn } from "./stream/store";

/** A line of the conversation. `key` stays the same when a streamed answer becomes a stored one. */
export type Entry =
  | { kind: "question"; key: string; text: string }
  | { kind: "answer"; key: string; answer: Answer; live: LiveTurn | null; question: string | null };

/** The stored messages followed by the turn under way, as far as it is not among them yet. */
export function transcriptEntries(messages: Message[], turn: LiveTurn | undefined): Entry[] {
  const stored = storedEntries(messages);
  return turn ? [...stored, ...liveEntries(new Set(messages.map(({ id }) => id)), turn, lastQuestion(messages))] : stored;
}

function storedEntries(messages: Message[]): Entry[] {
  return messages.map((message, index) =>
    message.role === "user"
      ? { kind: "question", key: message.id, text: message.content }
      : {
          kind: "answer",
          key: message.id,
          answer: message,
          live: null,
          question: lastQuestion(messages.slice(0, index)),
        },
  );
}

function liveEntries(storedIds: Set<string>, turn: LiveTurn, storedQuestion: string | null): Entry[] {
  const { userMessageId, assistantMessageId, answer } = turn.snapshot;
  const text = turn.question?.text ?? null;
  const entries: Entry[] = [];
  if (text !== null && !(userMessageId && storedIds.has(userMessageId))) {
    entries.push({ kind: "question", key: userMessageId ?? "question", text });
  }
  if (!(assistantMessageId && storedIds.has(assistantMessageId))) {
    const key = assistantMessageId ?? "answer";
    entries.push({ kind: "answer", key, answer, live: turn, question: text ?? storedQuestion });
  }
  return entries;
}

function lastQuestion(messages: Message[]): string | null {
  return messages.findLast(({ role }) => role === "user")?.content ?? null;
}
