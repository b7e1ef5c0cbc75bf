import { expect, it } from "vitest";

import type { ValuedPosition } from "./api/portfolios";
import { nextOrder, sortPositions } from "./position-order";

const position = (symbol: string, market_value: number | null) => ({ symbol, market_value }) as ValuedPosition;
const POSITIONS = [position("B", -5), position("X", null), position("A", 10), position("C", 10)];
const symbols = (descending: boolean) => sortPositions(POSITIONS, { key: "market_value", descending }).map(({ symbol }) => symbol);

it("sorts by value, equal ones by symbol, and keeps the unknown last either way", () => {
  expect(symbols(true)).toEqual(["A", "C", "B", "X"]);
  expect(symbols(false)).toEqual(["B", "A", "C", "X"]);
});

it("starts a column of numbers with the largest, names with A, and turns round on the second click", () => {
  expect(nextOrder({ key: "symbol", descending: false }, "weight")).toEqual({ key: "weight", descending: true });
  expect(nextOrder({ key: "weight", descending: true }, "symbol")).toEqual({ key: "symbol", descending: false });
  expect(nextOrder({ key: "weight", descending: true }, "weight")).toEqual({ key: "weight", descending: false });
});
