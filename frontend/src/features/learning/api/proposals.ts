import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

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

const POLL_MS = 3_000;

/** Have held-out questions asked in the background. The list asks again by itself until the outcome is there. */
export function useMeasure({ id, proof }: Proposal) {
  const refresh = useRefresh();
  const params = { path: { proposal_id: id } };
  const lastRun = proof?.after?.at ?? proof?.before?.at ?? null;
  // The run that was the last when this one was begun; undefined while none was.
  const [formerRun, setFormerRun] = useState<string | null>();
  const measure = useMutation({
    mutationFn: () => unwrap(api.POST("/agent/learning/proposals/{proposal_id}/measure", { params })),
    onSuccess: () => setFormerRun(lastRun),
  });
  const isWaiting = formerRun !== undefined && formerRun === lastRun;
  // The list is asked through a query of its own, so that leaving the page ends the asking.
  useQuery({
    queryKey: ["learning", "measuring", id],
    queryFn: () => refresh().then(() => null),
    enabled: isWaiting,
    refetchInterval: POLL_MS,
  });
  return { start: () => measure.mutate(), isWaiting: isWaiting || measure.isPending, error: measure.error };
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
