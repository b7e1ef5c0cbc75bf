import { useInfiniteQuery, useMutation, useQueryClient } from "@tanstack/react-query";

import { api, unwrap } from "@/lib/api/client";
import type { Schemas } from "@/lib/api/types";

export type Proposal = Schemas["ProposalOut"];
export type ProposalPatch = Schemas["ProposalPatch"];
export type Compared = Schemas["Compared"];

const ROWS = 20;
const PROPOSALS = ["learning", "proposals"] as const;

/** Newest first. */
export function useProposals(status: Proposal["status"] | null) {
  return useInfiniteQuery({
    queryKey: [...PROPOSALS, status],
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam: cursor }) => {
      const query = { limit: ROWS, cursor, status: status ?? undefined };
      return unwrap(api.GET("/agent/learning/proposals", { params: { query } }));
    },
    getNextPageParam: (page) => page.next_cursor ?? undefined,
    select: ({ pages }) => pages.flatMap(({ items }) => items),
  });
}

/** Have drafted what would help a topic of a report. */
export function useDraftProposals(reportId: string, number: number) {
  const onSuccess = useRefresh();
  const params = { path: { report_id: reportId, number } };
  return useMutation({
    mutationFn: () => unwrap(api.POST("/agent/learning/reports/{report_id}/topics/{number}/proposals", { params })),
    onSuccess,
  });
}

export type Decision = { kind: "approve" } | { kind: "reject" | "revert"; note: string | null };

export function useDecide(id: string) {
  const onSuccess = useRefresh();
  const params = { path: { proposal_id: id } };
  return useMutation({
    mutationFn: (decision: Decision) => {
      switch (decision.kind) {
        case "approve":
          return unwrap(api.POST("/agent/learning/proposals/{proposal_id}/approve", { params }));
        case "reject":
          return unwrap(api.POST("/agent/learning/proposals/{proposal_id}/reject", { params, body: { note: decision.note } }));
        case "revert":
          return unwrap(api.POST("/agent/learning/proposals/{proposal_id}/revert", { params, body: { note: decision.note } }));
      }
    },
    onSuccess,
  });
}

export function useEditProposal(id: string) {
  const onSuccess = useRefresh();
  const params = { path: { proposal_id: id } };
  return useMutation({
    mutationFn: (body: ProposalPatch) => unwrap(api.PATCH("/agent/learning/proposals/{proposal_id}", { params, body })),
    onSuccess,
  });
}

function useRefresh() {
  const queryClient = useQueryClient();
  return () => queryClient.invalidateQueries({ queryKey: PROPOSALS });
}
