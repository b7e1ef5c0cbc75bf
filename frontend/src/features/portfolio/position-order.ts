import type { ValuedPosition } from "./api/portfolios";

export type SortKey = "symbol" | "quantity" | "price" | "market_value" | "weight" | "day_return" | "unrealized_pnl";
export interface SortOrder {
  key: SortKey;
  descending: boolean;
}

/** Sorted copy. What is unknown comes last in either direction: it is neither small nor large. */
export function sortPositions(positions: ValuedPosition[], { key, descending }: SortOrder): ValuedPosition[] {
  const direction = descending ? -1 : 1;
  return [...positions].sort((a, b) => compare(a[key], b[key], direction) || a.symbol.localeCompare(b.symbol));
}

/** The order after a click on a column: numbers start with the largest, names with A. */
export function nextOrder(order: SortOrder, key: SortKey): SortOrder {
  return order.key === key ? { key, descending: !order.descending } : { key, descending: key !== "symbol" };
}

function compare(a: string | number | null, b: string | number | null, direction: number): number {
  if (a === null || b === null) return Number(a === null) - Number(b === null);
  if (typeof a === "number" && typeof b === "number") return (a - b) * direction;
  return String(a).localeCompare(String(b)) * direction;
}
