import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";

import { api, unwrap } from "@/lib/api/client";
import type { Schemas } from "@/lib/api/types";

export type Rule = Schemas["RoutingRuleOut"];
export type RuleIn = Schemas["RoutingRuleIn"];
export type Model = Schemas["ModelOut"];

const RULES = ["routing-rules"] as const;

/** What is configured on the server, the default first. */
export function useModels() {
  return useQuery({
    queryKey: ["models"],
    queryFn: () => unwrap(api.GET("/agent/models", {})),
    select: ({ items }) => items,
  });
}

/** In the order in which they are asked. */
export function useRules() {
  return useQuery({
    queryKey: RULES,
    queryFn: () => unwrap(api.GET("/agent/routing-rules", {})),
    select: ({ items }) => items,
  });
}

/** Replaces the rule `id`, or makes a new one where there is none. */
export function useSaveRule(id: string | null) {
  const onSuccess = useRefresh();
  const save = (body: RuleIn) =>
    id === null
      ? unwrap(api.POST("/agent/routing-rules", { body }))
      : unwrap(api.PUT("/agent/routing-rules/{rule_id}", { params: { path: { rule_id: id } }, body }));
  return useMutation({ mutationFn: save, onSuccess });
}

export function useDeleteRule(id: string) {
  const onSuccess = useRefresh();
  const params = { path: { rule_id: id } };
  return useMutation({ mutationFn: () => unwrap(api.DELETE("/agent/routing-rules/{rule_id}", { params })), onSuccess });
}

function useRefresh() {
  const queryClient = useQueryClient();
  return () => queryClient.invalidateQueries({ queryKey: RULES });
}
