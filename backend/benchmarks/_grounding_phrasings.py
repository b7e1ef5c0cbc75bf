"""Answers as different people would word them, made from real tool results: every figure in them is true.

Each phrasing takes one result and gives a few sentences, a list or a table; none of it is the offline analyst's wording.
"""

import random
from collections.abc import Callable
from typing import Any

Result = dict[str, Any]
Phrasing = Callable[[Result, random.Random], str]


def money(value: float, places: int = 0) -> str:
    return f"{'-' if value < 0 else ''}${abs(value):,.{places}f}"


def short(value: float) -> str:
    """$1.2M, $48.3k."""
    size = abs(value)
    shown = f"${size / 1e6:.2f}M" if size >= 1e6 else f"${size / 1e3:.1f}k"
    return f"-{shown}" if value < 0 else shown


def million(value: float) -> str:
    return f"${value / 1e6:.3f} million"


def percent(value: float, places: int = 1) -> str:
    return f"{value * 100:.{places}f}%"


def signed(value: float, places: int = 2) -> str:
    return f"{value * 100:+.{places}f}%"


def basis_points(value: float) -> str:
    return f"{abs(value) * 1e4:.0f} bp"


def minus(text: str) -> str:
    """With the typographic minus sign."""
    return text.replace("-", "\N{MINUS SIGN}")


def number(value: float) -> str:
    return minus(f"{value:.2f}")


def table(head: list[str], rows: list[list[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def overview(r: Result, pick: random.Random) -> str:
    o, v = r["overview"], r["overview"]["valuation"]
    return pick.choice(
        [
            f"Your portfolio stands at {short(v['nav'])}, of which {short(v['cash'])} is cash. Annual volatility is "
            f"about {percent(o['volatility_252d'])} and the beta to the market {o['beta_252d']:.2f}.",
            f"At the close of {r['as_of']} you had {money(v['nav'], 2)} in net assets across "
            f"{o['position_count']} positions. The day's move was {minus(signed(o['day_return']))}, or "
            f"{minus(money(o['day_pnl']))}.",
            f"**Snapshot**\n- Net asset value: {money(v['nav'])}\n- Cash: {money(v['cash'])}\n"
            f"- Total return: {percent(o['total_return'])}\n- Gross exposure: {percent(v['gross_leverage'])} of NAV\n"
            f"- Max drawdown: {percent(o['max_drawdown'])}",
            f"Since you started, the portfolio has gained {percent(o['total_return'])} ({money(o['total_pnl'])} in "
            f"profit). It is currently {percent(abs(o['current_drawdown']))} below its high.",
            f"Your biggest holding is {o['top_position']}, at {percent(o['top_position_weight'])} of the portfolio. "
            f"Over the past 252 trading days volatility ran at {percent(o['volatility_252d'])}, compared with "
            f"{percent(o['benchmark_volatility_252d'])} for the S&P 500.",
            f"With 95% confidence you should not lose more than {money(o['value_at_risk_95_1d_amount'])} in a single "
            f"day, which is {percent(o['value_at_risk_95_1d'], 2)} of what the portfolio is worth. R-squared against "
            f"the market is {o['r_squared_252d']:.3f}.",
        ]
    )


def positions(r: Result, pick: random.Random) -> str:
    rows = [p for p in r["positions"] if p["market_value"] is not None]
    one, two = pick.sample(rows, 2)
    gain = "gained" if one["unrealized_pnl"] >= 0 else "lost"
    return pick.choice(
        [
            f"{one['symbol']} is worth {money(one['market_value'])} and makes up {percent(one['weight'])} of net asset "
            f"value; {two['symbol']} is worth {money(two['market_value'])} ({percent(two['weight'])}).",
            f"You {'hold' if one['quantity'] > 0 else 'are short'} {abs(one['quantity']):,.0f} units of {one['name']}, bought at {money(one['entry_price'], 2)} on "
            f"{one['entry_date']}. It has {gain} {money(abs(one['unrealized_pnl']))} since, and now trades at "
            f"{money(one['price'], 2)}.",
            table(
                ["Holding", "Value ($)", "Weight (%)", "P&L"],
                [
                    [
                        p["symbol"],
                        f"{p['market_value']:,.0f}",
                        f"{p['weight'] * 100:.1f}",
                        minus(money(p["unrealized_pnl"])),
                    ]
                    for p in pick.sample(rows, min(4, len(rows)))
                ],
            ),
            f"On the day **{one['symbol']}** moved {signed(one['day_return'])} and **{two['symbol']}** "
            f"{signed(two['day_return'])}.",
            f"- **{one['symbol']}**: {percent(one['weight'], 2)} of NAV, {signed(one['unrealized_return'], 1)} since "
            f"entry\n- **{two['symbol']}**: {percent(two['weight'], 2)} of NAV, {signed(two['unrealized_return'], 1)} "
            "since entry",
        ]
    )


def performance(r: Result, pick: random.Random) -> str:
    period = pick.choice([p for p in r["periods"] if p["label"] in ("1Y", "3M", "YTD", "SI")])
    name = {"1Y": "Over the past year", "3M": "Over three months", "YTD": "This year", "SI": "Since inception"}
    ahead = period["portfolio_return"] - period["benchmark_return"]
    best, worst = r["best_day"], r["worst_day"]
    return pick.choice(
        [
            f"{name[period['label']]} you returned {signed(period['portfolio_return'])} against "
            f"{signed(period['benchmark_return'])} for the benchmark.",
            f"{name[period['label']]} the portfolio was {percent(abs(ahead))} "
            f"{'ahead of' if ahead > 0 else 'behind'} the index.",
            f"Annualised, that is {percent(r['annualized_return'])} a year; the Sharpe ratio is "
            f"{r['sharpe_ratio']:.2f} and the Sortino ratio {r['sortino_ratio']:.2f}.",
            f"Your best day was {best['date']} ({signed(best['daily_return'], 1)}), your worst {worst['date']} "
            f"({signed(worst['daily_return'], 1)}), when you lost {money(abs(worst['pnl']))}.",
            f"In total the holdings have made {short(r['total_pnl'])}, a return of {percent(r['total_return'])}.",
        ]
    )


def movers(r: Result, _: random.Random) -> str:
    up, down = (r["gainers"] or [None])[0], (r["losers"] or [None])[0]
    verb = "lost" if r["day_pnl"] < 0 else "made"
    parts = [f"You {verb} {money(abs(r['day_pnl']))} on {r['as_of']}."]
    if up:
        parts.append(f"{up['symbol']} was the strongest, up {percent(up['day_return'], 2)}.")
    if down:
        parts.append(
            f"The biggest drag was {down['symbol']}, which cost {money(abs(down['day_pnl']))} "
            f"({basis_points(down['contribution'])} of the portfolio)."
        )
    return " ".join(parts)


def prices(r: Result, pick: random.Random) -> str:
    verb = "risen" if r["change"] > 0 else "fallen"
    return pick.choice(
        [
            f"{r['name']} has {verb} {percent(abs(r['change']))} since {r['first_date']}, from "
            f"{money(r['first_close'], 2)} to {money(r['last_close'], 2)}.",
            f"{r['symbol']} traded between {money(r['low'], 2)} and {money(r['high'], 2)}; the high came on "
            f"{r['high_date']}.",
            f"The last close was {money(r['last_close'], 2)}, which is {money(r['high'] - r['last_close'], 2)} below "
            "the high.",
        ]
    )


def beta(r: Result, pick: random.Random) -> str:
    own, rows = r["portfolio_252d"], r["positions"]
    one, two = pick.sample(rows, 2)
    return pick.choice(
        [
            f"A beta of {own['beta']:.2f} means that the portfolio moves less or more than the market; the market "
            f"explains {percent(own['r_squared'], 0)} of its variation.",
            f"{one['symbol']} has a beta of {one['beta']:.2f} while {two['symbol']} is at {two['beta']:.2f}.",
            f"Measured over 90 days instead, beta is {r['portfolio_90d']['beta']:.3f}, against {own['beta']:.3f} over "
            "252 days.",
            f"The estimate has a standard error of {own['standard_error']:.4f}.",
            f"{percent(1 - own['r_squared'])} of the portfolio's variation is not explained by the market.",
            table(
                ["Stock", "Beta", "R\N{SUPERSCRIPT TWO}"],
                [
                    [p["symbol"], f"{p['beta']:.2f}", f"{p['r_squared']:.2f}"]
                    for p in pick.sample(rows, min(5, len(rows)))
                ],
            ),
        ]
    )


def volatility(r: Result, pick: random.Random) -> str:
    return pick.choice(
        [
            f"Volatility has run at {percent(r['volatility_21d'])} over the last 21 days, {percent(r['volatility_63d'])} "
            f"over 63 days and {percent(r['volatility_252d'])} over 252 days.",
            f"Your portfolio is {r['ratio_to_benchmark_252d']:.2f} times as volatile as the S&P 500 "
            f"({percent(r['volatility_252d'])} vs {percent(r['benchmark_volatility_252d'])}).",
            f"The gap between the portfolio's and the benchmark's volatility is "
            f"{percent(abs(r['benchmark_volatility_252d'] - r['volatility_252d']))} points over 252 days.".replace(
                "% p", " percentage p"
            ),
            table(
                ["Window", "You", "Benchmark"],
                [
                    [f"{d} days", percent(r[f"volatility_{d}d"]), percent(r[f"benchmark_volatility_{d}d"])]
                    for d in (21, 63, 252)
                ],
            ),
        ]
    )


def value_at_risk(r: Result, pick: random.Random) -> str:
    levels = [x for x in r["levels"] if x.get("approach", "historical") == "historical"]
    one = pick.choice(levels)
    days = "one day" if one["horizon_days"] == 1 else f"{one['horizon_days']} days"
    return pick.choice(
        [
            f"At {percent(one['confidence'], 0)} confidence over {days}, the value at risk is "
            f"{short(one['value_at_risk_amount'])} ({percent(one['value_at_risk'], 2)}).",
            f"If it gets worse than that, expect to lose {money(one['expected_shortfall_amount'])} on average at the "
            f"{percent(one['confidence'], 0)} level over {days}.",
            f"The worst single day for these holdings was {r['worst_day']}, a loss of "
            f"{percent(abs(r['worst_day_return']), 2)}.",
            table(
                ["Level", "VaR", "Expected shortfall"],
                [
                    [
                        f"{percent(x['confidence'], 0)}, {x['horizon_days']} day{'s' if x['horizon_days'] > 1 else ''}",
                        money(x["value_at_risk_amount"]),
                        money(x["expected_shortfall_amount"]),
                    ]
                    for x in levels
                ],
            ),
        ]
    )


def drawdowns(r: Result, pick: random.Random) -> str:
    deep = r["worst"][0]
    return pick.choice(
        [
            f"The deepest drawdown was {percent(abs(r['max_drawdown']))}, from {deep['start']} to {deep['trough']}; it "
            f"took {deep['days_to_trough']} days to reach the bottom.",
            f"You are {percent(abs(r['current_drawdown']))} under the peak; at the worst point it was "
            f"{percent(abs(r['max_drawdown']))}.",
            table(
                ["From", "To", "Fall"],
                [[x["start"], x["trough"], minus(percent(x["depth"]))] for x in r["worst"][:4]],
            ),
        ]
    )


def correlation(r: Result, pick: random.Random) -> str:
    high, low = r["highest"][0], r["lowest"][0]
    return pick.choice(
        [
            f"On average your holdings have a correlation of {r['average']:.2f}.",
            f"{high['first']} and {high['second']} move almost together ({high['correlation']:.2f}), whereas "
            f"{low['first']} and {low['second']} hardly do ({low['correlation']:.2f}).",
            table(
                ["Pair", "Correlation"],
                [[f"{p['first']}/{p['second']}", f"{p['correlation']:.3f}"] for p in r["highest"][:4]],
            ),
        ]
    )


def concentration(r: Result, pick: random.Random) -> str:
    rows = r["largest"]
    three = sum(x["gross_weight"] for x in rows[:3])
    names = ", ".join(x["symbol"] for x in rows[:2]) + f" and {rows[2]['symbol']}"
    two = rows[0]["market_value"] + rows[1]["market_value"]
    return pick.choice(
        [
            f"The top three holdings account for {percent(r['top_3'])} of gross exposure, the top 10 for "
            f"{percent(r['top_10'])}.",
            f"{names} together make up {percent(three)} of the gross exposure.",
            f"The Herfindahl index is {r['herfindahl_index']:.3f}, which is like holding "
            f"{r['effective_positions']:.1f} equal positions.",
            f"{rows[0]['symbol']} and {rows[1]['symbol']} are worth {money(two)} combined.",
            f"{rows[0]['symbol']} is the largest at {percent(rows[0]['gross_weight'])}, followed by "
            f"{rows[1]['symbol']} at {percent(rows[1]['gross_weight'])}.",
        ]
    )


def sectors(r: Result, pick: random.Random) -> str:
    rows = [x for x in r["sectors"] if x["sector"] != "No sector"]
    one, two = pick.sample(rows, 2) if len(rows) > 1 else (rows[0], rows[0])
    return pick.choice(
        [
            f"{one['sector']} is {percent(one['gross_weight'])} of gross exposure, {two['sector']} "
            f"{percent(two['gross_weight'])}.",
            f"You have {money(one['net_value'])} net in {one['sector']}.",
            table(
                ["Sector", "Share of gross", "Net value"],
                [[x["sector"], percent(x["gross_weight"]), minus(money(x["net_value"]))] for x in rows[:5]],
            ),
        ]
    )


def risk_contributions(r: Result, pick: random.Random) -> str:
    one, two = pick.sample(r["positions"], 2)
    return pick.choice(
        [
            f"{one['symbol']} brings {percent(one['share'])} of the risk at a weight of {percent(one['weight'])}.",
            f"Diversification helps: without it volatility would be {percent(r['undiversified_volatility'])} rather than "
            f"{percent(r['volatility'])}, a diversification ratio of {r['diversification_ratio']:.2f}.",
            table(
                ["Name", "Contribution", "Share of risk"],
                [[x["symbol"], percent(x["contribution"], 2), percent(x["share"])] for x in (one, two)],
            ),
        ]
    )


def factors(r: Result, pick: random.Random) -> str:
    one, two = pick.sample(r["factors"], 2)
    label = {f["factor"]: f["factor"].replace("_", " ") for f in r["factors"]}
    return pick.choice(
        [
            f"Factors explain {percent(r['r_squared'])} of the variance.",
            f"The portfolio's {label[one['factor']]} beta is {number(one['beta'])}, its {label[two['factor']]} beta "
            f"{number(two['beta'])}.",
            f"Systematic volatility is {percent(r['systematic_volatility'])}; what is specific to your stocks adds "
            f"{percent(r['specific_volatility'])}.",
            table(
                ["Factor", "Beta", "Std. error"],
                [[label[f["factor"]], number(f["beta"]), f"{f['standard_error']:.3f}"] for f in r["factors"]],
            ),
        ]
    )


def attribution(r: Result, pick: random.Random) -> str:
    rows = [x for x in r["by_position"] if x["pnl"] > 0]
    one, two = pick.sample(rows, 2)
    sector = r["by_sector"][0]
    return pick.choice(
        [
            f"Of the {money(r['total_pnl'])} you made, {one['label']} brought {money(one['pnl'])}.",
            f"{one['label']} contributed {short(one['pnl'])} and {two['label']} {short(two['pnl'])} to profit.",
            f"{one['label']} accounts for {percent(one['pnl'] / r['total_pnl'])} of the total profit of "
            f"{money(r['total_pnl'])}.",
            f"By sector, {sector['label']} came to {minus(money(sector['pnl'], 2))}.",
        ]
    )


def stress(r: Result, pick: random.Random) -> str:
    known = [x for x in r["scenarios"] if x["effect"] is not None]
    one, two = pick.sample(known, 2)
    losses = [x for x in known if x["effect"] < 0]
    worst = min(known, key=lambda x: x["effect"])
    lost = pick.choice(losses)
    return pick.choice(
        [
            f'In the scenario "{lost["name"]}" you would lose {short(abs(lost["effect"]))}, or '
            f"{percent(abs(lost['effect_of_nav']))} of net asset value.",
            f"The worst case is {worst['name']}, with {minus(money(worst['effect']))} ({signed(worst['effect_of_nav'], 1)}).",
            table(
                ["Scenario", "Impact", "Impact of NAV"],
                [[x["name"], minus(money(x["effect"])), minus(signed(x["effect_of_nav"], 1))] for x in (one, two)],
            ),
        ]
    )


def trades(r: Result, pick: random.Random) -> str:
    vol, cash, level = r["volatility_252d"], r["cash"], r["value_at_risk_95_1d_amount"]
    return pick.choice(
        [
            f"Volatility over 252 days would go from {percent(vol['before'], 2)} to {percent(vol['after'], 2)}, and beta "
            f"from {r['beta_252d']['before']:.3f} to {r['beta_252d']['after']:.3f}.",
            f"Your cash would rise by {money(cash['change'])} to {money(cash['after'])}.",
            f"The one-day value at risk at 95% would come down to {money(level['after'])} from {money(level['before'])}.",
            f"The trade is worth {money(r['traded_value'], 2)}.",
        ]
    )


def comparison(r: Result, pick: random.Random) -> str:
    rows = r["portfolios"]
    one, two = pick.sample(rows, 2)
    return pick.choice(
        [
            f"{one['name']} is worth {million(one['nav'])}, {two['name']} {million(two['nav'])}.",
            f"{one['name']} has a beta of {one['beta_252d']:.2f} and {two['name']} one of {two['beta_252d']:.2f}.",
            table(
                ["Portfolio", "NAV", "Volatility", "Max drawdown", "Since inception"],
                [
                    [
                        p["name"],
                        money(p["nav"]),
                        percent(p["volatility_252d"]),
                        minus(percent(p["max_drawdown"])),
                        signed(p["total_return"], 1),
                    ]
                    for p in rows
                ],
            ),
            f"{one['name']} has swung {percent(one['volatility_252d'])} a year, which is "
            f"{percent(abs(one['volatility_252d'] - two['volatility_252d']))} "
            f"{'more' if one['volatility_252d'] > two['volatility_252d'] else 'less'} than {two['name']}.",
        ]
    )


def portfolios(r: Result, pick: random.Random) -> str:
    total = sum(p["nav"] for p in r["portfolios"])
    one = pick.choice(r["portfolios"])
    return pick.choice(
        [
            f"You have {len(r['portfolios'])} portfolios worth {money(total)} in total.",
            f"{one['name']} holds {one['position_count']} positions and is worth {short(one['nav'])}.",
        ]
    )


PHRASINGS: dict[str, Phrasing] = {
    "get_portfolio_complete": overview,
    "get_positions": positions,
    "get_performance": performance,
    "get_daily_movers": movers,
    "get_prices_historical": prices,
    "get_beta": beta,
    "get_volatility": volatility,
    "get_value_at_risk": value_at_risk,
    "get_drawdowns": drawdowns,
    "get_correlation_matrix": correlation,
    "get_concentration": concentration,
    "get_sector_exposure": sectors,
    "get_risk_contributions": risk_contributions,
    "get_factor_exposures": factors,
    "get_pnl_attribution": attribution,
    "run_stress_test": stress,
    "simulate_trades": trades,
    "compare_portfolios": comparison,
    "list_portfolios": portfolios,
}
