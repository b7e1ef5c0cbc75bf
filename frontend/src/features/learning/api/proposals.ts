import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";

import { api, unwrap } from "@/lib/api/client";
import type { Schemas } from "@/lib/api/types";

export type Proposal = Schemas["ProposalOut"];
export type ProposalPatch = Schemas["ProposalPatch"];
export type Compared = Schemas["Compared"];
export type MeasurePlan = Schemas["MeasurePlan"];
export type Proof = Schemas["ProofOut"];

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

const POLL_MS = 2_000;

export function isMeasuring({ measuring }: Proposal): boolean {
  return measuring?.status === "waiting" || measuring?.status === "running";
}

/** How far the measuring is: asked for again while it is under way, also by a page that was opened since. */
export function useMeasuring(proposal: Proposal): Proposal["measuring"] {
  const refresh = useRefresh();
  const isUnderWay = isMeasuring(proposal);
  const params = { path: { proposal_id: proposal.id } };
  const { data } = useQuery({
    queryKey: ["learning", "measuring", proposal.id, proposal.measuring?.ordered_at],
    queryFn: async () => {
      const now = await unwrap(api.GET("/agent/learning/proposals/{proposal_id}", { params }));
      if (!isMeasuring(now)) await refresh();
      return now.measuring;
    },
    enabled: isUnderWay,
    refetchInterval: POLL_MS,
  });
  return isUnderWay ? (data ?? proposal.measuring) : proposal.measuring;
}

/** What measuring would ask, and whom: with a provider it costs money. */
export function useMeasurePlan(id: string) {
  const params = { path: { proposal_id: id } };
  return useQuery({
    queryKey: ["learning", "plan", id],
    queryFn: () => unwrap(api.GET("/agent/learning/proposals/{proposal_id}/measure", { params })),
  });
}

export function useMeasure(id: string) {
  const onSuccess = useRefresh();
  const params = { path: { proposal_id: id } };
  return useMutation({
    mutationFn: (withEvaluation: boolean) =>
      unwrap(api.POST("/agent/learning/proposals/{proposal_id}/measure", { params, body: { with_evaluation: withEvaluation } })),
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
