import { Figure } from "@/components/ui/figure";
import { DataTable, Cell, HeaderCell } from "@/components/ui/data-table";
import { day, money, percent } from "@/lib/format";
import type { NavPoint } from "../api/portfolios";
import { monthEnds } from "../nav-history";

/** The chart's figures for those who cannot see it, or want the number. */
export function NavTable({ points, currency }: { points: NavPoint[]; currency: string }) {
  return (
    <details className="mt-1 text-sm">
      <summary className="w-fit rounded-sm text-xs text-accent">Show month ends as a table</summary>
      <DataTable label="Net asset value at month ends" className="mt-2 max-h-72">
        <thead>
          <tr>
            <HeaderCell>Date</HeaderCell>
            <HeaderCell numeric>NAV</HeaderCell>
            <HeaderCell numeric>Drawdown</HeaderCell>
          </tr>
        </thead>
        <tbody>
          {monthEnds(points).map((point) => (
            <tr key={point.date}>
              <Cell>{day(point.date)}</Cell>
              <Cell numeric>{money(point.nav, currency)}</Cell>
              <Cell numeric>
                <Figure value={point.drawdown} format={(value) => percent(value)} />
              </Cell>
            </tr>
          ))}
        </tbody>
      </DataTable>
    </details>
  );
}
