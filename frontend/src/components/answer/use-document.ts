import { useQuery } from "@tanstack/react-query";

import { api, unwrap } from "@/lib/api/client";

/** A document of the knowledge base with its text; nothing is fetched for null. */
export function useDocument(id: string | null) {
  return useQuery({
    queryKey: ["knowledge", "document", id],
    queryFn: () => unwrap(api.GET("/agent/kb/documents/{document_id}", { params: { path: { document_id: id ?? "" } } })),
    enabled: id !== null,
  });
}
