// @vitest-environment happy-dom
import { fakeNetwork, refusal, show } from "@/test/network";
import { screen, waitFor, within } from "@testing-library/react";
import { expect, it } from "vitest";

import type { CorrelationMatrix, FactorExposures, Measure, StressResult, StressTest } from "../api/risk";
import { CorrelationCard } from "./correlation-card";
import { FactorCard } from "./factor-card";
import { StressCard } from "./stress-card";

const MEASURE: Measure & { portfolio_id: string; portfolio_name: string; base_currency: string } = {
  portfolio_id: "p1",
  portfolio_name: "One",
  base_currency: "USD",
  as_of: "2025-11-21",
  window: { start: "2024-11-21", end: "2025-11-21", trading_days: 252 },
  method: "A method",
  coverage: { included: ["AAPL", "XOM"], excluded: [{ symbol: "PRIV", reason: "No prices." }], share_of_gross: 0.9 },
  warnings: [],
  unavailable: {},
};

const scenario = (key: string, effect: number | null, change: Partial<StressResult> = {}): StressResult => ({
  key,
  name: `Scenario ${key}`,
  category: "market",
  description: `What ${key} is.`,
  effect,
  effect_of_nav: effect === null ? null : effect / 1000,
  direct: effect,
  propagated: 0,
  start: null,
  end: null,
  worst: null,
  worst_day: null,
  reason: null,
  factor_moves: [],
  positions: [],
  unknown: [],
  unmatched: [],
  ...change,
});

const stressTest = (...scenarios: StressResult[]): StressTest => ({ ...MEASURE, nav: 1000, scenarios });

it("puts the gravest scenario first, the unknown last, and tells why", async () => {
  fakeNetwork(() => Response.json(stressTest(scenario("a", 10), scenario("b", null, { reason: "No option prices." }), scenario("c", -50))));
  show(<StressCard portfolioId="p1" />);
  const table = await screen.findByRole("table", { name: "Stress tests" });
  const names = within(table).getAllByRole("rowheader").map((header) => header.textContent);
  expect(names).toEqual(["Scenario c", "Scenario a", "Scenario b"]);
  expect(within(table).getAllByText("\u2212$50")).toHaveLength(2);
  expect(within(table).getAllByText("Unknown").length).toBeGreaterThan(0);
});

it("opens a scenario to what it hits", async () => {
  const positions = [{ symbol: "AAPL", market_value: 500, direct: -40, propagated: -2, effect: -42 }];
  fakeNetwork(() => Response.json(stressTest(scenario("a", -42, { positions }))));
  const user = show(<StressCard portfolioId="p1" />);
  await user.click(await screen.findByRole("button", { name: "Scenario a", expanded: false }));
  expect(screen.getByText("What a is.")).toBeDefined();
  expect(within(screen.getByRole("table", { name: "Hit hardest" })).getByText("AAPL")).toBeDefined();
});

it("runs a scenario of one's own, and says what cannot be run before it asks", async () => {
  const { asked } = fakeNetwork(({ method, path }) => {
    if (path.endsWith("sector-exposure")) return Response.json({ sectors: [{ sector: "Energy" }] });
    return Response.json(method === "POST" ? stressTest(scenario("custom", -77, { unmatched: ["Utilities"] })) : stressTest(scenario("a", -1)));
  });
  const user = show(<StressCard portfolioId="p1" />);
  await user.click(await screen.findByRole("button", { name: "A scenario of your own" }));
  await user.selectOptions(screen.getByLabelText("Shock 1 on"), "sectors");
  await user.click(screen.getByRole("button", { name: "Run" }));
  expect((await screen.findByRole("alert")).textContent).toContain("Choose what the shock is on.");
  expect(asked.some(({ method }) => method === "POST")).toBe(false);

  await user.selectOptions(screen.getByLabelText("Which"), await screen.findByRole("option", { name: "Energy" }));
  await user.click(screen.getByRole("button", { name: "Run" }));
  expect(await screen.findByText("Nothing held matches: Utilities.")).toBeDefined();
  const sent = asked.find(({ method }) => method === "POST");
  expect(JSON.parse(sent!.body)).toMatchObject({ shocks: { sectors: { Energy: -0.1 } } });
});

it("shows each exposure with its t, and none where a regression has none", async () => {
  const exposures: FactorExposures = {
    ...MEASURE,
    benchmark: "SP500",
    estimator: "ridge",
    ridge_penalty: 1,
    factors: [{ factor: "market", proxy: "SP500", beta: -0.42, standard_error: 0.05, t_statistic: null, p_value: null, variance_inflation: 2.4, volatility_contribution: 0.2 }],
    alpha_daily: null,
    r_squared: null,
    volatility: null,
    systematic_volatility: null,
    specific_volatility: null,
    specific_contribution: null,
    unavailable: { r_squared: "Too few days." },
  };
  const { asked } = fakeNetwork(() => Response.json(exposures));
  const user = show(<FactorCard portfolioId="p1" />);
  const row = (await screen.findByRole("rowheader", { name: /Market/ })).closest("tr")!;
  expect(row.textContent).toContain("\u22120.42");
  expect(within(row).getByText("Unknown")).toBeDefined();
  expect(screen.getByText(/Left out: 1 holding/).textContent).toContain("Covers 90.0% of gross exposure.");
  await user.click(screen.getByRole("radio", { name: "Ridge" }));
  await waitFor(() => expect(asked.at(-1)?.query.get("estimator")).toBe("ridge"));
});

it("writes each correlation into its cell, and an unknown one as unknown", async () => {
  const matrix: CorrelationMatrix = { ...MEASURE, symbols: ["AAPL", "XOM"], values: [[1, null], [null, 1]], average: null, highest: [], lowest: [] };
  fakeNetwork(() => Response.json(matrix));
  show(<CorrelationCard portfolioId="p1" />);
  const table = await screen.findByRole("table");
  expect(within(table).getAllByText("unknown")).toHaveLength(2);
});

it("says in words that a measure could not be loaded, and tries again on demand", async () => {
  let isUp = false;
  fakeNetwork(() => (isUp ? Response.json(stressTest(scenario("a", -1))) : refusal(503, "The server is busy.")));
  const user = show(<StressCard portfolioId="p1" />);
  expect((await screen.findByRole("alert")).textContent).toContain("The server is busy.");
  isUp = true;
  await user.click(screen.getByRole("button", { name: "Try again" }));
  expect(await screen.findByText("Scenario a")).toBeDefined();
});
