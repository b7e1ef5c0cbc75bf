import { describe, expect, it } from "vitest";

import type { NavPoint, Performance } from "./api/portfolios";
import { availableSpans, deepest, monthEnds, pointsOf, rebasedGrowth } from "./nav-history";

const point = (date: string, growth: number, drawdown = 0, benchmark_growth: number | null = growth): NavPoint => ({
  date,
  nav: growth * 100,
  pnl: 0,
  flow: 0,
  daily_return: null,
  growth,
  drawdown,
  benchmark_growth,
});

const SERIES = [point("2025-01-30", 1), point("2025-01-31", 1.1), point("2025-02-03", 0.88, -0.2), point("2025-02-04", 0.99, -0.1)];

function performance(periods: Performance["periods"]): Performance {
  return { series: SERIES, periods } as unknown as Performance;
}

const month = { label: "1M" as const, start: "2025-01-31", portfolio_return: -0.1, benchmark_return: null, pnl: -11 };

describe("spans", () => {
  it("offers those that the history reaches, and always all of it", () => {
    expect(availableSpans(performance([month]))).toEqual(["1M", "SI"]);
  });

  it("start on the day that the period's return starts from", () => {
    const points = pointsOf(performance([month]), "1M");
    expect(points.map(({ date }) => date)).toEqual(["2025-01-31", "2025-02-03", "2025-02-04"]);
    expect(rebasedGrowth(points).at(-1)?.portfolio).toBeCloseTo(month.portfolio_return, 12);
  });

  it("fall back to all of the history where a period is not known", () => {
    expect(pointsOf(performance([]), "1Y")).toBe(SERIES);
  });
});

describe("rebasedGrowth", () => {
  it("leaves the benchmark unknown where its first or its own value is", () => {
    const points = [point("2025-01-01", 1, 0, 2), point("2025-01-02", 1.5, 0, null)];
    expect(rebasedGrowth(points)).toEqual([
      { date: "2025-01-01", portfolio: 0, benchmark: 0 },
      { date: "2025-01-02", portfolio: 0.5, benchmark: null },
    ]);
    expect(rebasedGrowth([point("2025-01-01", 1, 0, null), point("2025-01-02", 1, 0, 2)])[1]?.benchmark).toBeNull();
  });
});

describe("tables and summaries", () => {
  it("list the last day of each month, newest first", () => {
    expect(monthEnds(SERIES).map(({ date }) => date)).toEqual(["2025-02-04", "2025-01-31"]);
  });

  it("find the deepest day", () => {
    expect(deepest(SERIES)?.date).toBe("2025-02-03");
    expect(deepest([])).toBeNull();
  });
});
