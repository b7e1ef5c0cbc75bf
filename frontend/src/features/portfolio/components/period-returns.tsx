import { Cell, DataTable, HeaderCell } from "@/components/ui/data-table";
import { Figure } from "@/components/ui/figure";
import { money, percent } from "@/lib/format";
import type { Performance } from "../api/portfolios";

export function PeriodReturns({ performance, benchmark }: { performance: Performance; benchmark: string }) {
  const { periods, base_currency: currency } = performance;
  if (periods.length === 0) return null;
  return (
    <DataTable label="Returns by period" className="mt-3">
      <thead>
        <tr>
          <HeaderCell>Period</HeaderCell>
          {periods.map(({ label }) => (
            <HeaderCell key={label} numeric>
              {label === "SI" ? "All" : label}
            </HeaderCell>
          ))}
        </tr>
      </thead>
      <tbody>
        <tr>
          <HeaderCell row>Portfolio</HeaderCell>
          {periods.map((period) => (
            <Cell key={period.label} numeric>
              <Figure value={period.portfolio_return} format={signedPercent} change />
            </Cell>
          ))}
        </tr>
        <tr>
          <HeaderCell row>{benchmark}</HeaderCell>
          {periods.map((period) => (
            <Cell key={period.label} numeric>
              <Figure value={period.benchmark_return} format={signedPercent} reason={noBenchmark(benchmark)} />
            </Cell>
          ))}
        </tr>
        <tr>
          <HeaderCell row>P&amp;L</HeaderCell>
          {periods.map((period) => (
            <Cell key={period.label} numeric>
              <Figure value={period.pnl} format={(pnl) => money(pnl, currency, { signed: true, compact: true })} change />
            </Cell>
          ))}
        </tr>
      </tbody>
    </DataTable>
  );
}

const signedPercent = (value: number) => percent(value, { signed: true, digits: 1 });
const noBenchmark = (benchmark: string) => `No prices of ${benchmark} for this period.`;
