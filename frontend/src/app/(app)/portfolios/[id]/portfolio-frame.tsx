"use client";

import { ArrowLeft } from "lucide-react";
import Link from "next/link";
import type { ReactNode } from "react";

import { QueryNotice } from "@/components/ui/query-notice";
import { LoadingBlock } from "@/components/ui/skeleton";
import { usePortfolio, type Portfolio } from "@/lib/api/portfolios";

interface PortfolioFrameProps {
  portfolioId: string;
  title: string;
  children: (portfolio: Portfolio) => ReactNode;
}

/** A page about one portfolio, below its own: its name leads back there. */
export function PortfolioFrame({ portfolioId, title, children }: PortfolioFrameProps) {
  const { data: portfolio, error, refetch } = usePortfolio(portfolioId);
  return (
    <div className="mx-auto flex w-full max-w-5xl flex-col gap-4 p-4 sm:p-6">
      <div>
        <Link href={`/portfolios/${portfolioId}`} className="inline-flex items-center gap-1 rounded-sm text-sm text-accent hover:underline">
          <ArrowLeft aria-hidden="true" className="size-3.5" /> {portfolio?.name ?? "The portfolio"}
        </Link>
        <h1 className="text-xl font-semibold tracking-tight">{title}</h1>
      </div>
      {error ? <QueryNotice what="The portfolio" error={error} onRetry={() => void refetch()} /> : null}
      {portfolio ? children(portfolio) : null}
      {portfolio || error ? null : <LoadingBlock label="Loading the portfolio" className="h-64" />}
    </div>
  );
}
