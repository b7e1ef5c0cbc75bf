"use client";

import { InlineBar } from "@/components/charts/inline-bar";
import { Cell, DataTable, HeaderCell } from "@/components/ui/data-table";
import { Figure } from "@/components/ui/figure";
import { Tip } from "@/components/ui/tip";
import { decimal, percent } from "@/lib/format";
import { useRiskContributions, type RiskContributions } from "../api/risk";
import { Fact, FactGrid } from "./fact-grid";
import { MeasureCard, reasonsOf } from "./measure-card";

export function ContributionsCard({ portfolioId }: { portfolioId: string }) {
  return (
    <MeasureCard title="Where the risk comes from" query={useRiskContributions(portfolioId)}>
      {(data) => (
        <>
          <Summary contributions={data} />
          <ContributionTable contributions={data} />
        </>
      )}
    </MeasureCard>
  );
}

function Summary({ contributions }: { contributions: RiskContributions }) {
  const why = reasonsOf(contributions);
  return (
    <FactGrid>
      <Fact label="Volatility" hint="Annualised volatility of today's holdings. The contributions sum to it.">
        <Figure value={contributions.volatility} format={onePercent} reason={why("volatility")} />
      </Fact>
      <Fact label="Without diversification" hint="What it would be if everything moved together.">
        <Figure value={contributions.undiversified_volatility} format={onePercent} reason={why("undiversified_volatility")} />
      </Fact>
      <Fact label="Diversification" hint="The one over the other: 1 is none.">
        <Figure value={contributions.diversification_ratio} format={(value) => decimal(value)} reason={why("diversification_ratio")} />
      </Fact>
    </FactGrid>
  );
}

function ContributionTable({ contributions: { positions, volatility } }: { contributions: RiskContributions }) {
  if (positions.length === 0) return <p className="py-4 text-sm text-quiet">No holding has enough history.</p>;
  const widest = Math.max(...positions.map(({ share }) => Math.abs(share)));
  return (
    <DataTable label="Risk contributions" className="max-h-96">
      <thead>
        <tr>
          <HeaderCell>Holding</HeaderCell>
          <HeaderCell numeric>Weight</HeaderCell>
          <HeaderCell aria-hidden="true" className="w-1/5" />
          <HeaderCell numeric>Share of risk</HeaderCell>
          <HeaderCell numeric>
            <Tip text="In points of annualised volatility. A negative one is a hedge.">Contribution</Tip>
          </HeaderCell>
          <HeaderCell numeric>Own volatility</HeaderCell>
        </tr>
      </thead>
      <tbody>
        {positions.map((position) => (
          <tr key={position.symbol}>
            <HeaderCell row className="text-sm font-normal text-text">
              {position.symbol}
            </HeaderCell>
            <Cell numeric>{onePercent(position.weight)}</Cell>
            <Cell aria-hidden="true">
              <InlineBar value={position.share} widest={widest} />
            </Cell>
            <Cell numeric>{onePercent(position.share)}</Cell>
            <Cell numeric>{percent(position.contribution)}</Cell>
            <Cell numeric>{onePercent(position.standalone_volatility)}</Cell>
          </tr>
        ))}
      </tbody>
      {volatility === null ? null : (
        <tfoot>
          <tr className="border-t border-line font-medium">
            <HeaderCell row className="text-sm text-text">
              Portfolio
            </HeaderCell>
            <Cell colSpan={2} />
            <Cell numeric>{onePercent(1)}</Cell>
            <Cell numeric>{percent(volatility)}</Cell>
            <Cell />
          </tr>
        </tfoot>
      )}
    </DataTable>
  );
}

const onePercent = (value: number) => percent(value, { digits: 1 });
