"use client";

import { useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { useStore } from "zustand";

import { conversationKeys, useConversation, useMessages } from "../api/conversations";
import { networkTransport } from "../api/runs";
import { isActive, TurnStore, type LiveTurn } from "./store";

/** One for the page, so that an answer goes on streaming while the person looks at something else. */
export const turnStore = new TurnStore(networkTransport);

/** A conversation as it stands: what is stored, and the turn that is under way or has just ended. */
export function useTurn(conversationId: string | null) {
  const turn = useStore(turnStore.turns, (turns) => (conversationId ? turns[conversationId] : undefined));
  const conversation = useConversation(conversationId);
  const messages = useMessages(conversationId);
  useAttach(conversationId, conversation.data?.active_run_id ?? null, turn);
  useRefreshAfter(conversationId, turn);
  return { turn, conversation, messages };
}

/** Join a run that was under way before this page was opened. */
function useAttach(conversationId: string | null, activeRunId: string | null, turn: LiveTurn | undefined) {
  const isKnown = isActive(turn) || turn?.snapshot.runId === activeRunId;
  useEffect(() => {
    if (conversationId && activeRunId && !isKnown) void turnStore.attach(conversationId, activeRunId);
  }, [conversationId, activeRunId, isKnown]);
}

/** Fetch what the server has stored once a turn is over: titles and the list change with it too. */
function useRefreshAfter(conversationId: string | null, turn: LiveTurn | undefined) {
  const queryClient = useQueryClient();
  const isOver = turn?.connection === "closed";
  useEffect(() => {
    if (conversationId && isOver) void queryClient.invalidateQueries({ queryKey: conversationKeys.all });
  }, [conversationId, isOver, queryClient]);
}
