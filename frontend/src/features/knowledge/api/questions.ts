import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";

import { api, unwrap } from "@/lib/api/client";
import type { Schemas } from "@/lib/api/types";

export type Question = Schemas["Question"];

/** Whether a model is configured that can be asked for questions. */
export function useHasProvider() {
  return useQuery({
    queryKey: ["models"],
    queryFn: () => unwrap(api.GET("/agent/models", {})),
    select: ({ items }) => items.some(({ provider }) => provider !== "offline"),
  });
}

/** The questions in the place of all that the document has; it is indexed anew. */
export function useSaveQuestions(id: string) {
  const queryClient = useQueryClient();
  const params = { path: { document_id: id } };
  return useMutation({
    mutationFn: (questions: Question[]) => unwrap(api.PATCH("/agent/kb/documents/{document_id}", { params, body: { questions } })),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: ["knowledge"] }),
  });
}

interface Progress {
  done: number;
  of: number;
}

/** Asks for one section after the other, until all are done, one fails, or it is stopped. */
export function useSuggestions(id: string, onDrafted: (drafted: Question[]) => void) {
  const [progress, setProgress] = useState<Progress | null>(null);
  const [error, setError] = useState<Error | null>(null);
  const isWanted = useRef(false);
  const stop = () => {
    isWanted.current = false;
  };
  useEffect(() => stop, []);
  const begin = async (sections: string[]) => {
    isWanted.current = true;
    setError(null);
    try {
      for (const [done, section] of sections.entries()) {
        setProgress({ done, of: sections.length });
        const drafted = await suggest(id, section);
        if (!isWanted.current) break;
        onDrafted(drafted);
      }
    } catch (failure) {
      setError(failure instanceof Error ? failure : new Error("Nothing was suggested."));
    }
    setProgress(null);
  };
  return { progress, error, begin, stop };
}

async function suggest(id: string, section: string): Promise<Question[]> {
  const params = { path: { document_id: id } };
  const { questions } = await unwrap(api.POST("/agent/kb/documents/{document_id}/suggested-questions", { params, body: { section } }));
  return questions.map((text) => ({ text, section: section || null }));
}
