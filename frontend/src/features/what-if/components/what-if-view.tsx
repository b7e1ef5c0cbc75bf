"use client";

import { useState } from "react";

import { Card } from "@/components/ui/card";
import { CoverageNote } from "@/components/ui/coverage-note";
import { QueryNotice } from "@/components/ui/query-notice";
import { LoadingBlock } from "@/components/ui/skeleton";
import { fieldsOf } from "@/lib/api/errors";
import { day, money, plural } from "@/lib/format";
import { useWhatIf, type WhatIf } from "../api/what-if";
import { factorLines, measureLines, scenarioLines, sectorLines } from "../measures";
import { emptyDraft, isEmpty, tradeOf, type TradeDraft } from "../trade-draft";
import { ChangeTable } from "./change-table";
import { TradesForm } from "./trades-form";
import { WeightsTable } from "./weights-table";

/** What trades would change, before they are made. */
export function WhatIfView({ portfolioId }: { portfolioId: string }) {
  const [drafts, setDrafts] = useState<TradeDraft[]>(() => [emptyDraft()]);
  const [asked, setAsked] = useState<TradeDraft[]>([]);
  const now = useWhatIf(portfolioId, []);
  const compared = useWhatIf(portfolioId, asked.map(tradeOf));
  const { data, error, isFetching, isPlaceholderData: isOutdated } = compared;
  const fields = fieldsOf(error);
  const problemOf = ({ id }: TradeDraft, field: string) => fields[`trades.${asked.findIndex((each) => each.id === id)}.${field}`] ?? null;
  const held = now.data?.weights.filter((row) => row.quantity_before !== 0).map(({ symbol }) => symbol) ?? [];
  return (
    <>
      <Card title="Trades on paper" aside="Nothing here is stored or traded.">
        <p className="mb-3 text-sm text-quiet">
          A quantity below zero sells. Without a price it is the newest close. A contract goes by its OCC symbol, such as AAPL 230120C00150000.
        </p>
        <TradesForm
          drafts={drafts}
          problemOf={problemOf}
          symbols={held}
          isPending={isFetching}
          onChange={setDrafts}
          onCompare={() => setAsked(drafts.filter((draft) => !isEmpty(draft)))}
        />
      </Card>
      {error && Object.keys(fields).length === 0 ? <QueryNotice what="The comparison" error={error} onRetry={() => void compared.refetch()} /> : null}
      {data === undefined && error === null ? <LoadingBlock label="Working out the portfolio" className="h-96" /> : null}
      {data ? (
        <div aria-busy={isFetching} className={isOutdated ? "flex flex-col gap-4 opacity-60" : "flex flex-col gap-4"}>
          <Outcome found={data} trades={isOutdated ? null : asked.length} />
        </div>
      ) : null}
    </>
  );
}

interface OutcomeProps {
  found: WhatIf;
  /** How many trades it is of; null while another comparison is under way. */
  trades: number | null;
}

function Outcome({ found, trades }: OutcomeProps) {
  const isTraded = found.traded_value > 0 || (trades ?? 0) > 0;
  const asOf = found.as_of ? `closes of ${day(found.as_of)}` : null;
  return (
    <>
      <p role="status" className="text-sm text-quiet">
        {statusOf(found, trades)}
      </p>
      <CoverageNote measured={found} />
      <div className="grid items-start gap-4 lg:grid-cols-[minmax(0,3fr)_minmax(0,2fr)]">
        <Card title="Figures" aside={asOf}>
          <ChangeTable label="Figures" noun="Measure" lines={measureLines(found)} isTraded={isTraded} />
        </Card>
        <div className="flex flex-col gap-4">
          <Card title="Sectors" aside="net, share of NAV">
            <ChangeTable label="Sectors" noun="Sector" lines={sectorLines(found)} isTraded={isTraded} />
          </Card>
          <Card title="Factors" aside="beta">
            <ChangeTable label="Factors" noun="Factor" lines={factorLines(found)} isTraded={isTraded} />
          </Card>
        </div>
        <Card title="Scenarios" aside="effect, share of NAV">
          <ChangeTable label="Scenarios" noun="Scenario" lines={scenarioLines(found)} isTraded={isTraded} />
        </Card>
        <Card title="Weights" aside="share of NAV">
          <WeightsTable weights={found.weights} isTraded={isTraded} />
        </Card>
      </div>
      <p className="text-xs text-quiet">{found.method}</p>
    </>
  );
}

function statusOf({ traded_value: value, base_currency: currency }: WhatIf, trades: number | null): string {
  if (trades === null) return "Comparing…";
  if (trades === 0) return "As it is now. Enter a trade to compare.";
  return `${plural(trades, "trade")} worth ${money(value, currency, { whole: true })}, without costs.`;
}
