"use client";

import { Card } from "@/components/ui/card";
import { Cell, DataTable, HeaderCell } from "@/components/ui/data-table";
import { QueryNotice } from "@/components/ui/query-notice";
import { LoadingBlock } from "@/components/ui/skeleton";
import { money } from "@/lib/format";
import { useModels, type Model } from "../api/rules";

/** What may be routed to, and what it costs. */
export function ModelsCard() {
  const { data, error, isPending, refetch } = useModels();
  return (
    <Card title="Models">
      {isPending ? <LoadingBlock label="Loading the models" className="h-24" /> : null}
      {error ? <QueryNotice what="The models" error={error} onRetry={() => void refetch()} /> : null}
      {data ? <ModelTable models={data} /> : null}
    </Card>
  );
}

function ModelTable({ models }: { models: Model[] }) {
  const sold = models.filter(({ provider }) => provider !== "offline");
  const versions = [...new Set(sold.flatMap(({ price }) => price?.version ?? []))];
  return (
    <>
      <DataTable label="Models and their prices">
        <thead>
          <tr>
            <HeaderCell>Model</HeaderCell>
            <HeaderCell>Provider</HeaderCell>
            <HeaderCell numeric>In</HeaderCell>
            <HeaderCell numeric className="max-sm:hidden">
              From the cache
            </HeaderCell>
            <HeaderCell numeric>Out</HeaderCell>
          </tr>
        </thead>
        <tbody>
          {models.map((each, place) => (
            <tr key={`${each.provider} ${each.model}`}>
              <HeaderCell row className="font-normal text-text">
                {each.model}
                {place === 0 ? <span className="ml-1.5 rounded-sm bg-raised px-1 text-xs text-quiet">default</span> : null}
              </HeaderCell>
              <Cell>{each.provider}</Cell>
              <Cell numeric>{price(each, "input")}</Cell>
              <Cell numeric className="max-sm:hidden">
                {price(each, "cached_input")}
              </Cell>
              <Cell numeric>{price(each, "output")}</Cell>
            </tr>
          ))}
        </tbody>
      </DataTable>
      <p className="mt-2 text-xs text-quiet">
        USD for a million tokens{versions.length > 0 ? `, by the price table of ${versions.join(", ")}` : ""}. The cost of a model whose price is unknown is
        counted as unknown.
      </p>
    </>
  );
}

function price(model: Model, kind: "input" | "cached_input" | "output"): string {
  return model.price ? money(model.price[kind], "USD", { exact: true }) : "unknown";
}
