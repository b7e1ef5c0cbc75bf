import { useInfiniteQuery, useMutation, useQueryClient, type InfiniteData } from "@tanstack/react-query";

import { api, unwrap } from "@/lib/api/client";
import type { Schemas } from "@/lib/api/types";
import type { InsightType } from "../insight-types";

export type Insight = Schemas["InsightOut"];
export type Finding = Schemas["Finding"];
export type Severity = Insight["severity"];

const ROWS = 10;

export interface InsightFilter {
  portfolioId: string;
  type: InsightType | null;
}

export const insightKeys = {
  of: (portfolioId: string) => ["insights", portfolioId] as const,
  list: ({ portfolioId, type }: InsightFilter) => [...insightKeys.of(portfolioId), type] as const,
};

/** Newest first, a page at a time; dismissed ones are left out. */
export function useInsights(filter: InsightFilter) {
  return useInfiniteQuery({
    queryKey: insightKeys.list(filter),
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam: cursor }) =>
      unwrap(
        api.GET("/insights/portfolio/{portfolio_id}", {
          params: {
            path: { portfolio_id: filter.portfolioId },
            query: { limit: ROWS, cursor, insight_type: filter.type ?? undefined },
          },
        }),
      ),
    getNextPageParam: (page) => page.next_cursor ?? undefined,
    select: ({ pages }) => pages.flatMap(({ items }) => items),
  });
}

export function useDismiss(portfolioId: string) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: ({ id, isDismissed }: { id: string; isDismissed: boolean }) =>
      unwrap(
        api.PATCH("/insights/{insight_id}", {
          params: { path: { insight_id: id } },
          body: { is_dismissed: isDismissed },
        }),
      ),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: insightKeys.of(portfolioId) }),
  });
}

type InsightPages = InfiniteData<Schemas["Page_InsightOut_"]>;

/** What a person thinks of an insight. The lists that hold it are changed in place. */
export function useFeedback({ id, portfolio_id: portfolioId }: Insight) {
  const queryClient = useQueryClient();
  const params = { path: { insight_id: id } };
  const keep = (feedback: Schemas["FeedbackOut"] | null) =>
    queryClient.setQueriesData<InsightPages>({ queryKey: insightKeys.of(portfolioId) }, (data) =>
      data ? { ...data, pages: data.pages.map((page) => withFeedback(page, id, feedback)) } : data,
    );
  const give = useMutation({
    mutationFn: (given: Schemas["FeedbackIn"]) =>
      unwrap(api.POST("/insights/{insight_id}/feedback", { params, body: given })),
    onSuccess: keep,
  });
  const withdraw = useMutation({
    mutationFn: () => unwrap(api.DELETE("/insights/{insight_id}/feedback", { params })),
    onSuccess: () => keep(null),
  });
  return { give: give.mutateAsync, withdraw: withdraw.mutateAsync };
}

function withFeedback(page: Schemas["Page_InsightOut_"], id: string, feedback: Schemas["FeedbackOut"] | null) {
  return { ...page, items: page.items.map((insight) => (insight.id === id ? { ...insight, feedback } : insight)) };
}
