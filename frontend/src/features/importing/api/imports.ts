import { keepPreviousData, useMutation, useQuery } from "@tanstack/react-query";

import { useRefreshPortfolios } from "@/lib/api/portfolios";
import type { Schemas } from "@/lib/api/types";
import { upload } from "@/lib/api/upload";

export type ImportReport = Schemas["ImportReport"];
export type ImportedPortfolio = Schemas["ImportedPortfolio"];
export type RejectedRow = Schemas["RejectedRowOut"];

/** Where what the file holds goes. */
export type Target =
  | { kind: "as-named" }
  | { kind: "new"; name: string }
  | { kind: "existing"; portfolioId: string };

export interface ImportOptions {
  target: Target;
  /** The day of what the file gives no date for; null for the server's choice. */
  asOf: string | null;
}

/** `id` tells two choices apart, also of the same file after a change of it. */
export interface ChosenFile {
  id: string;
  file: File;
}

type OnProgress = (sent: number) => void;

/** What an import would make. The file is sent once for each set of options, and not again by itself. */
export function useDryRun({ id, file }: ChosenFile, options: ImportOptions, onProgress: OnProgress) {
  return useQuery({
    queryKey: ["import", id, options],
    queryFn: () => upload<ImportReport>("/portfolios/import", formOf(file, options), onProgress),
    enabled: isComplete(options.target),
    placeholderData: keepPreviousData,
    staleTime: Infinity,
    refetchOnWindowFocus: false,
    refetchOnReconnect: false,
  });
}

interface RealRun {
  file: File;
  options: ImportOptions;
  acceptsPartial: boolean;
  onProgress: OnProgress;
}

export function useRealRun() {
  const refresh = useRefreshPortfolios();
  return useMutation({
    mutationFn: ({ file, options, acceptsPartial, onProgress }: RealRun) => {
      const form = formOf(file, options);
      form.set("dry_run", "false");
      form.set("accept_partial", String(acceptsPartial));
      return upload<ImportReport>("/portfolios/import", form, onProgress);
    },
    onSuccess: ({ portfolios }) => refresh(...portfolios.map(({ portfolio_id: id }) => id ?? "")),
  });
}

/** Whether enough is said of the target to ask about it. */
export function isComplete(target: Target): boolean {
  switch (target.kind) {
    case "as-named":
      return true;
    case "new":
      return target.name !== "";
    case "existing":
      return target.portfolioId !== "";
  }
}

function formOf(file: File, { target, asOf }: ImportOptions): FormData {
  const form = new FormData();
  form.set("file", file);
  if (target.kind === "new") form.set("name", target.name);
  if (target.kind === "existing") form.set("portfolio_id", target.portfolioId);
  if (asOf !== null) form.set("as_of", asOf);
  return form;
}
