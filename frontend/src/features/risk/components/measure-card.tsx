"use client";

import type { UseQueryResult } from "@tanstack/react-query";
import type { ReactNode } from "react";

import { Card } from "@/components/ui/card";
import { Exclusions } from "@/components/ui/coverage-note";
import { QueryNotice } from "@/components/ui/query-notice";
import { LoadingBlock } from "@/components/ui/skeleton";
import { Tip } from "@/components/ui/tip";
import { day, percent, plural } from "@/lib/format";
import type { Measure } from "../api/risk";

interface MeasureCardProps<Data extends Measure> {
  title: string;
  query: UseQueryResult<Data>;
  /** A control beside the date. */
  control?: ReactNode;
  /** Keeps the page from jumping while it loads. */
  loadingClassName?: string;
  children: (data: Data) => ReactNode;
}

/** A measure with what it says of itself: the day, the window, the method, and what it leaves out. */
export function MeasureCard<Data extends Measure>({ title, query, control, loadingClassName = "h-64", children }: MeasureCardProps<Data>) {
  const { data, error, isPending, refetch } = query;
  return (
    <Card title={title} aside={<Aside measure={data} control={control} />}>
      {isPending ? <LoadingBlock label={`Loading: ${title}`} className={loadingClassName} /> : null}
      {error ? <QueryNotice what={title} error={error} onRetry={() => void refetch()} /> : null}
      {data ? (
        <>
          {children(data)}
          <Limits measure={data} />
        </>
      ) : null}
    </Card>
  );
}

function Aside({ measure, control }: { measure: Measure | undefined; control: ReactNode }) {
  return (
    <div className="flex flex-wrap items-center justify-end gap-x-3 gap-y-1">
      {measure?.as_of ? (
        <Tip text={`${measure.method}. Window: ${windowText(measure)}.`}>as of {day(measure.as_of)}</Tip>
      ) : null}
      {control}
    </div>
  );
}

function windowText({ window }: Measure): string {
  const days = plural(window.trading_days, "trading day");
  return window.start && window.end ? `${days}, ${day(window.start)} to ${day(window.end)}` : days;
}

function Limits({ measure: { coverage, warnings } }: { measure: Measure }) {
  const { excluded, share_of_gross: share } = coverage;
  if (excluded.length === 0 && warnings.length === 0) return null;
  return (
    <div className="mt-3 border-t border-line pt-2 text-xs text-quiet">
      {warnings.map((warning) => (
        <p key={warning}>{warning}</p>
      ))}
      {excluded.length > 0 ? (
        <Exclusions excluded={excluded}>
          {share === null ? "" : `Covers ${percent(share, { digits: 1 })} of gross exposure. `}Left out: {plural(excluded.length, "holding")}
        </Exclusions>
      ) : null}
    </div>
  );
}

/** Why a figure of a measure is not known. */
export function reasonsOf({ unavailable }: Measure) {
  return (field: string) => unavailable[field] ?? null;
}
