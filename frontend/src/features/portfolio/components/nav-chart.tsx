"use client";

import { useCallback, useState } from "react";

import { EChart } from "@/components/charts/echart";
import type { Palette } from "@/components/charts/palette";
import { Card } from "@/components/ui/card";
import { QueryNotice } from "@/components/ui/query-notice";
import { Segmented } from "@/components/ui/segmented";
import { LoadingBlock } from "@/components/ui/skeleton";
import { day, money, percent } from "@/lib/format";
import { usePerformance, type NavPoint, type Performance } from "../api/portfolios";
import { availableSpans, deepest, pointsOf, type ChartSpan } from "../nav-history";
import { navChartOption, type Scale } from "./nav-chart-option";
import { NavTable } from "./nav-table";
import { PeriodReturns } from "./period-returns";

const SCALES = [
  { value: "value", label: "Value" },
  { value: "growth", label: "Return" },
] as const;

interface NavChartProps {
  portfolioId: string;
  benchmark: string;
}

export function NavChart({ portfolioId, benchmark }: NavChartProps) {
  const { data, error, isPending, refetch } = usePerformance(portfolioId);
  const asOf = data?.as_of ? `as of ${day(data.as_of)}` : null;
  return (
    <Card title="Net asset value and drawdown" aside={asOf}>
      {isPending ? <LoadingBlock label="Loading the history" className="h-80" /> : null}
      {error ? <QueryNotice what="The history" error={error} onRetry={() => void refetch()} /> : null}
      {data ? <History performance={data} benchmark={benchmark} /> : null}
    </Card>
  );
}

function History({ performance, benchmark }: { performance: Performance; benchmark: string }) {
  const spans = availableSpans(performance);
  const [span, setSpan] = useState<ChartSpan>(() => (spans.includes("1Y") ? "1Y" : "SI"));
  const [scale, setScale] = useState<Scale>("value");
  const points = pointsOf(performance, span);
  if (points.length < 2) return <p className="py-8 text-center text-sm text-quiet">Fewer than two days of history.</p>;
  return (
    <>
      <div className="mb-2 flex flex-wrap justify-between gap-2">
        <Segmented label="Scale" options={SCALES} value={scale} onChange={setScale} />
        <Segmented label="Time span" options={spans.map(spanOption)} value={span} onChange={setSpan} />
      </div>
      <Picture performance={performance} span={span} scale={scale} benchmark={benchmark} />
      <NavTable points={points} currency={performance.base_currency} />
      <PeriodReturns performance={performance} benchmark={benchmark} />
    </>
  );
}

interface PictureProps {
  performance: Performance;
  span: ChartSpan;
  scale: Scale;
  benchmark: string;
}

function Picture({ performance, span, scale, benchmark }: PictureProps) {
  const { base_currency: currency } = performance;
  const option = useCallback(
    (palette: Palette) => navChartOption({ points: pointsOf(performance, span), scale, currency, benchmark }, palette),
    [performance, span, scale, currency, benchmark],
  );
  const summary = summarise(pointsOf(performance, span), currency);
  return (
    <figure>
      <EChart option={option} summary={summary} className="h-80 w-full" />
      <figcaption className="text-xs text-quiet">
        {summary} {scale === "growth" ? `Dashed: ${benchmark}.` : null}
      </figcaption>
    </figure>
  );
}

function summarise(points: NavPoint[], currency: string): string {
  const first = points[0];
  const last = points.at(-1);
  const low = deepest(points);
  if (!first || !last || !low) return "";
  const value = (point: NavPoint) => money(point.nav, currency, { whole: true });
  const change = percent(last.growth / first.growth - 1, { signed: true });
  return (
    `From ${value(first)} on ${day(first.date)} to ${value(last)} on ${day(last.date)}, a return of ${change}. ` +
    `Furthest below a peak: ${percent(low.drawdown)} on ${day(low.date)}.`
  );
}

const spanOption = (value: ChartSpan) => ({ value, label: value === "SI" ? "All" : value });
