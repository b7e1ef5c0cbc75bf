import { InlineBar } from "@/components/charts/inline-bar";
import { Cell, DataTable, HeaderCell } from "@/components/ui/data-table";
import { day, money, quantity } from "@/lib/format";
import type { Usage } from "../api/usage";

type Totals = Usage["totals"];

interface UsageTableProps {
  label: string;
  head: string;
  rows: (Totals & { name: string; isDay?: boolean })[];
}

export function UsageTable({ label, head, rows }: UsageTableProps) {
  const widest = Math.max(...rows.map(tokens), 0);
  return (
    <section>
      <h3 className="mb-1 text-xs font-semibold">{label}</h3>
      <DataTable label={label} className="max-h-72">
        <thead>
          <tr>
            <HeaderCell>{head}</HeaderCell>
            <HeaderCell numeric>Calls</HeaderCell>
            <HeaderCell aria-hidden="true" className="w-1/4 max-sm:hidden" />
            <HeaderCell numeric>Tokens</HeaderCell>
            <HeaderCell numeric>Cost</HeaderCell>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.name}>
              <Cell className="wrap-anywhere">{row.isDay ? day(row.name) : row.name}</Cell>
              <Cell numeric>{quantity(row.calls)}</Cell>
              <Cell aria-hidden="true" className="max-sm:hidden">
                {/* The offline analyst counts no tokens: a bar of nothing would be taken for little. */}
                {widest > 0 ? <InlineBar value={tokens(row)} widest={widest} /> : null}
              </Cell>
              <Cell numeric>{quantity(tokens(row))}</Cell>
              <Cell numeric>{cost(row)}</Cell>
            </tr>
          ))}
        </tbody>
      </DataTable>
    </section>
  );
}

const tokens = ({ input_tokens, output_tokens }: Totals) => input_tokens + output_tokens;

/** A cost that leaves out calls of unknown price says so. */
function cost({ cost_usd, calls, calls_of_unknown_cost: unknown }: Totals): string {
  if (unknown > 0 && unknown === calls) return "unknown";
  return `${unknown > 0 ? "at least " : ""}${money(cost_usd, "USD", { exact: true })}`;
}
