import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";

import { api, unwrap } from "@/lib/api/client";
import type { Schemas } from "@/lib/api/types";

export type Report = Schemas["ReportOut"];
export type ReportBody = Schemas["ReportBody"];
export type Topic = Schemas["TopicOut"];
export type AnswerFigures = Schemas["AnswerFigures"];
export type Share = Schemas["ShareOut"];

const ROWS = 20;
const POLL_MS = 2_000;
export const REPORTS = ["learning", "reports"] as const;

export function isUnderWay({ status }: Report): boolean {
  return status === "waiting" || status === "running";
}

/** Newest first. While one is being made, the list asks again by itself. */
export function useReports() {
  return useInfiniteQuery({
    queryKey: REPORTS,
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam: cursor }) =>
      unwrap(api.GET("/agent/learning/reports", { params: { query: { limit: ROWS, cursor } } })),
    getNextPageParam: (page) => page.next_cursor ?? undefined,
    select: ({ pages }) => pages.flatMap(({ items }) => items),
    refetchInterval: ({ state }) => (state.data?.pages.some(({ items }) => items.some(isUnderWay)) ? POLL_MS : false),
  });
}

/** A report with what it says. It never changes once it is ready. */
export function useReport(id: string) {
  const params = { path: { report_id: id } };
  return useQuery({
    queryKey: ["learning", "report", id],
    queryFn: () => unwrap(api.GET("/agent/learning/reports/{report_id}", { params })),
    staleTime: Infinity,
  });
}

export function useOrderReport() {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (days: number) => unwrap(api.POST("/agent/learning/reports", { body: { days } })),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: REPORTS }),
  });
}

export function useDeleteReport(id: string) {
  const queryClient = useQueryClient();
  const params = { path: { report_id: id } };
  return useMutation({
    mutationFn: () => unwrap(api.DELETE("/agent/learning/reports/{report_id}", { params })),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: REPORTS }),
  });
}
