import { useQuery } from "@tanstack/react-query";

import { api, unwrap } from "@/lib/api/client";
import type { Schemas } from "@/lib/api/types";

export type PortfolioComplete = Schemas["PortfolioComplete"];
export type Overview = Schemas["Overview"];
export type ValuedPosition = Schemas["ValuedPosition"];
export type Performance = Schemas["Performance"];
export type NavPoint = Schemas["NavPoint"];
export type Concentration = Schemas["Concentration"];
export type SectorExposure = Schemas["SectorExposure"];
export type SectorWeight = Schemas["SectorWeight"];

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
