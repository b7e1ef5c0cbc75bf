import { useQuery, useQueryClient } from "@tanstack/react-query";

import { api, unwrap } from "./client";
import type { Schemas } from "./types";

export type PortfolioSummary = Schemas["PortfolioSummary"];
export type Portfolio = Schemas["PortfolioOut"];

// The server's largest page: a person with more portfolios than this is beyond what a flat list can show.
const LIST_LIMIT = 100;
const LIST = ["portfolios"] as const;

/** What every query about one portfolio begins with, so that a change of it makes all of them old. */
export const ofPortfolio = (portfolioId: string) => ["portfolio", portfolioId] as const;

export function usePortfolios() {
  return useQuery({
    queryKey: LIST,
    queryFn: () => unwrap(api.GET("/portfolios", { params: { query: { limit: LIST_LIMIT } } })),
    select: (page) => page.items,
  });
}

/** What a portfolio is called and how it is set up, without its figures. */
export function usePortfolio(portfolioId: string) {
  return useQuery({
    queryKey: [...ofPortfolio(portfolioId), "settings"],
    queryFn: () => unwrap(api.GET("/portfolios/{portfolio_id}", { params: { path: { portfolio_id: portfolioId } } })),
  });
}

/** Have the list, and what is shown of these portfolios, asked for again. */
export function useRefreshPortfolios() {
  const queryClient = useQueryClient();
  return (...portfolioIds: string[]) =>
    Promise.all([LIST, ...portfolioIds.map(ofPortfolio)].map((queryKey) => queryClient.invalidateQueries({ queryKey })));
}
