"use client";

import { Card } from "@/components/ui/card";
import { Figure } from "@/components/ui/figure";
import { QueryNotice } from "@/components/ui/query-notice";
import { LoadingBlock } from "@/components/ui/skeleton";
import { Tip } from "@/components/ui/tip";
import { day, decimal, percent } from "@/lib/format";
import { useConcentration, type Concentration } from "../api/portfolios";

const MEASURES = [
  { key: "top_1", label: "Largest position", format: (value: number) => percent(value, { digits: 1 }) },
  { key: "top_3", label: "Largest three", format: (value: number) => percent(value, { digits: 1 }) },
  { key: "top_10", label: "Largest ten", format: (value: number) => percent(value, { digits: 1 }) },
  { key: "effective_positions", label: "Effective positions", format: (value: number) => decimal(value, 1) },
] as const;

export function ConcentrationCard({ portfolioId }: { portfolioId: string }) {
  const { data, error, isPending, refetch } = useConcentration(portfolioId);
  return (
    <Card title="Concentration" aside={data?.as_of ? `share of gross, as of ${day(data.as_of)}` : null} className="flex-1">
      {isPending ? <LoadingBlock label="Loading the concentration" className="h-20" /> : null}
      {error ? <QueryNotice what="The concentration" error={error} onRetry={() => void refetch()} /> : null}
      {data ? <Measures concentration={data} /> : null}
    </Card>
  );
}

function Measures({ concentration }: { concentration: Concentration }) {
  return (
    <>
      <dl className="grid grid-cols-2 gap-x-4 gap-y-3">
        {MEASURES.map(({ key, label, format }) => (
          <div key={key}>
            <dt className="text-xs text-quiet">{label}</dt>
            <dd className="font-semibold">
              <Figure value={concentration[key]} format={format} reason={concentration.unavailable[key]} />
            </dd>
          </div>
        ))}
      </dl>
      <p className="mt-3 text-xs text-quiet">
        <Tip text="One over the sum of squared gross weights (Herfindahl): how many equally large positions would be as concentrated.">
          What effective positions means
        </Tip>
      </p>
    </>
  );
}
