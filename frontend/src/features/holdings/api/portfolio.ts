import { useMutation } from "@tanstack/react-query";

import { api, unwrap } from "@/lib/api/client";
import { useRefreshPortfolios } from "@/lib/api/portfolios";
import type { Schemas } from "@/lib/api/types";

export type PortfolioIn = Schemas["PortfolioIn"];
export type PortfolioPatch = Schemas["PortfolioPatch"];

export function useCreatePortfolio() {
  const refresh = useRefreshPortfolios();
  return useMutation({
    mutationFn: (body: PortfolioIn) => unwrap(api.POST("/portfolios", { body })),
    onSuccess: () => refresh(),
  });
}

export function useChangePortfolio(portfolioId: string) {
  const refresh = useRefreshPortfolios();
  const params = { path: { portfolio_id: portfolioId } };
  return useMutation({
    mutationFn: (body: PortfolioPatch) => unwrap(api.PATCH("/portfolios/{portfolio_id}", { params, body })),
    onSuccess: () => refresh(portfolioId),
  });
}

/** What was asked about it is left alone: asking again would answer that there is no such portfolio. */
export function useDeletePortfolio(portfolioId: string) {
  const refresh = useRefreshPortfolios();
  const params = { path: { portfolio_id: portfolioId } };
  return useMutation({
    mutationFn: () => unwrap(api.DELETE("/portfolios/{portfolio_id}", { params })),
    onSuccess: () => refresh(),
  });
}
