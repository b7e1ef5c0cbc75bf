"use client";

import { ChevronRight } from "lucide-react";
import { useState } from "react";

import { InlineBar } from "@/components/charts/inline-bar";
import { Cell, DataTable, HeaderCell } from "@/components/ui/data-table";
import { Figure } from "@/components/ui/figure";
import { Tip } from "@/components/ui/tip";
import { money, percent } from "@/lib/format";
import type { StressResult } from "../api/risk";
import { StressDetail } from "./stress-detail";

interface StressTableProps {
  label: string;
  scenarios: StressResult[];
  currency: string;
}

const COLUMNS = 6;

export function StressTable({ label, scenarios, currency }: StressTableProps) {
  const widest = Math.max(...scenarios.map(({ effect }) => Math.abs(effect ?? 0)), 0);
  return (
    <DataTable label={label}>
      <thead>
        <tr>
          <HeaderCell className="sticky left-0 z-10 bg-surface">Scenario</HeaderCell>
          <HeaderCell aria-hidden="true" className="max-sm:hidden" />
          <HeaderCell numeric>Effect</HeaderCell>
          <HeaderCell numeric>Of NAV</HeaderCell>
          <HeaderCell numeric>
            <Tip text="What the shock itself does.">Direct</Tip>
          </HeaderCell>
          <HeaderCell numeric>
            <Tip text="What the other factors usually do when this happens.">Propagated</Tip>
          </HeaderCell>
        </tr>
      </thead>
      <tbody>
        {scenarios.map((scenario) => (
          <ScenarioRows key={scenario.key} scenario={scenario} widest={widest} currency={currency} />
        ))}
      </tbody>
    </DataTable>
  );
}

interface ScenarioRowsProps {
  scenario: StressResult;
  widest: number;
  currency: string;
}

function ScenarioRows({ scenario, widest, currency }: ScenarioRowsProps) {
  const [isOpen, setOpen] = useState(false);
  const { name, effect, effect_of_nav: share, direct, propagated, reason, category } = scenario;
  const whole = (value: number) => money(value, currency, { whole: true, signed: true });
  const notSplit = category === "replay" ? "Days that happened are not split." : reason;
  return (
    <>
      <tr>
        <HeaderCell row className="sticky left-0 z-10 max-w-44 bg-surface whitespace-normal!">
          <button type="button" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)} className="flex items-start gap-1 rounded-sm text-left text-sm font-medium text-text">
            <ChevronRight aria-hidden="true" className={`mt-0.5 size-3.5 shrink-0 text-quiet ${isOpen ? "rotate-90" : ""}`} />
            {name}
          </button>
        </HeaderCell>
        <Cell aria-hidden="true" className="w-1/4 max-sm:hidden">
          {effect === null ? null : <InlineBar value={effect} widest={widest} centred />}
        </Cell>
        <Cell numeric>
          <Figure value={effect} format={whole} reason={reason} change />
        </Cell>
        <Cell numeric>
          <Figure value={share} format={(value) => percent(value, { signed: true, digits: 1 })} reason={reason} change />
        </Cell>
        <Cell numeric>
          <Figure value={direct} format={whole} reason={notSplit} />
        </Cell>
        <Cell numeric>
          <Figure value={propagated} format={whole} reason={notSplit} />
        </Cell>
      </tr>
      {isOpen ? (
        <tr>
          <Cell colSpan={COLUMNS}>
            <StressDetail scenario={scenario} currency={currency} />
          </Cell>
        </tr>
      ) : null}
    </>
  );
}
