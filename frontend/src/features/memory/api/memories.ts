import { useInfiniteQuery, useMutation, useQueryClient } from "@tanstack/react-query";

import { api, unwrap } from "@/lib/api/client";
import type { Schemas } from "@/lib/api/types";

export type Memory = Schemas["MemoryOut"];
export type MemoryIn = Schemas["MemoryIn"];
export type MemoryPatch = Schemas["MemoryPatch"];
export type Kind = Memory["kind"];

const ROWS = 50;
const MEMORIES = ["memories"] as const;

/** Newest first. */
export function useMemories(status: Memory["status"]) {
  return useInfiniteQuery({
    queryKey: [...MEMORIES, status],
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam: cursor }) =>
      unwrap(api.GET("/agent/memories", { params: { query: { limit: ROWS, cursor, status } } })),
    getNextPageParam: (page) => page.next_cursor ?? undefined,
    select: ({ pages }) => pages.flatMap(({ items }) => items),
  });
}

export function useCreateMemory() {
  const onSuccess = useRefresh();
  return useMutation({ mutationFn: (body: MemoryIn) => unwrap(api.POST("/agent/memories", { body })), onSuccess });
}

export function useChangeMemory(id: string) {
  const onSuccess = useRefresh();
  const params = { path: { memory_id: id } };
  return useMutation({
    mutationFn: (body: MemoryPatch) => unwrap(api.PATCH("/agent/memories/{memory_id}", { params, body })),
    onSuccess,
  });
}

export function useDeleteMemory(id: string) {
  const onSuccess = useRefresh();
  const params = { path: { memory_id: id } };
  return useMutation({ mutationFn: () => unwrap(api.DELETE("/agent/memories/{memory_id}", { params })), onSuccess });
}

/** All that is remembered of the caller; what is the tenant's stays. */
export function useDeleteAllMemories() {
  const onSuccess = useRefresh();
  return useMutation({ mutationFn: () => unwrap(api.DELETE("/agent/memories", {})), onSuccess });
}

function useRefresh() {
  const queryClient = useQueryClient();
  return () => queryClient.invalidateQueries({ queryKey: MEMORIES });
}
