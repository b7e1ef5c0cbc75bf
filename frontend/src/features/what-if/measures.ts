import { decimal, money, percent } from "@/lib/format";
import type { FigureChange, WhatIf } from "./api/what-if";

/** How a figure and a change of it are written. */
export interface Format {
  figure: (value: number) => string;
  change: (value: number) => string;
}

export interface ChangeLine {
  label: string;
  change: FigureChange;
  format: Format;
}

// A change of a percentage is in percentage points: "+1%" of 20% could mean either.
const points = (value: number, digits: number) => percent(value, { signed: true, digits }).replace("%", " pp");
// What rounds to nothing has no sign.
const signed = (value: number, digits: number) => (value >= 0.5 / 10 ** digits ? "+" : "") + decimal(value, digits);

const share = (digits: number): Format => ({ figure: (value) => percent(value, { digits }), change: (value) => points(value, digits) });
const number = (digits: number): Format => ({ figure: (value) => decimal(value, digits), change: (value) => signed(value, digits) });
const amount = (currency: string): Format => ({
  figure: (value) => money(value, currency, { whole: true }),
  change: (value) => money(value, currency, { whole: true, signed: true }),
});

export const WEIGHT = share(1);

/** Every single figure of the portfolio, in the order of reading. */
export function measureLines(found: WhatIf): ChangeLine[] {
  const inMoney = amount(found.base_currency);
  return [
    { label: "Net asset value", change: found.nav, format: inMoney },
    { label: "Cash", change: found.cash, format: inMoney },
    { label: "Gross exposure", change: found.gross_exposure, format: inMoney },
    { label: "Net exposure", change: found.net_exposure, format: inMoney },
    { label: "Gross exposure of NAV", change: found.gross_leverage, format: share(1) },
    { label: "Net exposure of NAV", change: found.net_leverage, format: share(1) },
    { label: "Volatility, 1 year", change: found.volatility_252d, format: share(2) },
    { label: "Beta, 1 year", change: found.beta_252d, format: number(2) },
    { label: "Value at risk, 95%, 1 day", change: found.value_at_risk_95_1d_amount, format: inMoney },
    { label: "Value at risk of NAV", change: found.value_at_risk_95_1d, format: share(2) },
    { label: "Expected shortfall, 95%, 1 day", change: found.expected_shortfall_95_1d_amount, format: inMoney },
    { label: "Expected shortfall of NAV", change: found.expected_shortfall_95_1d, format: share(2) },
    { label: "Concentration (HHI)", change: found.herfindahl_index, format: number(3) },
    { label: "Effective positions", change: found.effective_positions, format: number(1) },
  ];
}

export const sectorLines = (found: WhatIf) => found.sectors.map((change): ChangeLine => ({ label: change.name, change, format: WEIGHT }));
export const factorLines = (found: WhatIf) => found.factors.map((change): ChangeLine => ({ label: title(change.name), change, format: number(2) }));
export const scenarioLines = (found: WhatIf) =>
  found.scenarios.map((change): ChangeLine => ({
    label: change.name,
    change,
    format: { figure: (value) => percent(value, { signed: true, digits: 1 }), change: (value) => points(value, 1) },
  }));

const title = (name: string) => name.charAt(0).toUpperCase() + name.slice(1).replaceAll("_", " ");
