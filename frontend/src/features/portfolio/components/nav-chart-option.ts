import type { EChartsCoreOption } from "echarts/core";

import type { Palette } from "@/components/charts/palette";
import { day, money, percent } from "@/lib/format";
import type { NavPoint } from "../api/portfolios";
import { rebasedGrowth } from "../nav-history";

export type Scale = "value" | "growth";

interface NavChartInput {
  points: NavPoint[];
  scale: Scale;
  currency: string;
  benchmark: string;
}

const LEFT = 64;
const RIGHT = 12;

/** Two panes over one time axis: the portfolio's value or growth above, how far below its peak it was beneath. */
export function navChartOption({ points, scale, currency, benchmark }: NavChartInput, colours: Palette): EChartsCoreOption {
  const dates = points.map(({ date }) => date);
  const isValue = scale === "value";
  const formatTop = isValue ? (value: number) => money(value, currency, { whole: true }) : formatReturn;
  const axisTop = isValue ? (value: number) => money(value, currency, { compact: true }) : formatAxisPercent;
  return {
    // Without outer bounds, labels do not shrink one pane and not the other: both must share their days.
    grid: [
      { left: LEFT, right: RIGHT, top: 10, height: "60%", outerBoundsMode: "none" },
      { left: LEFT, right: RIGHT, bottom: 30, height: "20%", outerBoundsMode: "none" },
    ],
    xAxis: [timeAxis(dates, 0, false, colours), timeAxis(dates, 1, true, colours)],
    yAxis: [valueAxis(0, axisTop, colours), { ...valueAxis(1, formatAxisPercent, colours), max: 0, splitNumber: 2 }],
    axisPointer: { link: [{ xAxisIndex: "all" }] },
    tooltip: tooltip(colours),
    series: [...topLines(points, scale, benchmark, formatTop, colours), drawdownLine(points, colours)],
  };
}

function topLines(
  points: NavPoint[],
  scale: Scale,
  benchmark: string,
  format: (value: number) => string,
  colours: Palette,
) {
  if (scale === "value") return [line("NAV", points.map(({ nav }) => nav), colours.accent, format)];
  const growth = rebasedGrowth(points);
  const ours = line("Portfolio", growth.map(({ portfolio }) => portfolio), colours.accent, format);
  const theirs = line(benchmark, growth.map((point) => point.benchmark), colours.quiet, format);
  return [ours, { ...theirs, lineStyle: { ...theirs.lineStyle, type: "dashed" } }];
}

function drawdownLine(points: NavPoint[], colours: Palette) {
  const values = points.map(({ drawdown }) => drawdown);
  return {
    ...line("Drawdown", values, colours.loss, (value) => percent(value)),
    xAxisIndex: 1,
    yAxisIndex: 1,
    areaStyle: { color: colours["loss-soft"], opacity: 1 },
  };
}

function line(name: string, data: (number | null)[], color: string, format: (value: number) => string) {
  return {
    name,
    type: "line",
    data,
    showSymbol: false,
    color,
    lineStyle: { width: 1.5 },
    emphasis: { disabled: true },
    tooltip: { valueFormatter: (value: unknown) => (typeof value === "number" ? format(value) : "not known") },
  };
}

function timeAxis(dates: string[], gridIndex: number, isLabelled: boolean, colours: Palette) {
  return {
    type: "category",
    gridIndex,
    data: dates,
    boundaryGap: false,
    axisTick: { show: false },
    axisLine: { lineStyle: { color: colours.line } },
    axisLabel: { show: isLabelled, color: colours.quiet, hideOverlap: true, alignMinLabel: "left", alignMaxLabel: "right", formatter: formatTick },
  };
}

function valueAxis(gridIndex: number, formatter: (value: number) => string, colours: Palette) {
  return {
    type: "value",
    gridIndex,
    scale: gridIndex === 0,
    splitLine: { lineStyle: { color: colours.line } },
    axisLabel: { color: colours.quiet, formatter, hideOverlap: true },
  };
}

function tooltip(colours: Palette) {
  return {
    trigger: "axis",
    backgroundColor: colours.surface,
    borderColor: colours.line,
    textStyle: { color: colours.text, fontSize: 12 },
    axisPointer: { type: "line", lineStyle: { color: colours.quiet }, label: { formatter: pointerDay } },
  };
}

const pointerDay = ({ value }: { value: unknown }) => day(String(value));
const formatTick = (date: string) => day(date).replace(/ \d+,/, "");
const formatReturn = (value: number) => percent(value, { signed: true });
const formatAxisPercent = (value: number) => percent(value, { digits: 0 });
