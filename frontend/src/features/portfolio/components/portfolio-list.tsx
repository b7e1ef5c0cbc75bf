"use client";

import Link from "next/link";
import type { ReactNode } from "react";

import { Figure } from "@/components/ui/figure";
import { QueryNotice } from "@/components/ui/query-notice";
import { LoadingBlock } from "@/components/ui/skeleton";
import { usePortfolios, type PortfolioSummary } from "@/lib/api/portfolios";
import { day, money, percent, plural, UNKNOWN } from "@/lib/format";

const NOT_VALUED = "Not valued yet: the first snapshot has not been written.";

interface PortfolioListProps {
  /** What leads to a first portfolio, for whoever has none. */
  ways: ReactNode;
}

export function PortfolioList({ ways }: PortfolioListProps) {
  const { data, error, isPending, refetch } = usePortfolios();
  if (isPending) return <LoadingBlock label="Loading your portfolios" className="h-64" />;
  if (error) return <QueryNotice what="Your portfolios" error={error} onRetry={() => void refetch()} />;
  if (data.length === 0) return <EmptyList ways={ways} />;
  return (
    <ul className="grid gap-3 md:grid-cols-2 xl:grid-cols-3">
      {data.map((portfolio) => (
        <li key={portfolio.id}>
          <PortfolioCard portfolio={portfolio} />
        </li>
      ))}
    </ul>
  );
}

function PortfolioCard({ portfolio }: { portfolio: PortfolioSummary }) {
  const { base_currency: currency } = portfolio;
  return (
    <article className="relative h-full rounded-lg border border-line bg-surface p-4 shadow-card hover:border-accent">
      <h2 className="font-semibold">
        <Link href={`/portfolios/${portfolio.id}`} className="rounded-sm after:absolute after:inset-0">
          {portfolio.name}
        </Link>
      </h2>
      <p className="mt-0.5 text-xs text-quiet">
        {plural(portfolio.position_count, "position")} · as of {portfolio.as_of ? day(portfolio.as_of) : UNKNOWN}
      </p>
      <p className="mt-4 text-2xl font-semibold tracking-tight">
        <Figure value={portfolio.nav} format={(nav) => money(nav, currency, { whole: true })} reason={NOT_VALUED} />
      </p>
      <dl className="mt-3 grid grid-cols-2 gap-3 text-sm">
        <div>
          <dt className="text-xs text-quiet">Day</dt>
          <dd className="flex flex-wrap gap-x-2">
            <Figure
              value={portfolio.day_pnl}
              format={(pnl) => money(pnl, currency, { whole: true, signed: true })}
              reason={NOT_VALUED}
              change
            />
            {portfolio.day_return === null || portfolio.day_return === undefined ? null : (
              <Figure value={portfolio.day_return} format={signedPercent} change />
            )}
          </dd>
        </div>
        <div>
          <dt className="text-xs text-quiet">Since inception</dt>
          <dd>
            <Figure value={portfolio.total_return} format={signedPercent} reason={NOT_VALUED} change />
          </dd>
        </div>
      </dl>
    </article>
  );
}

function EmptyList({ ways }: { ways: ReactNode }) {
  return (
    <div className="rounded-lg border border-dashed border-control p-8 text-center">
      <p className="font-medium">No portfolios yet</p>
      <p className="mt-1 text-sm text-quiet">Bring in what you hold from a broker’s export, or enter it by hand.</p>
      <div className="mt-4 flex flex-wrap justify-center gap-2">{ways}</div>
    </div>
  );
}

const signedPercent = (value: number) => percent(value, { signed: true });
