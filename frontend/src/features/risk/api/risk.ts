import { useMutation, useQuery } from "@tanstack/react-query";

import { api, unwrap } from "@/lib/api/client";
import type { Schemas } from "@/lib/api/types";

export type FactorExposures = Schemas["FactorExposures"];
export type FactorExposure = Schemas["FactorExposure"];
export type Factor = FactorExposure["factor"];
export type Estimator = FactorExposures["estimator"];
export type RiskContributions = Schemas["RiskContributions"];
export type CorrelationMatrix = Schemas["CorrelationMatrix"];
export type StressTest = Schemas["StressTest"];
export type StressResult = Schemas["StressResult"];
export type CustomStress = Schemas["CustomStress"];
export type Volatility = Schemas["Volatility"];
export type ValueAtRisk = Schemas["ValueAtRisk"];
export type Approach = Schemas["ValueAtRiskLevel"]["approach"];
export type Drawdowns = Schemas["Drawdowns"];

/** What every measure says of itself. */
export type Measure = Pick<Volatility, "as_of" | "window" | "method" | "coverage" | "warnings" | "unavailable">;

// Enough for what a screen can hold of a matrix.
const CORRELATED = 25;
const STRESSED_POSITIONS = 10;
const ROLLING_POINTS = 300;
const DRAWDOWNS = 5;

const key = (portfolioId: string, ...rest: string[]) => ["portfolio", portfolioId, ...rest];
const at = (portfolio_id: string) => ({ portfolio_id });

export function useFactorExposures(portfolioId: string, estimator: Estimator) {
  const params = { path: at(portfolioId), query: { estimator } };
  return useQuery({
    queryKey: key(portfolioId, "factor-exposures", estimator),
    queryFn: () => unwrap(api.GET("/analytics/portfolio/{portfolio_id}/factor-exposures", { params })),
  });
}

export function useRiskContributions(portfolioId: string) {
  const params = { path: at(portfolioId) };
  return useQuery({
    queryKey: key(portfolioId, "risk-contributions"),
    queryFn: () => unwrap(api.GET("/analytics/portfolio/{portfolio_id}/risk-contributions", { params })),
  });
}

export function useCorrelationMatrix(portfolioId: string) {
  const params = { path: at(portfolioId), query: { limit: CORRELATED } };
  return useQuery({
    queryKey: key(portfolioId, "correlation-matrix"),
    queryFn: () => unwrap(api.GET("/analytics/portfolio/{portfolio_id}/correlation-matrix", { params })),
  });
}

export function useVolatility(portfolioId: string) {
  const params = { path: at(portfolioId), query: { max_points: ROLLING_POINTS } };
  return useQuery({
    queryKey: key(portfolioId, "volatility"),
    queryFn: () => unwrap(api.GET("/analytics/portfolio/{portfolio_id}/volatility", { params })),
  });
}

export function useValueAtRisk(portfolioId: string, approach: Approach) {
  const params = { path: at(portfolioId), query: { approach } };
  return useQuery({
    queryKey: key(portfolioId, "value-at-risk", approach),
    queryFn: () => unwrap(api.GET("/analytics/portfolio/{portfolio_id}/value-at-risk", { params })),
  });
}

export function useDrawdowns(portfolioId: string) {
  const params = { path: at(portfolioId), query: { limit: DRAWDOWNS } };
  return useQuery({
    queryKey: key(portfolioId, "drawdowns"),
    queryFn: () => unwrap(api.GET("/analytics/portfolio/{portfolio_id}/drawdowns", { params })),
  });
}

export function useStressTest(portfolioId: string) {
  const params = { path: at(portfolioId), query: { positions: STRESSED_POSITIONS } };
  return useQuery({
    queryKey: key(portfolioId, "stress-test"),
    queryFn: () => unwrap(api.GET("/analytics/portfolio/{portfolio_id}/stress-test", { params })),
  });
}

/** A scenario of the person's own. Nothing is stored, so nothing else has to be fetched anew. */
export function useCustomStress(portfolioId: string) {
  const params = { path: at(portfolioId), query: { positions: STRESSED_POSITIONS } };
  return useMutation({
    mutationFn: (body: CustomStress) =>
      unwrap(api.POST("/analytics/portfolio/{portfolio_id}/stress-test", { params, body })),
  });
}

/** The sectors that the portfolio holds, for a shock on one of them. */
export function useSectors(portfolioId: string) {
  const params = { path: at(portfolioId) };
  return useQuery({
    queryKey: key(portfolioId, "sector-exposure"),
    queryFn: () => unwrap(api.GET("/analytics/portfolio/{portfolio_id}/sector-exposure", { params })),
    select: ({ sectors }) => sectors.map(({ sector }) => sector),
  });
}
