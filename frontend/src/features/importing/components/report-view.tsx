import { Notice } from "@/components/ui/notice";
import type { ImportReport } from "../api/imports";
import { PortfolioPreview } from "./portfolio-preview";
import { RejectedRows } from "./rejected-rows";

/** What an import would make, what it would not take, and what to look at first. */
export function ReportView({ report }: { report: ImportReport }) {
  const { portfolios, rejected_rows: rejected, unknown_symbols: unknown, warnings } = report;
  return (
    <>
      {warnings.length > 0 ? (
        <Notice tone="warning">
          {warnings.map((warning) => (
            <p key={warning}>{warning}</p>
          ))}
        </Notice>
      ) : null}
      {rejected.length > 0 ? <RejectedRows rows={rejected} unknownSymbols={unknown} /> : null}
      {portfolios.map((portfolio) => (
        <PortfolioPreview key={portfolio.name} portfolio={portfolio} />
      ))}
    </>
  );
}
