"use client";

import { ArrowDown, ArrowUp } from "lucide-react";
import { useState } from "react";

import { Card } from "@/components/ui/card";
import { Cell, DataTable, HeaderCell } from "@/components/ui/data-table";
import { Figure } from "@/components/ui/figure";
import { day, money, percent, plural, quantity } from "@/lib/format";
import type { PortfolioComplete, ValuedPosition } from "../api/portfolios";
import { nextOrder, sortPositions, type SortKey, type SortOrder } from "../position-order";

const COLUMNS: { sortKey: SortKey; label: string; numeric: boolean }[] = [
  { sortKey: "symbol", label: "Position", numeric: false },
  { sortKey: "quantity", label: "Quantity", numeric: true },
  { sortKey: "price", label: "Price", numeric: true },
  { sortKey: "market_value", label: "Market value", numeric: true },
  { sortKey: "weight", label: "Weight", numeric: true },
  { sortKey: "day_return", label: "Day", numeric: true },
  { sortKey: "unrealized_pnl", label: "Unrealised P&L", numeric: true },
];

export function PositionsTable({ complete }: { complete: PortfolioComplete }) {
  const [order, setOrder] = useState<SortOrder>({ key: "market_value", descending: true });
  const { positions, as_of: asOf, base_currency: currency } = complete;
  const aside = `${plural(positions.length, "position")}${asOf ? `, closes of ${day(asOf)}` : ""}`;
  return (
    <Card title="Positions" aside={aside}>
      {positions.length === 0 ? (
        <p className="py-6 text-center text-sm text-quiet">This portfolio holds no positions.</p>
      ) : (
        <DataTable label="Positions">
          <thead>
            <tr>
              {COLUMNS.map((column) => (
                <SortableHeader key={column.sortKey} {...column} order={order} onSort={setOrder} />
              ))}
            </tr>
          </thead>
          <tbody>
            {sortPositions(positions, order).map((position) => (
              <PositionRow key={position.id} position={position} currency={currency} asOf={asOf} />
            ))}
          </tbody>
          <CashRow complete={complete} />
        </DataTable>
      )}
    </Card>
  );
}

interface SortableHeaderProps {
  sortKey: SortKey;
  label: string;
  numeric: boolean;
  order: SortOrder;
  onSort: (order: SortOrder) => void;
}

function SortableHeader({ sortKey, label, numeric, order, onSort }: SortableHeaderProps) {
  const isSorted = order.key === sortKey;
  const direction = order.descending ? "descending" : "ascending";
  const Arrow = order.descending ? ArrowDown : ArrowUp;
  return (
    <HeaderCell numeric={numeric} aria-sort={isSorted ? direction : "none"} className={stickyFirst(sortKey)}>
      <button type="button" onClick={() => onSort(nextOrder(order, sortKey))} className="inline-flex items-center gap-1 rounded-sm hover:text-text">
        {label}
        {isSorted ? <Arrow aria-hidden="true" className="size-3" /> : null}
      </button>
    </HeaderCell>
  );
}

interface PositionRowProps {
  position: ValuedPosition;
  currency: string;
  asOf: string | null;
}

function PositionRow({ position, currency, asOf }: PositionRowProps) {
  const { reason } = position;
  const isStale = position.price_date !== null && position.price_date !== asOf;
  return (
    <tr>
      <HeaderCell row className={`max-w-56 font-normal text-text ${stickyFirst("symbol")}`}>
        <span className="text-sm font-medium">{position.symbol}</span>
        {position.side === "short" ? <span className="ml-1.5 rounded-sm bg-raised px-1 text-xs">short</span> : null}
        <span className="block truncate text-xs text-quiet">{position.name}</span>
      </HeaderCell>
      <Cell numeric>{quantity(position.quantity)}</Cell>
      <Cell numeric>
        <Figure value={position.price} format={(price) => money(price, currency)} reason={reason} />
        {isStale && position.price_date ? (
          <span className="block text-xs text-warn">from {day(position.price_date)}</span>
        ) : null}
      </Cell>
      <Cell numeric>
        <Figure value={position.market_value} format={(value) => money(value, currency, { whole: true })} reason={reason} />
      </Cell>
      <Cell numeric>
        <Figure value={position.weight} format={(value) => percent(value, { digits: 1 })} reason={reason} />
      </Cell>
      <Cell numeric>
        <Figure value={position.day_return} format={signedPercent} reason={reason} change />
        <Second value={position.day_pnl} currency={currency} />
      </Cell>
      <Cell numeric>
        <Figure value={position.unrealized_pnl} format={signedMoney(currency)} reason={reason} change />
        {position.unrealized_return === null ? null : (
          <Figure value={position.unrealized_return} format={signedPercent} className="block text-xs text-quiet" />
        )}
      </Cell>
    </tr>
  );
}

/** Cash closes the sum: weights are shares of NAV, and with it they add up to 100%. */
function CashRow({ complete }: { complete: PortfolioComplete }) {
  const { cash, nav } = complete.overview.valuation;
  return (
    <tfoot>
      <tr className="border-t border-line">
        <HeaderCell row className={`text-sm text-text ${stickyFirst("symbol")}`}>
          Cash
        </HeaderCell>
        <Cell colSpan={2} />
        <Cell numeric>{money(cash, complete.base_currency, { whole: true })}</Cell>
        <Cell numeric>
          <Figure value={nav > 0 ? cash / nav : null} format={(value) => percent(value, { digits: 1 })} reason="NAV is not positive." />
        </Cell>
        <Cell colSpan={2} />
      </tr>
    </tfoot>
  );
}

function Second({ value, currency }: { value: number | null; currency: string }) {
  if (value === null) return null;
  return <Figure value={value} format={signedMoney(currency)} className="block text-xs text-quiet" />;
}

// On a phone the name stays in sight while the figures scroll beneath it.
const stickyFirst = (key: SortKey) => (key === "symbol" ? "sticky left-0 z-10 bg-surface" : undefined);
const signedPercent = (value: number) => percent(value, { signed: true });
const signedMoney = (currency: string) => (value: number) => money(value, currency, { whole: true, signed: true });
