import { keepPreviousData, useQuery } from "@tanstack/react-query";

import { api, unwrap } from "@/lib/api/client";
import { ofPortfolio } from "@/lib/api/portfolios";
import type { Schemas } from "@/lib/api/types";

export type WhatIf = Schemas["WhatIf"];
export type Trade = Schemas["Trade"];
export type FigureChange = Schemas["FigureChange"];
export type NamedChange = Schemas["NamedChange"];
export type WeightChange = Schemas["WeightChange"];

/** A question, though it is sent as a POST: nothing is stored. Without trades both sides are what is held now. */
export function useWhatIf(portfolioId: string, trades: Trade[]) {
  const params = { path: { portfolio_id: portfolioId } };
  return useQuery({
    queryKey: [...ofPortfolio(portfolioId), "what-if", trades],
    queryFn: () => unwrap(api.POST("/analytics/portfolio/{portfolio_id}/what-if", { params, body: { trades } })),
    placeholderData: keepPreviousData,
  });
}
