// @vitest-environment happy-dom
import { fakeNetwork, show } from "@/test/network";
import { screen, waitFor, within } from "@testing-library/react";
import { beforeEach, expect, it } from "vitest";

import type { FigureChange, Trade, WhatIf } from "../api/what-if";
import { WhatIfView } from "./what-if-view";

const change = (before: number | null, after: number | null, reasons: Partial<FigureChange> = {}): FigureChange => ({
  before,
  after,
  change: before === null || after === null ? null : after - before,
  ...reasons,
});

function found(trades: Trade[]): WhatIf {
  const isTraded = trades.length > 0;
  const figure = (before: number, after: number) => change(before, isTraded ? after : before);
  return {
    portfolio_id: "p1", portfolio_name: "Growth", base_currency: "USD", as_of: "2022-12-28", method: "Sample standard deviation.",
    window: { start: "2022-01-03", end: "2022-12-28", trading_days: 252 },
    coverage: { included: ["AAPL"], excluded: [], share_of_gross: 1 },
    warnings: [], unavailable: {},
    traded_value: isTraded ? 1260 : 0,
    nav: figure(10000, 10000), cash: figure(4000, 2740), gross_exposure: figure(6000, 7260), net_exposure: figure(6000, 7260),
    gross_leverage: figure(0.6, 0.726), net_leverage: figure(0.6, 0.726), volatility_252d: figure(0.2, 0.2123), beta_252d: figure(0.8, 0.9),
    value_at_risk_95_1d: figure(0.02, 0.021), value_at_risk_95_1d_amount: figure(200, 210),
    expected_shortfall_95_1d: change(null, isTraded ? 0.03 : null, { reason_before: "Too few returns." }),
    expected_shortfall_95_1d_amount: figure(300, 310), herfindahl_index: figure(1, 0.713), effective_positions: figure(1, 1.4),
    sectors: [{ name: "Energy", ...figure(0.6, 0.5) }], factors: [{ name: "market", ...figure(0.8, 0.9) }], scenarios: [{ name: "Market down 10%", ...figure(-0.08, -0.09) }],
    weights: [
      { symbol: "AAPL", quantity_before: 40, quantity_after: isTraded ? 50 : 40, weight_before: 0.6, weight_after: isTraded ? 0.726 : 0.6 },
      { symbol: "XYZ", quantity_before: 1, quantity_after: 1, weight_before: null, weight_after: null },
    ],
  } as WhatIf;
}

let network: ReturnType<typeof fakeNetwork>;

beforeEach(() => {
  network = fakeNetwork(({ body }) => Response.json(found((JSON.parse(body) as { trades: Trade[] }).trades)));
});

const asked = () => network.asked.map(({ body }) => (JSON.parse(body) as { trades: Trade[] }).trades);
const rowOf = (table: string, name: RegExp) => within(screen.getByRole("table", { name: table })).getByRole("row", { name });

it("shows what is held now, and every change once trades are entered", async () => {
  const user = show(<WhatIfView portfolioId="p1" />);
  await screen.findByText("As it is now. Enter a trade to compare.");
  expect(rowOf("Figures", /^Volatility/).textContent).toBe("Volatility, 1 year20.00%");
  expect(screen.getByText("Nothing here is stored or traded.")).toBeDefined();
  await user.type(screen.getByLabelText("Symbol"), "AAPL");
  await user.type(screen.getByLabelText("Quantity"), "10{Enter}");
  await screen.findByText("1 trade worth $1,260, without costs.");
  expect(asked().at(-1)).toEqual([{ symbol: "AAPL", quantity: 10, price: null }]);
  expect(rowOf("Figures", /^Volatility/).textContent).toBe("Volatility, 1 year20.00%21.23%+1.23 pp");
  expect(rowOf("Figures", /^Cash/).textContent).toBe("Cash$4,000$2,740−$1,260");
  expect(rowOf("Figures", /^Beta/).textContent).toBe("Beta, 1 year0.800.90+0.10");
  expect(rowOf("Sectors", /^Energy/).textContent).toBe("Energy60.0%50.0%−10.0 pp");
  expect(rowOf("Factors", /^Market/).textContent).toBe("Market0.800.90+0.10");
  expect(rowOf("Scenarios", /^Market down/).textContent).toBe("Market down 10%−8.0%−9.0%−1.0 pp");
  expect(rowOf("Weights", /^AAPL/).textContent).toBe("AAPL405060.0%72.6%");
});

it("says why a side is unknown, and does not make a change of it", async () => {
  const user = show(<WhatIfView portfolioId="p1" />);
  await user.type(await screen.findByLabelText("Symbol"), "AAPL");
  await user.type(screen.getByLabelText("Quantity"), "10{Enter}");
  await screen.findByText(/1 trade worth/);
  const row = rowOf("Figures", /^Expected shortfall of NAV/);
  expect(row.textContent).toBe("Expected shortfall of NAV—Unknown3.00%—Unknown");
  await user.hover(within(row).getAllByText("—")[1]!);
  expect((await screen.findAllByText("Too few returns.")).length).toBeGreaterThan(0);
});

it("sends the trades that were typed, and puts what is wrong with one at its field", async () => {
  network = fakeNetwork(({ body }) => {
    const { trades } = JSON.parse(body) as { trades: Trade[] };
    if (trades.length === 0) return Response.json(found([]));
    return Response.json({ error: "invalid_field", detail: "no price", request_id: "r", fields: [{ field: "trades.1.symbol", problem: "there is no price of NOPE" }] }, { status: 422 });
  });
  const user = show(<WhatIfView portfolioId="p1" />);
  await screen.findByText(/As it is now/);
  await user.click(screen.getByRole("button", { name: "Another trade" }));
  await user.click(screen.getByRole("button", { name: "Another trade" }));
  const trade = (number: number) => within(screen.getByRole("group", { name: `Trade ${number}` }));
  await user.type(trade(1).getByLabelText("Symbol"), "KO");
  await user.type(trade(1).getByLabelText("Quantity"), "-5");
  await user.type(trade(1).getByLabelText("Price, if another"), "60.5");
  await user.type(trade(3).getByLabelText("Symbol"), "NOPE");
  await user.type(trade(3).getByLabelText("Quantity"), "1");
  await user.click(screen.getByRole("button", { name: "Compare" }));
  await waitFor(() => expect(trade(3).getByText("There is no price of NOPE.")).toBeDefined());
  expect(asked().at(-1)).toEqual([{ symbol: "KO", quantity: -5, price: 60.5 }, { symbol: "NOPE", quantity: 1, price: null }]);
  expect(trade(1).getByLabelText("Symbol").getAttribute("aria-invalid")).toBe("false");
  await user.click(screen.getByRole("button", { name: "Remove trade 2" }));
  expect(trade(2).getByText("There is no price of NOPE.")).toBeDefined();
});
