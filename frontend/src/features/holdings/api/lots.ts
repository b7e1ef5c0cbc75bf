import { useInfiniteQuery, useMutation } from "@tanstack/react-query";

import { api, unwrap } from "@/lib/api/client";
import { ofPortfolio, useRefreshPortfolios } from "@/lib/api/portfolios";
import type { Schemas } from "@/lib/api/types";

export type Lot = Schemas["PositionOut"];
export type LotIn = Schemas["PublicPositionIn"] | Schemas["OptionPositionIn"] | Schemas["PrivatePositionIn"];
export type LotPatch = Schemas["PositionPatch"];
export type LotClose = Schemas["PositionCloseIn"];
export type LotClass = Lot["position_class"];

const ROWS = 100;

/** Open and closed, in order of entry. */
export function useLots(portfolioId: string) {
  return useInfiniteQuery({
    queryKey: [...ofPortfolio(portfolioId), "lots"],
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam: cursor }) =>
      unwrap(api.GET("/portfolios/{portfolio_id}/positions", { params: { path: { portfolio_id: portfolioId }, query: { limit: ROWS, cursor } } })),
    getNextPageParam: (page) => page.next_cursor ?? undefined,
    select: ({ pages }) => pages.flatMap(({ items }) => items),
  });
}

export function useCreateLot(portfolioId: string) {
  const refresh = useRefreshPortfolios();
  const params = { path: { portfolio_id: portfolioId } };
  return useMutation({
    mutationFn: (body: LotIn) => unwrap(api.POST("/portfolios/{portfolio_id}/positions", { params, body })),
    onSuccess: () => refresh(portfolioId),
  });
}

export function useChangeLot({ id, portfolio_id: portfolioId }: Lot) {
  const refresh = useRefreshPortfolios();
  const params = { path: { position_id: id } };
  return useMutation({
    mutationFn: (body: LotPatch) => unwrap(api.PATCH("/positions/{position_id}", { params, body })),
    onSuccess: () => refresh(portfolioId),
  });
}

/** All of it or a part, which the server makes a lot of its own. */
export function useCloseLot({ id, portfolio_id: portfolioId }: Lot) {
  const refresh = useRefreshPortfolios();
  const params = { path: { position_id: id } };
  return useMutation({
    mutationFn: (body: LotClose) => unwrap(api.POST("/positions/{position_id}/close", { params, body })),
    onSuccess: () => refresh(portfolioId),
  });
}

export function useDeleteLot({ id, portfolio_id: portfolioId }: Lot) {
  const refresh = useRefreshPortfolios();
  const params = { path: { position_id: id } };
  return useMutation({
    mutationFn: () => unwrap(api.DELETE("/positions/{position_id}", { params })),
    onSuccess: () => refresh(portfolioId),
  });
}
