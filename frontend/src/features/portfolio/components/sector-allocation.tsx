"use client";

import { InlineBar } from "@/components/charts/inline-bar";
import { Card } from "@/components/ui/card";
import { Cell, DataTable, HeaderCell } from "@/components/ui/data-table";
import { Figure } from "@/components/ui/figure";
import { QueryNotice } from "@/components/ui/query-notice";
import { LoadingBlock } from "@/components/ui/skeleton";
import { day, money, percent } from "@/lib/format";
import { useSectorExposure, type SectorExposure } from "../api/portfolios";

export function SectorAllocation({ portfolioId }: { portfolioId: string }) {
  const { data, error, isPending, refetch } = useSectorExposure(portfolioId);
  return (
    <Card title="Allocation by sector" aside={data?.as_of ? `share of NAV, as of ${day(data.as_of)}` : null}>
      {isPending ? <LoadingBlock label="Loading the allocation" className="h-64" /> : null}
      {error ? <QueryNotice what="The allocation" error={error} onRetry={() => void refetch()} /> : null}
      {data ? <SectorTable exposure={data} /> : null}
    </Card>
  );
}

function SectorTable({ exposure }: { exposure: SectorExposure }) {
  if (exposure.sectors.length === 0) return <p className="py-6 text-center text-sm text-quiet">No positions to group.</p>;
  const widest = Math.max(...exposure.sectors.map(({ net_weight }) => Math.abs(net_weight ?? 0)));
  return (
    <DataTable label="Allocation by sector">
      <thead>
        <tr>
          <HeaderCell>Sector</HeaderCell>
          <HeaderCell aria-hidden="true" className="w-2/5" />
          <HeaderCell numeric>Net</HeaderCell>
          <HeaderCell numeric className="max-sm:hidden">
            Value
          </HeaderCell>
        </tr>
      </thead>
      <tbody>
        {exposure.sectors.map((sector) => (
          <tr key={sector.sector}>
            <Cell>{sector.sector}</Cell>
            <Cell aria-hidden="true">
              <InlineBar value={sector.net_weight ?? 0} widest={widest} />
            </Cell>
            <Cell numeric>
              <Figure value={sector.net_weight} format={(value) => percent(value, { digits: 1 })} reason="NAV is not positive." />
            </Cell>
            <Cell numeric className="max-sm:hidden">
              {money(sector.net_value, exposure.base_currency, { whole: true })}
            </Cell>
          </tr>
        ))}
      </tbody>
    </DataTable>
  );
}
