const NAMES: Record<string, string> = { SP500: "S&P 500" };

/** What a benchmark is called; its symbol where it has no better-known name. */
export function benchmarkName(symbol: string): string {
  return NAMES[symbol] ?? symbol;
}
