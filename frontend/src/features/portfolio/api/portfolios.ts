import { useQuery } from "@tanstack/react-query";

import { api, unwrap } from "@/lib/api/client";
import type { Schemas } from "@/lib/api/types";

export type PortfolioSummary = Schemas["PortfolioSummary"];
export type PortfolioComplete = Schemas["PortfolioComplete"];
export type Overview = Schemas["Overview"];
export type ValuedPosition = Schemas["ValuedPosition"];
export type Performance = Schemas["Performance"];
export type NavPoint = Schemas["NavPoint"];
export type Concentration = Schemas["Concentration"];
export type SectorExposure = Schemas["SectorExposure"];
export type SectorWeight = Schemas["SectorWeight"];

// The server's largest page: a person with more portfolios than this is beyond what a flat list can show.
const LIST_LIMIT = 100;

export function usePortfolios() {
  return useQuery({
    queryKey: ["portfolios"],
    queryFn: () => unwrap(api.GET("/portfolios", { params: { query: { limit: LIST_LIMIT } } })),
    select: (page) => page.items,
  });
}

export function usePortfolioComplete(portfolioId: string) {
  return useQuery({
    queryKey: ["portfolio", portfolioId, "complete"],
    queryFn: () => unwrap(api.GET("/data/portfolio/{portfolio_id}/complete", forPortfolio(portfolioId))),
  });
}

export function usePerformance(portfolioId: string) {
  return useQuery({
    queryKey: ["portfolio", portfolioId, "performance"],
    queryFn: () => unwrap(api.GET("/analytics/portfolio/{portfolio_id}/performance", forPortfolio(portfolioId))),
  });
}

export function useSectorExposure(portfolioId: string) {
  return useQuery({
    queryKey: ["portfolio", portfolioId, "sector-exposure"],
    queryFn: () => unwrap(api.GET("/analytics/portfolio/{portfolio_id}/sector-exposure", forPortfolio(portfolioId))),
  });
}

export function useConcentration(portfolioId: string) {
  return useQuery({
    queryKey: ["portfolio", portfolioId, "concentration"],
    queryFn: () => unwrap(api.GET("/analytics/portfolio/{portfolio_id}/concentration", forPortfolio(portfolioId))),
  });
}

function forPortfolio(portfolioId: string) {
  return { params: { path: { portfolio_id: portfolioId } } };
}
