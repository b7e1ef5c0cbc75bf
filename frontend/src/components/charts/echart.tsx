"use client";

import { LineChart } from "echarts/charts";
import { AxisPointerComponent, GridComponent, TooltipComponent } from "echarts/components";
import { init, use as register, type ECharts, type EChartsCoreOption } from "echarts/core";
import { CanvasRenderer } from "echarts/renderers";
import { useEffect, useRef, useSyncExternalStore } from "react";

import { resolvedTheme, subscribeToTheme } from "@/lib/theme";
import { readPalette, type Palette } from "./palette";

register([LineChart, GridComponent, TooltipComponent, AxisPointerComponent, CanvasRenderer]);

interface EChartProps {
  /** Builds the option from the colours in force. Keep it stable (`useCallback`): a new function redraws the chart. */
  option: (palette: Palette) => EChartsCoreOption;
  /** What the picture shows, in a sentence or two: all that some readers get of it. */
  summary: string;
  className?: string;
}

export function EChart({ option, summary, className }: EChartProps) {
  const element = useRef<HTMLDivElement>(null);
  const chart = useRef<ECharts | null>(null);
  const theme = useSyncExternalStore(subscribeToTheme, resolvedTheme, () => "light" as const);

  useEffect(() => {
    if (!element.current) return;
    const instance = init(element.current);
    chart.current = instance;
    const observer = new ResizeObserver(() => instance.resize());
    observer.observe(element.current);
    return () => {
      observer.disconnect();
      instance.dispose();
      chart.current = null;
    };
  }, []);

  useEffect(() => {
    chart.current?.setOption({ animation: false, ...option(readPalette()) }, { notMerge: true });
  }, [option, theme]);

  return <div ref={element} role="img" aria-label={summary} className={className} />;
}
