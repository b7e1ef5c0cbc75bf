// @vitest-environment happy-dom
import { fakeNetwork, refusal, show } from "@/test/network";
import { screen } from "@testing-library/react";
import { expect, it } from "vitest";

import type { Finding } from "../api/insights";
import { Evidence } from "./evidence";

const finding = (code: string, evidence: Finding["evidence"]): Finding => ({ code, severity: "notice", headline: "", detail: "", evidence, comment: null });

function shown(code: string, evidence: Finding["evidence"]) {
  fakeNetwork(() => refusal(500, "Nothing is asked."));
  const user = show(<Evidence finding={finding(code, evidence)} asOf="2022-12-30" />);
  const terms = screen.getAllByRole("term").map(({ textContent }) => textContent);
  const values = screen.getAllByRole("definition").map(({ textContent }) => textContent);
  return { user, rows: Object.fromEntries(terms.map((term, place) => [term, values[place]])) };
}

it("shows fractions as per cents, and multiples as such", () => {
  const { rows } = shown("volatility_regime", { volatility_21d: 0.3124, volatility_252d: 0.2, ratio: 1.562, threshold: 1.5 });
  expect(rows).toEqual({ "volatility, 21 days": "31.2%", "volatility, 252 days": "20.0%", ratio: "1.56×", threshold: "1.50×" });
});

it("gives a threshold the unit of what is held against it, leaves unknowns out, and signs what may be either", () => {
  const { rows } = shown("underperformance", { portfolio_return: -0.051, benchmark_return: 0.1, behind: null, threshold: 0.05 });
  expect(rows).toEqual({ "portfolio return": "\u22125.1%", "benchmark return": "+10.0%", threshold: "5.0%" });
});

it("says on demand what a figure was worked out from, until when", async () => {
  const { user } = shown("concentration", { symbol: "AAPL", gross_weight: 0.412, threshold: 0.25 });
  await user.hover(screen.getByText("41.2%"));
  expect((await screen.findByRole("tooltip")).textContent).toMatch(/Worked out from this portfolio with prices up to .*2022/);
  expect(screen.getByText("AAPL")).toBeDefined();
});
