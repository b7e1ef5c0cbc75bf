"use client";

import { useState } from "react";

import { Cell, DataTable, HeaderCell } from "@/components/ui/data-table";
import { Figure } from "@/components/ui/figure";
import { Segmented } from "@/components/ui/segmented";
import { Tip } from "@/components/ui/tip";
import { day, money, percent, plural } from "@/lib/format";
import { useDrawdowns, useValueAtRisk, type Approach, type Drawdowns, type ValueAtRisk } from "../api/risk";
import { MeasureCard } from "./measure-card";

const APPROACHES = [
  { value: "historical", label: "Historical" },
  { value: "normal", label: "Normal" },
  { value: "cornish_fisher", label: "Cornish-Fisher" },
] as const;

export function ValueAtRiskCard({ portfolioId }: { portfolioId: string }) {
  const [approach, setApproach] = useState<Approach>("historical");
  const control = <Segmented label="Approach" options={APPROACHES} value={approach} onChange={setApproach} />;
  return (
    <MeasureCard title="Value at risk" query={useValueAtRisk(portfolioId, approach)} control={control} loadingClassName="h-48">
      {(data) => <LevelTable valueAtRisk={data} />}
    </MeasureCard>
  );
}

function LevelTable({ valueAtRisk }: { valueAtRisk: ValueAtRisk }) {
  const { levels, base_currency: currency, worst_day: worstDay, worst_day_return: worst, unavailable } = valueAtRisk;
  if (levels.length === 0) {
    return <p className="py-4 text-sm text-quiet">{Object.values(unavailable)[0] ?? "There is not enough history."}</p>;
  }
  return (
    <>
      <DataTable label="Value at risk">
        <thead>
          <tr>
            <HeaderCell>Level</HeaderCell>
            <HeaderCell numeric>
              <Tip text="A loss that is passed on no more than 5 (or 1) of 100 such periods. Positive figures are losses.">Value at risk</Tip>
            </HeaderCell>
            <HeaderCell numeric>
              <Tip text="The average loss of the periods that pass it.">Expected shortfall</Tip>
            </HeaderCell>
          </tr>
        </thead>
        <tbody>
          {levels.map((level) => (
            <tr key={`${level.confidence} ${level.horizon_days}`}>
              <HeaderCell row className="text-sm font-normal text-text">
                {percent(level.confidence, { digits: 0 })}, {plural(level.horizon_days, "day")}
              </HeaderCell>
              <Cell numeric>
                {money(level.value_at_risk_amount, currency, { whole: true })}
                <span className="block text-xs text-quiet">{percent(level.value_at_risk)} of NAV</span>
              </Cell>
              <Cell numeric>
                {money(level.expected_shortfall_amount, currency, { whole: true })}
                <span className="block text-xs text-quiet">{percent(level.expected_shortfall)} of NAV</span>
              </Cell>
            </tr>
          ))}
        </tbody>
      </DataTable>
      {worstDay && worst !== null ? (
        <p className="mt-2 text-xs text-quiet">
          Worst day of the window: {percent(worst, { signed: true })} on {day(worstDay)}.
        </p>
      ) : null}
    </>
  );
}

export function DrawdownsCard({ portfolioId }: { portfolioId: string }) {
  return (
    <MeasureCard title="Deepest drawdowns" query={useDrawdowns(portfolioId)} loadingClassName="h-40">
      {(data) => <DrawdownTable drawdowns={data} />}
    </MeasureCard>
  );
}

function DrawdownTable({ drawdowns: { worst } }: { drawdowns: Drawdowns }) {
  if (worst.length === 0) return <p className="py-4 text-sm text-quiet">It has never stood below a peak.</p>;
  return (
    <DataTable label="Deepest drawdowns">
      <thead>
        <tr>
          <HeaderCell numeric>Depth</HeaderCell>
          <HeaderCell>Peak</HeaderCell>
          <HeaderCell>Trough</HeaderCell>
          <HeaderCell>Back at the peak</HeaderCell>
        </tr>
      </thead>
      <tbody>
        {worst.map(({ start, trough, recovery, depth, days_to_trough: down, days_to_recovery: up }) => (
          <tr key={start} className="whitespace-nowrap">
            <Cell numeric>
              <Figure value={depth} format={(value) => percent(value)} />
            </Cell>
            <Cell>{day(start)}</Cell>
            <Cell>
              {day(trough)}
              <span className="block text-xs text-quiet">after {plural(down, "day")}</span>
            </Cell>
            <Cell>
              {recovery ? day(recovery) : "Not yet"}
              {up === null ? null : <span className="block text-xs text-quiet">after {plural(up, "day")} more</span>}
            </Cell>
          </tr>
        ))}
      </tbody>
    </DataTable>
  );
}
