"use client";

import { Card } from "@/components/ui/card";
import { Cell, DataTable, HeaderCell } from "@/components/ui/data-table";
import { plural, UNKNOWN } from "@/lib/format";
import type { RejectedRow } from "../api/imports";
import { useShortened } from "./use-shortened";

interface RejectedRowsProps {
  rows: RejectedRow[];
  unknownSymbols: string[];
}

/** Each row that is not taken, with what to do about it. */
export function RejectedRows({ rows, unknownSymbols }: RejectedRowsProps) {
  const { shown, more } = useShortened(rows, "rejected row");
  return (
    <Card title="Not imported" aside={plural(rows.length, "rejected row")}>
      {unknownSymbols.length > 0 ? <p className="mb-2 text-sm wrap-anywhere text-quiet">Without prices here: {unknownSymbols.join(", ")}</p> : null}
      <DataTable label="Rejected rows">
        <thead>
          <tr>
            <HeaderCell numeric>Row</HeaderCell>
            <HeaderCell>Column</HeaderCell>
            <HeaderCell>Value</HeaderCell>
            <HeaderCell>Why it is not taken, and what to do</HeaderCell>
          </tr>
        </thead>
        <tbody>
          {shown.map((row, index) => (
            <tr key={index} className="align-top">
              <Cell numeric>{row.row}</Cell>
              <Cell className="whitespace-nowrap">{row.column ?? UNKNOWN}</Cell>
              <Cell className="max-w-48 min-w-20 font-mono text-xs wrap-anywhere">{row.value || UNKNOWN}</Cell>
              <Cell className="min-w-40">
                {asSentence(row.reason)} <span className="text-quiet">{row.remedy}</span>
              </Cell>
            </tr>
          ))}
        </tbody>
      </DataTable>
      {more}
    </Card>
  );
}

const asSentence = (reason: string) => `${reason.charAt(0).toUpperCase()}${reason.slice(1)}.`;
