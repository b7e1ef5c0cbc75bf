"use client";

import type { ReactNode } from "react";

import { CoverageNote } from "@/components/ui/coverage-note";
import { QueryNotice } from "@/components/ui/query-notice";
import { LoadingBlock } from "@/components/ui/skeleton";
import { ApiError } from "@/lib/api/errors";
import { day, plural } from "@/lib/format";
import { usePortfolioComplete, type PortfolioComplete } from "../api/portfolios";
import { benchmarkName } from "@/lib/benchmark-name";
import { ConcentrationCard } from "./concentration-card";
import { KeyFigures } from "./key-figures";
import { NavChart } from "./nav-chart";
import { PositionsTable } from "./positions-table";
import { SectorAllocation } from "./sector-allocation";

interface PortfolioOverviewProps {
  portfolioId: string;
  /** What stands at the right of the title. */
  actions: ReactNode;
  /** What stands below the positions. */
  children: ReactNode;
}

export function PortfolioOverview({ portfolioId, actions, children }: PortfolioOverviewProps) {
  const { data, error, isPending, refetch } = usePortfolioComplete(portfolioId);
  if (isPending) return <LoadingPage />;
  if (error instanceof ApiError && [404, 422].includes(error.status)) return <NotFound />;
  if (error) return <QueryNotice what="The portfolio" error={error} onRetry={() => void refetch()} />;
  return (
    <div className="flex flex-col gap-4">
      <Heading complete={data} actions={actions} />
      <CoverageNote measured={data.overview} />
      <KeyFigures overview={data.overview} />
      <div className="grid gap-4 @5xl:grid-cols-[minmax(0,5fr)_minmax(0,3fr)]">
        <NavChart portfolioId={portfolioId} benchmark={benchmarkName(data.overview.benchmark)} />
        <div className="flex flex-col gap-4">
          <SectorAllocation portfolioId={portfolioId} />
          <ConcentrationCard portfolioId={portfolioId} />
        </div>
      </div>
      <PositionsTable complete={data} />
      {data.positions.length > 0 ? children : null}
    </div>
  );
}

function Heading({ complete, actions }: { complete: PortfolioComplete; actions: ReactNode }) {
  const { portfolio, as_of: asOf, overview } = complete;
  return (
    <div className="flex flex-wrap items-start justify-between gap-3">
      <div>
        <h1 className="text-xl font-semibold tracking-tight">{portfolio.name}</h1>
        <p className="text-sm text-quiet">
          {asOf ? `As of the close of ${day(asOf)}` : "Not valued yet"} · {portfolio.base_currency} ·{" "}
          {plural(overview.window.trading_days, "trading day")} of history
        </p>
      </div>
      {actions}
    </div>
  );
}

function LoadingPage() {
  return (
    <div className="flex flex-col gap-4">
      <LoadingBlock label="Loading the portfolio" className="h-12 w-72" />
      <LoadingBlock label="" className="h-40" />
      <LoadingBlock label="" className="h-96" />
    </div>
  );
}

function NotFound() {
  return (
    <div className="py-16 text-center">
      <h1 className="text-lg font-semibold">There is no such portfolio</h1>
      <p className="mt-1 text-sm text-quiet">It may have been removed, or it belongs to somebody else.</p>
    </div>
  );
}
