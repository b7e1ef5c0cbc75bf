import type { Schemas } from "@/lib/api/types";
import type { InsightEvent } from "./decoder";

export interface LookUp {
  id: string;
  tool: string;
  isDone: boolean;
}

/** An insight in the making, as far as it has been told. */
export interface Draft {
  lookUps: LookUp[];
  /** A preview of the words: what is stored is checked first, and may differ. */
  text: string;
  insight: Schemas["InsightOut"] | null;
  error: string | null;
}

export const EMPTY_DRAFT: Draft = { lookUps: [], text: "", insight: null, error: null };

export function reduceDraft(draft: Draft, event: InsightEvent): Draft {
  switch (event.type) {
    // Also where the connection was lost: what is told from here on is the whole again.
    case "start":
      return EMPTY_DRAFT;
    case "tool_call": {
      const { tool_call_id: id, tool_name: tool } = event.data;
      return { ...draft, lookUps: [...draft.lookUps, { id, tool, isDone: false }] };
    }
    case "tool_result":
      return { ...draft, lookUps: draft.lookUps.map((one) => settle(one, event.data.tool_call_id)) };
    case "message":
      return { ...draft, text: draft.text + event.data.delta };
    case "done":
      return { ...draft, insight: event.data.insight };
    case "error":
      return { ...draft, error: event.data.message };
  }
}

function settle(lookUp: LookUp, id: string): LookUp {
  return lookUp.id === id ? { ...lookUp, isDone: true } : lookUp;
}

/** What the writing is at, in words for a status line. */
export function stage({ lookUps, text }: Draft): string {
  if (text !== "") return "Writing…";
  const done = lookUps.filter((one) => one.isDone).length;
  if (lookUps.length === 0) return "Beginning…";
  return done === lookUps.length ? "Putting it into words…" : `Looking up the figures (${done + 1})…`;
}
