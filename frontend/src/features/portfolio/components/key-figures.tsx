"use client";

import type { ReactNode } from "react";

import { Figure } from "@/components/ui/figure";
import { Tip } from "@/components/ui/tip";
import { decimal, money, percent } from "@/lib/format";
import type { Overview } from "../api/portfolios";
import { benchmarkName } from "@/lib/benchmark-name";

export function KeyFigures({ overview }: { overview: Overview }) {
  return (
    <dl className="grid grid-cols-2 gap-px overflow-hidden rounded-lg border border-line bg-line shadow-card sm:grid-cols-4 2xl:grid-cols-8">
      <ValueTiles overview={overview} />
      <RiskTiles overview={overview} />
    </dl>
  );
}

function ValueTiles({ overview }: { overview: Overview }) {
  const currency = overview.base_currency;
  const { valuation } = overview;
  const why = reasons(overview);
  return (
    <>
      <Tile label="Net asset value" hint="Long positions plus short positions (negative) plus cash.">
        <Figure value={valuation.nav} format={wholeMoney(currency)} />
        <Detail>Cash {money(valuation.cash, currency, { whole: true })}</Detail>
      </Tile>
      <Tile label="Day P&L" hint="Profit or loss since the previous trading day's close.">
        <Figure value={overview.day_pnl} format={signedMoney(currency)} reason={why("day_pnl")} change />
        <Detail>
          <Figure value={overview.day_return} format={signedPercent} reason={why("day_return")} change />
        </Detail>
      </Tile>
      <Tile label="Total P&L" hint="Profit or loss since inception; the return is time-weighted.">
        <Figure value={overview.total_pnl} format={signedMoney(currency)} reason={why("total_pnl")} change />
        <Detail>
          <Figure value={overview.total_return} format={signedPercent} reason={why("total_return")} change />
        </Detail>
      </Tile>
      <Tile label="Exposure" hint="Gross: longs plus the size of shorts, over NAV. Net: longs minus shorts, over NAV.">
        <Figure value={valuation.gross_leverage} format={percentOf} reason={why("gross_leverage")} />
        <Detail>
          gross · net <Figure value={valuation.net_leverage} format={percentOf} reason={why("net_leverage")} />
        </Detail>
      </Tile>
    </>
  );
}

function RiskTiles({ overview }: { overview: Overview }) {
  const why = reasons(overview);
  return (
    <>
      <Tile label="Volatility, 1 year" hint="Annualised standard deviation of daily returns over 252 trading days.">
        <Figure value={overview.volatility_252d} format={percentOf} reason={why("volatility_252d")} />
        <Detail>
          {benchmarkName(overview.benchmark)}{" "}
          <Figure value={overview.benchmark_volatility_252d} format={percentOf} reason={why("benchmark_volatility_252d")} />
        </Detail>
      </Tile>
      <Tile label={`Beta to ${benchmarkName(overview.benchmark)}`} hint="How much the portfolio moved per 1% move of the benchmark, over 252 trading days.">
        <Figure value={overview.beta_252d} format={twoDecimals} reason={why("beta_252d")} />
        <Detail>
          R² <Figure value={overview.r_squared_252d} format={twoDecimals} reason={why("r_squared_252d")} />
        </Detail>
      </Tile>
      <Tile label="Value at risk, 95%" hint="The loss that past returns passed on one trading day in twenty. A positive figure is a loss.">
        <Figure
          value={overview.value_at_risk_95_1d_amount}
          format={wholeMoney(overview.base_currency)}
          reason={why("value_at_risk_95_1d_amount")}
        />
        <Detail>
          <Figure value={overview.value_at_risk_95_1d} format={percentOf} reason={why("value_at_risk_95_1d")} /> in 1 day
        </Detail>
      </Tile>
      <Tile label="Max drawdown" hint="The deepest fall from a peak since inception, and how far below its last peak the portfolio is now.">
        <Figure value={overview.max_drawdown} format={percentOf} reason={why("max_drawdown")} />
        <Detail>
          now <Figure value={overview.current_drawdown} format={percentOf} reason={why("current_drawdown")} />
        </Detail>
      </Tile>
    </>
  );
}

function Tile({ label, hint, children }: { label: string; hint: string; children: ReactNode }) {
  return (
    <div className="bg-surface px-4 py-3">
      <dt className="text-xs text-quiet">
        <Tip text={hint}>{label}</Tip>
      </dt>
      <dd className="mt-1 text-lg font-semibold tracking-tight">{children}</dd>
    </div>
  );
}

function Detail({ children }: { children: ReactNode }) {
  return <span className="block text-xs font-normal tracking-normal text-quiet">{children}</span>;
}

function reasons(overview: Overview) {
  return (field: string) => overview.unavailable?.[field] ?? null;
}

const wholeMoney = (currency: string) => (value: number) => money(value, currency, { whole: true });
const signedMoney = (currency: string) => (value: number) => money(value, currency, { whole: true, signed: true });
const signedPercent = (value: number) => percent(value, { signed: true });
const percentOf = (value: number) => percent(value);
const twoDecimals = (value: number) => decimal(value, 2);
