import clsx from "clsx";

import { Cell, DataTable, HeaderCell } from "@/components/ui/data-table";
import { Figure } from "@/components/ui/figure";
import { quantity } from "@/lib/format";
import type { WeightChange } from "../api/what-if";
import { WEIGHT } from "../measures";

const UNWEIGHED = "It has no price, or NAV is not positive.";

/** What is held before or after, the heaviest first; what is traded stands out. */
export function WeightsTable({ weights, isTraded }: { weights: WeightChange[]; isTraded: boolean }) {
  if (weights.length === 0) return <p className="py-4 text-center text-sm text-quiet">Nothing is held.</p>;
  return (
    <DataTable label="Weights">
      <thead>
        <tr>
          <HeaderCell>Position</HeaderCell>
          <HeaderCell numeric>Quantity</HeaderCell>
          {isTraded ? <HeaderCell numeric>After</HeaderCell> : null}
          <HeaderCell numeric>Weight</HeaderCell>
          {isTraded ? <HeaderCell numeric>After</HeaderCell> : null}
        </tr>
      </thead>
      <tbody>
        {weights.map((row) => (
          <tr key={row.symbol} className={clsx(row.quantity_before !== row.quantity_after && "bg-accent-soft font-medium")}>
            <HeaderCell row>
              <span className="text-sm whitespace-normal text-text">{row.symbol}</span>
            </HeaderCell>
            <Cell numeric>{quantity(row.quantity_before)}</Cell>
            {isTraded ? <Cell numeric>{quantity(row.quantity_after)}</Cell> : null}
            <Cell numeric>
              <Figure value={row.weight_before} format={WEIGHT.figure} reason={UNWEIGHED} />
            </Cell>
            {isTraded ? (
              <Cell numeric>
                <Figure value={row.weight_after} format={WEIGHT.figure} reason={UNWEIGHED} />
              </Cell>
            ) : null}
          </tr>
        ))}
      </tbody>
    </DataTable>
  );
}
