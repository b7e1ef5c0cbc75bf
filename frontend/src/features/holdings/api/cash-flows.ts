import { useInfiniteQuery, useMutation } from "@tanstack/react-query";

import { api, unwrap } from "@/lib/api/client";
import { ofPortfolio, useRefreshPortfolios } from "@/lib/api/portfolios";
import type { Schemas } from "@/lib/api/types";

export type CashFlow = Schemas["CashFlowOut"];
export type CashFlowIn = Schemas["CashFlowIn"];

const ROWS = 100;

/** Oldest first; opening cash is not among them. */
export function useCashFlows(portfolioId: string) {
  return useInfiniteQuery({
    queryKey: [...ofPortfolio(portfolioId), "cash-flows"],
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam: cursor }) =>
      unwrap(api.GET("/portfolios/{portfolio_id}/cash-flows", { params: { path: { portfolio_id: portfolioId }, query: { limit: ROWS, cursor } } })),
    getNextPageParam: (page) => page.next_cursor ?? undefined,
    select: ({ pages }) => pages.flatMap(({ items }) => items),
  });
}

export function useCreateCashFlow(portfolioId: string) {
  const refresh = useRefreshPortfolios();
  const params = { path: { portfolio_id: portfolioId } };
  return useMutation({
    mutationFn: (body: CashFlowIn) => unwrap(api.POST("/portfolios/{portfolio_id}/cash-flows", { params, body })),
    onSuccess: () => refresh(portfolioId),
  });
}

export function useDeleteCashFlow({ id, portfolio_id: portfolioId }: CashFlow) {
  const refresh = useRefreshPortfolios();
  const params = { path: { cash_flow_id: id } };
  return useMutation({
    mutationFn: () => unwrap(api.DELETE("/cash-flows/{cash_flow_id}", { params })),
    onSuccess: () => refresh(portfolioId),
  });
}
