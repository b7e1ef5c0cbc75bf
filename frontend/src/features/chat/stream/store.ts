import { createStore, type StoreApi } from "zustand/vanilla";

import { ApiError } from "@/lib/api/errors";
import type { Schemas } from "@/lib/api/types";
import { ConnectionLostError, followRun, type RunSource } from "./connection";
import { StreamProtocolError, type NumberedEvent } from "./decoder";
import { EMPTY_TURN, hasEnded, reduceTurn, type TurnSnapshot } from "./reducer";

export type Question = Omit<Schemas["SendIn"], "conversation_id">;

/** The requests that a turn is made of. */
export interface RunTransport {
  ask: (question: Schemas["SendIn"], idempotencyKey: string) => Promise<ReadableStream<Uint8Array>>;
  events: (runId: string, lastSeq: number) => Promise<ReadableStream<Uint8Array>>;
  stop: (runId: string) => Promise<unknown>;
  wait: (milliseconds: number) => Promise<void>;
}

/** A turn that this page watches or has watched. */
export interface LiveTurn {
  /** Null where the page came to a run that was already under way: the stored conversation has the question. */
  question: Question | null;
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
    return this.begin(conversationId, question, null);
  }

  /** Join a run that is under way, from its first event. */
  attach(conversationId: string, runId: string): Promise<void> {
    return this.begin(conversationId, null, runId);
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

  private begin(conversationId: string, question: Question | null, runId: string | null): Promise<void> {
    const turn: LiveTurn = {
      question,
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

  private sourceOf(conversationId: string, { question, idempotencyKey }: LiveTurn): RunSource {
    return {
      open: () => {
        // A turn without a question was joined by its run's id, and is followed by it.
        if (question === null) throw new ConnectionLostError();
        return this.transport.ask({ ...question, conversation_id: conversationId }, idempotencyKey);
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

function failureSentence(error: unknown): string {
  if (error instanceof ApiError || error instanceof ConnectionLostError) return error.message;
  if (error instanceof StreamProtocolError) return "The server sent something that this page does not understand.";
  throw error;
}
