import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";

import { api, unwrap } from "@/lib/api/client";
import type { Schemas } from "@/lib/api/types";

export type AssistantToken = Schemas["AssistantTokenOut"];
export type AssistantTokens = Schemas["AssistantTokens"];
export type MadeToken = Schemas["AssistantTokenMade"];
export type AssistantTokenIn = Schemas["AssistantTokenIn"];

const TOKENS = ["assistant-tokens"] as const;

/** The caller's own, and where assistants ask. */
export function useAssistantTokens() {
  return useQuery({ queryKey: TOKENS, queryFn: () => unwrap(api.GET("/assistant-tokens")) });
}

/** What it answers holds the token itself, this once: it is in no cache. */
export function useMakeToken() {
  const onSuccess = useRefresh();
  return useMutation({
    mutationFn: (body: AssistantTokenIn) => unwrap(api.POST("/assistant-tokens", { body })),
    onSuccess,
    gcTime: 0,
  });
}

export function useRevokeToken(id: string) {
  const onSuccess = useRefresh();
  const params = { path: { token_id: id } };
  return useMutation({ mutationFn: () => unwrap(api.DELETE("/assistant-tokens/{token_id}", { params })), onSuccess });
}

function useRefresh() {
  const queryClient = useQueryClient();
  return () => queryClient.invalidateQueries({ queryKey: TOKENS });
}
