"use client";

import { useCallback } from "react";

import { EChart } from "@/components/charts/echart";
import type { Palette } from "@/components/charts/palette";
import { Figure } from "@/components/ui/figure";
import { benchmarkName } from "@/lib/benchmark-name";
import { day, percent } from "@/lib/format";
import { useVolatility, type Volatility } from "../api/risk";
import { rollingChartOption } from "../rolling-chart-option";
import { Fact, FactGrid } from "./fact-grid";
import { MeasureCard, reasonsOf } from "./measure-card";

export function VolatilityCard({ portfolioId }: { portfolioId: string }) {
  return (
    <MeasureCard title="Volatility" query={useVolatility(portfolioId)}>
      {(data) => (
        <>
          <Facts volatility={data} />
          <Rolling points={data.rolling_63d} />
        </>
      )}
    </MeasureCard>
  );
}

function Facts({ volatility }: { volatility: Volatility }) {
  const why = reasonsOf(volatility);
  const theirs = (field: "benchmark_volatility_21d" | "benchmark_volatility_63d" | "benchmark_volatility_252d") => (
    <>
      {benchmarkName(volatility.benchmark)} <Figure value={volatility[field]} format={onePercent} reason={why(field)} />
    </>
  );
  return (
    <FactGrid>
      <Fact label="21 days" hint="Annualised standard deviation of daily returns over 21 trading days." detail={theirs("benchmark_volatility_21d")}>
        <Figure value={volatility.volatility_21d} format={onePercent} reason={why("volatility_21d")} />
      </Fact>
      <Fact label="63 days" hint="The same over 63 trading days." detail={theirs("benchmark_volatility_63d")}>
        <Figure value={volatility.volatility_63d} format={onePercent} reason={why("volatility_63d")} />
      </Fact>
      <Fact label="252 days" hint="The same over 252 trading days." detail={theirs("benchmark_volatility_252d")}>
        <Figure value={volatility.volatility_252d} format={onePercent} reason={why("volatility_252d")} />
      </Fact>
      <Fact label="EWMA" hint="Exponentially weighted with a decay of 0.94: recent days count most.">
        <Figure value={volatility.ewma_volatility} format={onePercent} reason={why("ewma_volatility")} />
      </Fact>
      <Fact label="Forecast, 21 days" hint="Of the next 21 trading days, by a heterogeneous autoregression (HAR) on the last three years.">
        <Figure value={volatility.forecast_21d} format={onePercent} reason={why("forecast_21d")} />
      </Fact>
      <Fact label="Calmer days" hint="The share of the last three years' 21-day volatilities that were calmer than today's.">
        <Figure value={volatility.percentile_3y} format={(value) => percent(value, { digits: 0 })} reason={why("percentile_3y")} />
      </Fact>
    </FactGrid>
  );
}

function Rolling({ points }: { points: Volatility["rolling_63d"] }) {
  const option = useCallback((palette: Palette) => rollingChartOption(points, palette), [points]);
  const summary = rollingSummary(points);
  if (summary === null) return null;
  return (
    <figure>
      <EChart option={option} summary={summary} className="h-44 w-full" />
      <figcaption className="text-xs text-quiet">{summary}</figcaption>
    </figure>
  );
}

function rollingSummary(points: Volatility["rolling_63d"]): string | null {
  const [first, last] = [points[0], points.at(-1)];
  if (!first || !last || points.length < 2) return null;
  const highest = points.reduce((top, point) => (point.value > top.value ? point : top));
  const lowest = points.reduce((low, point) => (point.value < low.value ? point : low));
  return (
    `63-day volatility from ${day(first.date)} to ${day(last.date)}: between ${onePercent(lowest.value)} (${day(lowest.date)}) ` +
    `and ${onePercent(highest.value)} (${day(highest.date)}), at the end ${onePercent(last.value)}.`
  );
}

const onePercent = (value: number) => percent(value, { digits: 1 });
