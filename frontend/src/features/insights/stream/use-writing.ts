"use client";

import { useQueryClient } from "@tanstack/react-query";
import { useCallback, useState } from "react";

import { ApiError } from "@/lib/api/errors";
import { insightKeys } from "../api/insights";
import { EMPTY_DRAFT, reduceDraft, type Draft } from "./reducer";
import { networkTransport, write, type Wish } from "./write";

export interface Writing {
  draft: Draft | null;
  isWriting: boolean;
  failure: string | null;
  start: (wish: Wish) => Promise<void>;
}

/** One insight at a time; the list is fetched anew once it is stored. */
export function useWriting(): Writing {
  const queryClient = useQueryClient();
  const [draft, setDraft] = useState<Draft | null>(null);
  const [failure, setFailure] = useState<string | null>(null);
  const start = useCallback(
    async (wish: Wish) => {
      setFailure(null);
      setDraft(EMPTY_DRAFT);
      try {
        let now = EMPTY_DRAFT;
        for await (const event of write(wish, crypto.randomUUID(), networkTransport)) {
          now = reduceDraft(now, event);
          setDraft(now);
        }
        setFailure(now.error);
        await queryClient.invalidateQueries({ queryKey: insightKeys.of(wish.portfolio_id) });
      } catch (error) {
        if (!(error instanceof ApiError)) throw error;
        setFailure(error.message);
      } finally {
        setDraft(null);
      }
    },
    [queryClient],
  );
  return { draft, isWriting: draft !== null, failure, start };
}
