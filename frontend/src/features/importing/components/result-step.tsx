import { ArrowRight, CircleCheck } from "lucide-react";
import Link from "next/link";

import { Button } from "@/components/ui/button";
import { plural } from "@/lib/format";
import type { ImportedPortfolio, ImportReport } from "../api/imports";
import { RejectedRows } from "./rejected-rows";
import { StepHeading } from "./step-heading";

export function ResultStep({ report, onStartOver }: { report: ImportReport; onStartOver: () => void }) {
  const { portfolios, rejected_rows: rejected, unknown_symbols: unknown } = report;
  return (
    <>
      <div className="flex items-center gap-2">
        <CircleCheck aria-hidden="true" className="size-5 text-gain" />
        <StepHeading>Imported</StepHeading>
      </div>
      <ul className="divide-y divide-line rounded-lg border border-line bg-surface shadow-card">
        {portfolios.map((portfolio) => (
          <li key={portfolio.portfolio_id}>
            <ResultLink portfolio={portfolio} />
          </li>
        ))}
      </ul>
      {rejected.length > 0 ? <RejectedRows rows={rejected} unknownSymbols={unknown} /> : null}
      <div>
        <Button onClick={onStartOver}>Import another file</Button>
      </div>
    </>
  );
}

function ResultLink({ portfolio: { portfolio_id: id, name, is_new: isNew, positions } }: { portfolio: ImportedPortfolio }) {
  return (
    <Link href={`/portfolios/${id}`} className="flex items-center justify-between gap-3 rounded-lg px-4 py-3 text-sm hover:bg-raised">
      <span className="min-w-0">
        <span className="block font-medium wrap-anywhere">{name}</span>
        <span className="text-xs text-quiet">
          {isNew ? "made" : "added to"} with {plural(positions.length, "lot")}
        </span>
      </span>
      <ArrowRight aria-hidden="true" className="size-4 shrink-0 text-accent" />
    </Link>
  );
}
