"use client";

import { Card } from "@/components/ui/card";
import { Cell, DataTable, HeaderCell } from "@/components/ui/data-table";
import { day, money, plural, quantity } from "@/lib/format";
import type { ImportedPortfolio } from "../api/imports";
import { useShortened } from "./use-shortened";

// The server takes nothing that is valued in another one.
const CURRENCY = "USD";
const CLASSES = { PUBLIC: null, OPTIONS: "option", PRIVATE: "private" } as const;

/** What one portfolio would get. */
export function PortfolioPreview({ portfolio }: { portfolio: ImportedPortfolio }) {
  const { name, is_new: isNew, positions, cash } = portfolio;
  const counts = [plural(positions.length, "lot"), ...(cash.length > 0 ? [plural(cash.length, "cash amount")] : [])];
  return (
    <Card title={name} aside={`${isNew ? "new portfolio" : "added to what is there"} · ${counts.join(", ")}`}>
      {cash.length > 0 ? <CashTable cash={cash} /> : null}
      {positions.length > 0 ? <LotTable lots={positions} name={name} /> : null}
    </Card>
  );
}

function LotTable({ lots, name }: { lots: ImportedPortfolio["positions"]; name: string }) {
  const { shown, more } = useShortened(lots, "lot");
  return (
    <>
      <DataTable label={`Lots of ${name}`}>
        <thead>
          <tr>
            <HeaderCell>Symbol</HeaderCell>
            <HeaderCell numeric>Quantity</HeaderCell>
            <HeaderCell numeric>Entry price</HeaderCell>
            <HeaderCell numeric>Entered</HeaderCell>
            <HeaderCell numeric>Row</HeaderCell>
          </tr>
        </thead>
        <tbody>
          {shown.map((lot, index) => (
            // A row of a file may make two lots, and lots of two rows may be alike.
            <tr key={index}>
              <HeaderCell row className="sticky left-0 z-10 max-w-56 bg-surface font-normal text-text max-sm:max-w-40">
                <span className="text-sm font-medium whitespace-normal">{lot.symbol}</span>
                <Marks isShort={lot.quantity < 0} kind={CLASSES[lot.position_class]} />
                <span className="block truncate text-xs text-quiet">{lot.name}</span>
              </HeaderCell>
              <Cell numeric>{quantity(lot.quantity)}</Cell>
              <Cell numeric>{money(lot.entry_price, CURRENCY, { exact: true })}</Cell>
              <Cell numeric>{day(lot.entry_date)}</Cell>
              <Cell numeric className="text-quiet">
                {lot.row}
              </Cell>
            </tr>
          ))}
        </tbody>
      </DataTable>
      {more}
    </>
  );
}

function Marks({ isShort, kind }: { isShort: boolean; kind: string | null }) {
  const marks = [...(kind ? [kind] : []), ...(isShort ? ["short"] : [])];
  return marks.map((mark) => (
    <span key={mark} className="ml-1.5 rounded-sm bg-raised px-1 text-xs">
      {mark}
    </span>
  ));
}

function CashTable({ cash }: { cash: ImportedPortfolio["cash"] }) {
  const { shown, more } = useShortened(cash, "cash amount");
  return (
    <div className="mb-3 text-sm">
      <ul className="flex flex-col gap-1">
        {shown.map(({ row, amount, date }, index) => (
          <li key={index}>
            Cash <span className="tabular font-medium">{money(amount, CURRENCY)}</span>
            <span className="text-quiet">
              {" "}
              on {day(date)}, row {row}
            </span>
          </li>
        ))}
      </ul>
      {more}
    </div>
  );
}
