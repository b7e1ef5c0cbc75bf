import { createStore, type StoreApi } from "zustand/vanilla";

import { ApiError } from "@/lib/api/errors";
import type { Schemas } from "@/lib/api/types";
import { ConnectionLostError, followRun, type RunSource } from "./connection";
import { StreamProtocolError, type NumberedEvent } from "./decoder";
import { EMPTY_TURN, hasEnded, reduceTurn, type TurnSnapshot } from "./reducer";

export type Question = Omit<Schemas["SendIn"], "conversation_id">;

/** How a turn came to this page. One that was joined is known by its run alone: its question is a stored one. */
export type TurnRequest =
  | { type: "ask"; question: Question }
  | { type: "regenerate"; messageId: string }
  | { type: "join" };

/** The requests that a turn is made of. */
export interface RunTransport {
  ask: (question: Schemas["SendIn"], idempotencyKey: string) => Promise<ReadableStream<Uint8Array>>;
  regenerate: (messageId: string, idempotencyKey: string) => Promise<ReadableStream<Uint8Array>>;
  events: (runId: string, lastSeq: number) => Promise<ReadableStream<Uint8Array>>;
  stop: (runId: string) => Promise<unknown>;
  wait: (milliseconds: number) => Promise<void>;
}

/** A turn that this page watches or has watched. */
export interface LiveTurn {
  request: TurnRequest;
  idempotencyKey: string;
  snapshot: TurnSnapshot;
  connection: "open" | "reconnecting" | "closed";
  stopRequested: boolean;
  /** Why the page stopped following before the run's last event. The run itself may be well. */
  failure: string | null;
}

/** The turns of this page by conversation. Nothing here knows about React or about bytes. */
export class TurnStore {
  readonly turns: StoreApi<Readonly<Record<string, LiveTurn>>> = createStore(() => ({}));

  constructor(private readonly transport: RunTransport) {}

  ask(conversationId: string, question: Question): Promise<void> {
    return this.begin(conversationId, { type: "ask", question });
  }

  /** Have the last question answered once more. */
  regenerate(conversationId: string, messageId: string): Promise<void> {
    return this.begin(conversationId, { type: "regenerate", messageId });
  }

  /** Join a run that is under way, from its first event. */
  attach(conversationId: string, runId: string): Promise<void> {
    return this.begin(conversationId, { type: "join" }, runId);
  }

  /** Follow again after a failure, or ask again with the same key where the question never got through. */
  retry(conversationId: string): Promise<void> {
    this.patch(conversationId, { connection: "open", failure: null });
    return this.follow(conversationId);
  }

  async stop(conversationId: string): Promise<void> {
    const turn = this.turns.getState()[conversationId];
    if (!turn || turn.stopRequested || hasEnded(turn.snapshot)) return;
    this.patch(conversationId, { stopRequested: true });
    if (turn.snapshot.runId) await this.sendStop(conversationId, turn.snapshot.runId);
  }

  private begin(conversationId: string, request: TurnRequest, runId: string | null = null): Promise<void> {
    const turn: LiveTurn = {
      request,
      idempotencyKey: crypto.randomUUID(),
      snapshot: { ...EMPTY_TURN, runId },
      connection: "open",
      stopRequested: false,
      failure: null,
    };
    this.turns.setState({ [conversationId]: turn });
    return this.follow(conversationId);
  }

  private async follow(conversationId: string): Promise<void> {
    const turn = this.turns.getState()[conversationId];
    if (!turn) return;
    const observer = {
      onEvents: (events: NumberedEvent[]) => this.take(conversationId, events),
      onReconnecting: () => this.patch(conversationId, { connection: "reconnecting" }),
    };
    const { wait } = this.transport;
    try {
      await followRun({ source: this.sourceOf(conversationId, turn), observer, position: turn.snapshot, wait });
      this.patch(conversationId, { connection: "closed" });
    } catch (error) {
      this.patch(conversationId, { connection: "closed", failure: failureSentence(error) });
    }
  }

  private sourceOf(conversationId: string, { request, idempotencyKey }: LiveTurn): RunSource {
    return {
      open: () => {
        switch (request.type) {
          case "ask":
            return this.transport.ask({ ...request.question, conversation_id: conversationId }, idempotencyKey);
          case "regenerate":
            return this.transport.regenerate(request.messageId, idempotencyKey);
          case "join":
            // There is no other way to it than its run's id.
            throw new ConnectionLostError();
        }
      },
      reopen: (runId, lastSeq) => this.transport.events(runId, lastSeq),
    };
  }

  private take(conversationId: string, events: NumberedEvent[]): void {
    const turn = this.turns.getState()[conversationId];
    if (!turn) return;
    const snapshot = events.reduce(reduceTurn, turn.snapshot);
    this.patch(conversationId, { snapshot, connection: "open" });
    const isNewlyStarted = turn.snapshot.runId === null && snapshot.runId !== null;
    // Stop was asked for before there was a run to stop.
    if (isNewlyStarted && turn.stopRequested && snapshot.runId) void this.sendStop(conversationId, snapshot.runId);
  }

  private async sendStop(conversationId: string, runId: string): Promise<void> {
    try {
      await this.transport.stop(runId);
    } catch {
      // The answer goes on streaming, so the button comes back for another try.
      this.patch(conversationId, { stopRequested: false });
    }
  }

  private patch(conversationId: string, change: Partial<LiveTurn>): void {
    const turn = this.turns.getState()[conversationId];
    if (turn) this.turns.setState({ [conversationId]: { ...turn, ...change } });
  }
}

export function isActive(turn: LiveTurn | undefined): boolean {
  return turn !== undefined && turn.connection !== "closed";
}

/** The first of the stored messages that this turn takes the place of; null where it only adds to them. */
export function replacedFrom({ request }: LiveTurn): string | null {
  if (request.type === "regenerate") return request.messageId;
  return request.type === "ask" ? (request.question.replaces_message_id ?? null) : null;
}

function failureSentence(error: unknown): string {
  if (error instanceof ApiError || error instanceof ConnectionLostError) return error.message;
  if (error instanceof StreamProtocolError) return "The server sent something that this page does not understand.";
  throw error;
}
