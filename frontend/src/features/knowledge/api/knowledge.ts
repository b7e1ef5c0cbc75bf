import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";

import { api, unwrap } from "@/lib/api/client";
import type { Schemas } from "@/lib/api/types";
import { upload } from "@/lib/api/upload";

export type Document = Schemas["DocumentOut"];
export type Passage = Schemas["FoundPassage"];
export type WritableScope = "user" | "tenant";

const ROWS = 30;
const POLL_MS = 1_500;
const DOCUMENTS = ["knowledge", "documents"] as const;

/** Newest first. While one is being indexed, the list asks again by itself. */
export function useDocuments() {
  return useInfiniteQuery({
    queryKey: DOCUMENTS,
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam: cursor }) => unwrap(api.GET("/agent/kb/documents", { params: { query: { limit: ROWS, cursor } } })),
    getNextPageParam: (page) => page.next_cursor ?? undefined,
    select: ({ pages }) => pages.flatMap(({ items }) => items),
    refetchInterval: ({ state }) =>
      state.data?.pages.some(({ items }) => items.some(isUnderWay)) ? POLL_MS : false,
  });
}

export function isUnderWay({ status }: Document): boolean {
  return status === "waiting" || status === "indexing";
}

interface Upload {
  file: File;
  scope: WritableScope;
  onProgress: (sent: number) => void;
}

export function useUploadDocument() {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: ({ file, scope, onProgress }: Upload) => {
      const form = new FormData();
      form.set("file", file);
      form.set("scope", scope);
      return upload<Schemas["IndexAccepted"]>("/agent/kb/documents", form, onProgress);
    },
    onSuccess: () => queryClient.invalidateQueries({ queryKey: DOCUMENTS }),
  });
}

export function useDeleteDocument(id: string) {
  const queryClient = useQueryClient();
  const params = { path: { document_id: id } };
  return useMutation({
    mutationFn: () => unwrap(api.DELETE("/agent/kb/documents/{document_id}", { params })),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: DOCUMENTS }),
  });
}

/** What the analyst would find on a question; nothing is asked for an empty one. */
export function useKnowledgeSearch(question: string) {
  return useQuery({
    queryKey: ["knowledge", "search", question],
    queryFn: () => unwrap(api.GET("/agent/kb/search", { params: { query: { q: question } } })),
    enabled: question !== "",
  });
}
