import type { EChartsCoreOption } from "echarts/core";

import type { Palette } from "@/components/charts/palette";
import { day, percent } from "@/lib/format";
import type { Volatility } from "./api/risk";

export function rollingChartOption(points: Volatility["rolling_63d"], colours: Palette): EChartsCoreOption {
  return {
    grid: { left: 44, right: 12, top: 8, bottom: 26, outerBoundsMode: "none" },
    xAxis: {
      type: "category",
      data: points.map(({ date }) => date),
      boundaryGap: false,
      axisTick: { show: false },
      axisLine: { lineStyle: { color: colours.line } },
      axisLabel: { color: colours.quiet, hideOverlap: true, alignMinLabel: "left", alignMaxLabel: "right", formatter: tick },
    },
    yAxis: {
      type: "value",
      min: 0,
      splitNumber: 3,
      splitLine: { lineStyle: { color: colours.line } },
      axisLabel: { color: colours.quiet, formatter: (value: number) => percent(value, { digits: 0 }) },
    },
    tooltip: {
      trigger: "axis",
      backgroundColor: colours.surface,
      borderColor: colours.line,
      textStyle: { color: colours.text, fontSize: 12 },
      axisPointer: { type: "line", lineStyle: { color: colours.quiet }, label: { formatter: pointerDay } },
    },
    series: [
      {
        name: "Volatility, 63 days",
        type: "line",
        data: points.map(({ value }) => value),
        showSymbol: false,
        color: colours.accent,
        lineStyle: { width: 1.5 },
        emphasis: { disabled: true },
        tooltip: { valueFormatter: (value: unknown) => (typeof value === "number" ? percent(value, { digits: 1 }) : "not known") },
      },
    ],
  };
}

const tick = (date: string) => day(date).replace(/ \d+,/, "");
const pointerDay = ({ value }: { value: unknown }) => day(String(value));
