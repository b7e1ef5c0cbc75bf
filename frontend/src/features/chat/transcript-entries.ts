import type { Answer, Message } from "./stream/reducer";
import { isActive, replacedFrom, type LiveTurn } from "./stream/store";

/** A line of the conversation. `key` stays the same when a streamed answer becomes a stored one. */
export type Entry =
  | { kind: "question"; key: string; text: string; message: Message | null; isLast: boolean }
  | {
      kind: "answer";
      key: string;
      answer: Answer;
      live: LiveTurn | null;
      question: string | null;
      message: Message | null;
      isLast: boolean;
    };

/** The stored messages followed by the turn under way, as far as it is not among them yet. */
export function transcriptEntries(messages: Message[], turn: LiveTurn | undefined): Entry[] {
  if (!turn) return storedEntries(messages);
  const standing = messages.slice(0, firstReplaced(messages, turn));
  const live = liveEntries(new Set(standing.map(({ id }) => id)), turn, lastQuestion(standing));
  return [...storedEntries(standing, live.length === 0), ...live];
}

/** Where the turn's own words begin to stand for stored ones. A turn that came to nothing leaves them standing. */
function firstReplaced(messages: Message[], turn: LiveTurn): number | undefined {
  const from = replacedFrom(turn);
  const hasWords = turn.snapshot.phase === "done" && turn.snapshot.answer.content !== "";
  const place = isActive(turn) || hasWords ? messages.findIndex(({ id }) => id === from) : -1;
  return place < 0 ? undefined : place;
}

function storedEntries(messages: Message[], isWhole = true): Entry[] {
  const last = isWhole ? { question: lastIndex(messages, "user"), answer: lastIndex(messages, "assistant") } : null;
  return messages.map((message, index) =>
    message.role === "user"
      ? { kind: "question", key: message.id, text: message.content, message, isLast: index === last?.question }
      : {
          kind: "answer",
          key: message.id,
          answer: message,
          live: null,
          question: lastQuestion(messages.slice(0, index)),
          message,
          isLast: index === last?.answer,
        },
  );
}

function liveEntries(storedIds: Set<string>, turn: LiveTurn, storedQuestion: string | null): Entry[] {
  const { userMessageId, assistantMessageId, answer } = turn.snapshot;
  const text = turn.request.type === "ask" ? turn.request.question.text : null;
  const entries: Entry[] = [];
  if (text !== null && !(userMessageId && storedIds.has(userMessageId))) {
    entries.push({ kind: "question", key: userMessageId ?? "question", text, message: null, isLast: true });
  }
  if (!(assistantMessageId && storedIds.has(assistantMessageId))) {
    const key = assistantMessageId ?? "answer";
    const question = text ?? storedQuestion;
    entries.push({ kind: "answer", key, answer, live: turn, question, message: null, isLast: true });
  }
  return entries;
}

function lastQuestion(messages: Message[]): string | null {
  return messages.findLast(({ role }) => role === "user")?.content ?? null;
}

function lastIndex(messages: Message[], wanted: Message["role"]): number {
  return messages.findLastIndex(({ role }) => role === wanted);
}
