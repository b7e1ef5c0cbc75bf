"use client";

import { useState } from "react";

import { Card } from "@/components/ui/card";
import { QueryNotice } from "@/components/ui/query-notice";
import { Segmented } from "@/components/ui/segmented";
import { LoadingBlock } from "@/components/ui/skeleton";
import { money, plural, quantity } from "@/lib/format";
import { useUsage, type Usage } from "../api/usage";
import { BudgetLine } from "./budget-line";
import { UsageTable } from "./usage-table";

const SPANS = [
  { value: "7", label: "7 days" },
  { value: "30", label: "30 days" },
  { value: "90", label: "90 days" },
] as const;
type Span = (typeof SPANS)[number]["value"];

/** What the caller's model calls took, or for an administrator those of the whole tenant. */
export function UsageCard({ scope }: { scope: Usage["scope"] }) {
  const [span, setSpan] = useState<Span>("30");
  const { data, error, isPending, refetch } = useUsage({ scope, days: Number(span) });
  return (
    <Card
      title={scope === "own" ? "Usage" : "Usage of everybody"}
      aside={<Segmented label="Time span" options={SPANS} value={span} onChange={setSpan} />}
    >
      {isPending ? <LoadingBlock label="Loading the usage" className="h-40" /> : null}
      {error ? <QueryNotice what="The usage" error={error} onRetry={() => void refetch()} /> : null}
      {data ? <UsageView usage={data} /> : null}
    </Card>
  );
}

function UsageView({ usage }: { usage: Usage }) {
  const { totals, budget } = usage;
  return (
    <div className="flex flex-col gap-4">
      <BudgetLine budget={budget} />
      {totals.calls === 0 ? (
        <p className="text-sm text-quiet">No calls of a model in these days.</p>
      ) : (
        <>
          <Totals totals={totals} />
          <UsageTable label="By day" head="Day (UTC)" rows={usage.by_day.map((row) => ({ name: row.day, isDay: true, ...row }))} />
          <UsageTable label="By model" head="Model" rows={usage.by_model.map((row) => ({ name: row.model, ...row }))} />
          {usage.scope === "tenant" ? (
            <UsageTable label="By person" head="Person" rows={usage.by_user.map((row) => ({ name: row.display_name, ...row }))} />
          ) : null}
        </>
      )}
    </div>
  );
}

function Totals({ totals }: { totals: Usage["totals"] }) {
  return (
    <dl className="grid grid-cols-2 gap-3 text-sm sm:grid-cols-4">
      <Total label="Calls" value={quantity(totals.calls)} note={totals.failed_calls > 0 ? `${quantity(totals.failed_calls)} failed` : null} />
      <Total label="Tokens in" value={quantity(totals.input_tokens)} note={`${quantity(totals.cached_input_tokens)} from the cache`} />
      <Total label="Tokens out" value={quantity(totals.output_tokens)} note={`${quantity(totals.reasoning_tokens)} of reasoning`} />
      <Total
        label="Cost"
        value={money(totals.cost_usd, "USD")}
        note={totals.calls_of_unknown_cost > 0 ? `and ${plural(totals.calls_of_unknown_cost, "call")} of unknown price` : null}
      />
    </dl>
  );
}

function Total({ label, value, note }: { label: string; value: string; note: string | null }) {
  return (
    <div>
      <dt className="text-xs text-quiet">{label}</dt>
      <dd>
        <span className="tabular text-lg font-semibold">{value}</span>
        {note ? <span className="block text-xs text-quiet">{note}</span> : null}
      </dd>
    </div>
  );
}
