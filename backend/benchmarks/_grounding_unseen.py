"""Further phrasings, longer and looser, by which the rules were tested after they had been made for the others."""

import random
from typing import Any

from benchmarks._grounding_phrasings import Phrasing, Result, money, percent, short, signed, table


def overview(r: Result, pick: random.Random) -> str:
    o, v = r["overview"], r["overview"]["valuation"]
    return pick.choice(
        [
            f"Here is where things stand: you have roughly {short(v['nav'])} in this portfolio. The largest line, "
            f"{o['top_position']}, takes up {percent(o['top_position_weight'], 2)} of it, and the whole has a beta of "
            f"{o['beta_252d']:.2f}, meaning that a fall in the market hits you correspondingly.",
            f"### Key numbers\n\n| Metric | Value |\n|---|---|\n| NAV | {money(v['nav'])} |\n| Cash balance | "
            f"{money(v['cash'])} |\n| 1-day VaR (95%) | {money(o['value_at_risk_95_1d_amount'])} |\n| 252-day vol | "
            f"{percent(o['volatility_252d'])} |\n| R\N{SUPERSCRIPT TWO} | {o['r_squared_252d']:.2f} |\n| Current drawdown | "
            f"{percent(o['current_drawdown'])} |",
            f"Today cost you {money(abs(o['day_pnl']))}. That is {percent(abs(o['day_return']), 2)}, which is within "
            f"what a normal day looks like given an annualised volatility near {percent(o['volatility_63d'])} over the "
            "past quarter of 63 sessions.",
        ]
        if o["day_pnl"] < 0
        else [f"Total value: **{money(v['nav'])}**."]
    )


def positions(r: Result, pick: random.Random) -> str:
    rows = [p for p in r["positions"] if p["market_value"] is not None]
    one, two, three = pick.sample(rows, 3)
    word = "up" if one["unrealized_return"] > 0 else "down"
    return pick.choice(
        [
            f"Your {one['name']} stake ({one['symbol']}) is now worth {money(one['market_value'])}, {word} "
            f"{percent(abs(one['unrealized_return']))} from your entry price of {money(one['entry_price'], 2)}.",
            f"Three lines worth a look: {one['symbol']} ({percent(one['weight'])}), {two['symbol']} "
            f"({percent(two['weight'])}) and {three['symbol']} ({percent(three['weight'])}).",
            f"1. {one['symbol']}: {money(one['price'], 2)} a share, position value {money(one['market_value'])}\n"
            f"2. {two['symbol']}: {money(two['price'], 2)} a share, position value {money(two['market_value'])}",
            table(
                ["Ticker", "Shares", "Last", "Unrealized"],
                [
                    [p["symbol"], f"{p['quantity']:,.0f}", f"{p['price']:.2f}", money(p["unrealized_pnl"])]
                    for p in (one, two, three)
                ],
            ),
        ]
    )


def performance(r: Result, pick: random.Random) -> str:
    by = {p["label"]: p for p in r["periods"]}
    year, start = by["1Y"], by["SI"]
    return pick.choice(
        [
            f"The last 12 months brought {signed(year['portfolio_return'], 1)}, while the benchmark did "
            f"{signed(year['benchmark_return'], 1)}.",
            f"Measured since inception on {start['start']}, the time-weighted return is {signed(start['portfolio_return'], 1)} "
            f"versus {signed(start['benchmark_return'], 1)} for the S&P 500 \N{EM DASH} a lead of "
            f"{abs(start['portfolio_return'] - start['benchmark_return']) * 100:.1f} percentage points.",
            f"The single worst session, {r['worst_day']['date']}, took {percent(abs(r['worst_day']['daily_return']))} off "
            "the portfolio.",
            f"Risk-adjusted, a Calmar ratio of {r['calmar_ratio']:.2f} sits next to a Sharpe of {r['sharpe_ratio']:.2f}.",
        ]
    )


def beta(r: Result, pick: random.Random) -> str:
    rows = sorted(r["positions"], key=lambda p: -p["beta"])
    high, low = rows[0], rows[-1]
    return pick.choice(
        [
            f"The most market-sensitive name is {high['symbol']} at {high['beta']:.2f}; the least is {low['symbol']} at "
            f"{low['beta']:.2f}.",
            f"If the index moved 1 %, you would expect the portfolio to move about {r['portfolio_252d']['beta']:.2f} %.",
            f"R\N{SUPERSCRIPT TWO} comes out at {r['portfolio_252d']['r_squared']:.2f} on {r['portfolio_252d']['observations']} daily "
            "observations.",
        ]
    )


def volatility(r: Result, pick: random.Random) -> str:
    rising = r["volatility_21d"] > r["volatility_252d"]
    return pick.choice(
        [
            f"Short-term swings (21 days: {percent(r['volatility_21d'])}) are {'above' if rising else 'below'} the "
            f"long-run level (252 days: {percent(r['volatility_252d'])}).",
            f"Annualised volatility: **{percent(r['volatility_252d'], 2)}** for you, **{percent(r['benchmark_volatility_252d'], 2)}** "
            "for the market (252 days).",
            f"An exponentially weighted estimate puts today's volatility at {percent(r['ewma_volatility'])}, and the model "
            f"forecasts {percent(r['forecast_21d'])} for the coming month. It has been calmer "
            f"{percent(r['percentile_3y'], 0)} of the time in the last three years.",
        ]
    )


def value_at_risk(r: Result, pick: random.Random) -> str:
    one, two = r["levels"][0], r["levels"][2]
    return pick.choice(
        [
            f"On 95 days out of 100 you should lose less than {money(one['value_at_risk_amount'])}.",
            f"Moving from 95% to 99% confidence raises the one-day figure from {money(one['value_at_risk_amount'])} to "
            f"{money(two['value_at_risk_amount'])}."
            if two["horizon_days"] == 1
            else f"The one-day 95% VaR is {percent(one['value_at_risk'], 2)}.",
            f"Expected shortfall at 95% (1 day): {money(one['expected_shortfall_amount'])}, i.e. "
            f"{percent(one['expected_shortfall'], 2)} of NAV.",
        ]
    )


def concentration(r: Result, pick: random.Random) -> str:
    rows = r["largest"]
    return pick.choice(
        [
            f"Concentration is measured by an HHI of {r['herfindahl_index']:.4f}; effectively you own about "
            f"{r['effective_positions']:.1f} names. Your ten largest positions cover {percent(r['top_10'])}.",
            f"{rows[0]['symbol']} alone is {percent(rows[0]['gross_weight'])}, which leaves "
            f"{percent(1 - rows[0]['gross_weight'])} for the rest.",
            f"{rows[0]['symbol']} is {rows[0]['market_value'] / rows[2]['market_value']:.2f} times as large as "
            f"{rows[2]['symbol']}.",
        ]
    )


def stress(r: Result, pick: random.Random) -> str:
    known = {x["name"]: x for x in r["scenarios"] if x["effect"] is not None}
    falls = sorted((x for x in known.values() if x["effect"] < 0), key=lambda x: x["effect"])
    one, two, three = falls[0], falls[1], pick.choice(falls)
    return pick.choice(
        [
            f"Two scenarios stand out. {one['name']} would wipe out {short(abs(one['effect']))} and {two['name']} "
            f"{short(abs(two['effect']))}.",
            f"Under *{three['name']}* the loss comes to {percent(abs(three['effect_of_nav']), 2)} of your net asset value "
            f"({money(abs(three['effect']))}).",
            "\n".join(f"- {x['name']}: {signed(x['effect_of_nav'], 1)}, or {money(x['effect'])}" for x in falls[:3]),
        ]
    )


def sectors(r: Result, pick: random.Random) -> str:
    rows = sorted((x for x in r["sectors"] if x["sector"] != "No sector"), key=lambda x: -x["gross_weight"])
    two = rows[0]["gross_weight"] + rows[1]["gross_weight"]
    return pick.choice(
        [
            f"{rows[0]['sector']} dominates with {percent(rows[0]['gross_weight'])}; together with {rows[1]['sector']} it "
            f"makes up {percent(two)} of gross exposure.",
            "\n".join(
                f"* {x['sector']} \N{EN DASH} {percent(x['gross_weight'])} ({x['positions']} positions)"
                for x in rows[:4]
            ),
        ]
    )


def drawdowns(r: Result, pick: random.Random) -> str:
    deep = r["worst"][0]
    return pick.choice(
        [
            f"Peak to trough you once lost {percent(abs(deep['depth']))}, between {deep['start']} and {deep['trough']}.",
            f"You would need to gain back the {percent(abs(r['current_drawdown']))} by which you trail your high-water mark.",
        ]
    )


def risk_contributions(r: Result, pick: random.Random) -> str:
    rows = sorted(r["positions"], key=lambda x: -x["share"])
    return pick.choice(
        [
            f"{rows[0]['symbol']} is responsible for {percent(rows[0]['share'])} of total risk, although it is only "
            f"{percent(rows[0]['weight'])} of the money. Next comes {rows[1]['symbol']} with {percent(rows[1]['share'])}.",
            f"By itself {rows[2]['symbol']} has a volatility of {percent(rows[2]['standalone_volatility'])}.",
        ]
    )


def comparison(r: Result, pick: random.Random) -> str:
    rows: list[dict[str, Any]] = sorted(r["portfolios"], key=lambda p: -p["volatility_252d"])
    return pick.choice(
        [
            "\n".join(
                f"- **{p['name']}** \N{EM DASH} {money(p['nav'])}, beta {p['beta_252d']:.2f}, worst fall "
                f"{percent(abs(p['max_drawdown']))}"
                for p in rows
            ),
            f"{rows[0]['name']} is the most volatile ({percent(rows[0]['volatility_252d'])}), {rows[-1]['name']} the least "
            f"({percent(rows[-1]['volatility_252d'])}).",
        ]
    )


UNSEEN: dict[str, Phrasing] = {
    "get_portfolio_complete": overview,
    "get_positions": positions,
    "get_performance": performance,
    "get_beta": beta,
    "get_volatility": volatility,
    "get_value_at_risk": value_at_risk,
    "get_concentration": concentration,
    "run_stress_test": stress,
    "get_sector_exposure": sectors,
    "get_drawdowns": drawdowns,
    "get_risk_contributions": risk_contributions,
    "compare_portfolios": comparison,
}
