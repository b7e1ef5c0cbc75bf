import { expect, it } from "vitest";

import { customStress, type ShockRow } from "./custom-shocks";

const row = (change: Partial<ShockRow> = {}): ShockRow => ({ kind: "factors", target: "market", size: "-10", ...change });

it("sends percentages as fractions, each under its kind", () => {
  const rows = [row(), row({ kind: "symbols", target: "AAPL", size: "\u221225.5" }), row({ kind: "volatility", target: "", size: "20" })];
  expect(customStress(rows)).toEqual({
    body: { shocks: { factors: { market: -0.1 }, sectors: {}, symbols: { AAPL: -0.255 }, volatility: 0.2, liquidation_cost: 0 } },
  });
});

it.each([
  [[row({ size: "" })], /number in percent/],
  [[row({ size: "ten" })], /number in percent/],
  [[row({ size: "-101" })], /between -100 and 500/],
  [[row({ target: "" })], /Choose what/],
  [[row(), row()], /two shocks on market/],
  [[row({ kind: "liquidation_cost", target: "", size: "-1" })], /between 0 and 100/],
])("says what is wrong with %j", (rows, problem) => {
  expect(customStress(rows)).toEqual({ problem: expect.stringMatching(problem) });
});
