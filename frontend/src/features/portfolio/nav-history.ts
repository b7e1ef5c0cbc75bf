import type { NavPoint, Performance } from "./api/portfolios";

export type Span = Performance["periods"][number]["label"];

/** The spans worth a chart: a day and a week are a dot and a dash. */
export const CHART_SPANS = ["1M", "3M", "6M", "YTD", "1Y", "3Y", "SI"] as const satisfies readonly Span[];
export type ChartSpan = (typeof CHART_SPANS)[number];

export function availableSpans({ periods }: Performance): ChartSpan[] {
  const labels = new Set<Span>(periods.map(({ label }) => label));
  return CHART_SPANS.filter((span) => span === "SI" || labels.has(span));
}

/** The part of the history that a span covers, from the same start day as the period's return. */
export function pointsOf({ periods, series }: Performance, span: ChartSpan): NavPoint[] {
  const start = periods.find(({ label }) => label === span)?.start;
  return span === "SI" || !start ? series : series.filter(({ date }) => date >= start);
}

export interface GrowthPoint {
  date: string;
  portfolio: number;
  benchmark: number | null;
}

/** Returns since the first of the given days, so that both lines start at zero. */
export function rebasedGrowth(points: NavPoint[]): GrowthPoint[] {
  const first = points[0];
  if (!first) return [];
  const base = first.benchmark_growth;
  return points.map((point) => ({
    date: point.date,
    portfolio: point.growth / first.growth - 1,
    benchmark: base === null || point.benchmark_growth === null ? null : point.benchmark_growth / base - 1,
  }));
}

/** The last point of each month, newest first: a table that can be read. */
export function monthEnds(points: NavPoint[]): NavPoint[] {
  const isLast = (point: NavPoint, next: NavPoint | undefined) => point.date.slice(0, 7) !== next?.date.slice(0, 7);
  return points.filter((point, index) => isLast(point, points[index + 1])).reverse();
}

export function deepest(points: NavPoint[]): NavPoint | null {
  return points.reduce<NavPoint | null>((low, point) => (low && low.drawdown <= point.drawdown ? low : point), null);
}
