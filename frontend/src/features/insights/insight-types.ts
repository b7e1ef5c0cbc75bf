import type { Schemas } from "@/lib/api/types";

export type InsightType = Schemas["InsightOut"]["insight_type"];

export const INSIGHT_TYPES: readonly { value: InsightType; label: string }[] = [
  { value: "daily_summary", label: "Daily summary" },
  { value: "volatility_analysis", label: "Volatility" },
  { value: "concentration_risk", label: "Concentration" },
  { value: "factor_exposure", label: "Factor exposure" },
  { value: "stress_test_review", label: "Stress tests" },
  { value: "hedge_quality", label: "Hedge quality" },
  { value: "performance", label: "Performance" },
  { value: "post_mortem", label: "Post-mortem, 30 days" },
  { value: "custom", label: "A question of mine" },
];

export function typeLabel(type: InsightType): string {
  return INSIGHT_TYPES.find(({ value }) => value === type)?.label ?? type;
}

/** A code such as `gross_leverage` as it stands in a line: "gross leverage". */
export function spoken(code: string): string {
  return code.replace(/^(get|run)_/, "").replaceAll("_", " ");
}
