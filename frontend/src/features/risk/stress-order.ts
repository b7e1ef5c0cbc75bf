import type { StressResult } from "./api/risk";

export type Category = StressResult["category"];

const CATEGORIES: Record<Category, string> = {
  market: "Market",
  rates: "Rates",
  style: "Styles",
  sector: "Sectors",
  volatility: "Volatility",
  liquidity: "Liquidity",
  replay: "Days that happened",
  custom: "Of one's own",
};

/** The categories that occur, in the order of the list above. */
export function categoriesOf(scenarios: StressResult[]): { value: Category; label: string }[] {
  const present = new Set(scenarios.map(({ category }) => category));
  return (Object.entries(CATEGORIES) as [Category, string][])
    .filter(([value]) => present.has(value))
    .map(([value, label]) => ({ value, label }));
}

/** The gravest loss first; what is not known comes last. */
export function gravestFirst(scenarios: StressResult[], category: Category | null): StressResult[] {
  return scenarios
    .filter((scenario) => category === null || scenario.category === category)
    .sort((one, other) => (one.effect ?? Infinity) - (other.effect ?? Infinity));
}
