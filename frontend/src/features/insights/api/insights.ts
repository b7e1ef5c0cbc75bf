import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";

import { api, unwrap } from "@/lib/api/client";
import type { Schemas } from "@/lib/api/types";

export type Insight = Schemas["InsightOut"];
export type Finding = Schemas["Finding"];
export type Severity = Insight["severity"];

const insightsKey = (portfolioId: string) => ["insights", portfolioId];

export function useLatestInsight(portfolioId: string) {
  return useQuery({
    queryKey: insightsKey(portfolioId),
    queryFn: () =>
      unwrap(
        api.GET("/insights/portfolio/{portfolio_id}", {
          params: { path: { portfolio_id: portfolioId }, query: { limit: 1 } },
        }),
      ),
    select: (page) => page.items[0] ?? null,
  });
}

export function useGenerateInsight(portfolioId: string) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: () =>
      unwrap(
        api.POST("/insights/generate", { body: { portfolio_id: portfolioId, insight_type: "daily_summary" } }),
      ),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: insightsKey(portfolioId) }),
  });
}
