"""The mathematics of the report in bare numpy: no names, no checks, no gaps, no reasons."""

import numpy as np
from scipy.cluster.hierarchy import leaves_list, linkage
from scipy.optimize import brentq
from scipy.spatial.distance import squareform
from scipy.special import ndtri, stdtr

from app.analytics.arrays import FloatArray
from app.analytics.scenarios import SCENARIOS, ReplayScenario, Shocks
from benchmarks._risk_report_inputs import Inputs

YEAR = 252
ROOT = np.sqrt(YEAR)
LEVELS = ((0.95, 1), (0.95, 10), (0.99, 1), (0.99, 10))
Figures = dict[str, float]
Vectors = dict[str, FloatArray]


def report(given: Inputs) -> tuple[Figures, Vectors]:
    values = given.quantities * given.closes[-1]
    held = values / (given.cash + values.sum())
    returns = _returns(given.closes)
    market = _returns(given.benchmark)
    factors = np.column_stack([market, *(_returns(closes) - market for closes in given.styles.values())])
    own = returns @ held
    figures: Figures = {}
    vectors: Vectors = {}
    series(figures, vectors, own, market)
    _tails(figures, own[-YEAR:])
    _composition(figures, vectors, given, values, returns[-YEAR:])
    beta = cross_section(figures, vectors, returns, own, held, factors)
    _stress(figures, given, values, beta, factors)
    _what_if(figures, given, returns[-YEAR:])
    _attribution(vectors, given, beta, factors[-YEAR:])
    return figures, vectors


def _returns(closes: FloatArray) -> FloatArray:
    out = closes[1:] / closes[:-1]
    out -= 1.0
    return out


def series(figures: Figures, vectors: Vectors, own: FloatArray, market: FloatArray) -> None:
    for days in (21, 63, YEAR, own.size):
        figures[f"volatility_{days}"] = own[-days:].std(ddof=1) * ROOT
    decay = 0.94 ** np.arange(own.size - 1, -1, -1.0)
    figures["ewma"] = np.sqrt(decay @ own**2 / decay.sum()) * ROOT
    figures["har"] = _har(own)
    short = np.lib.stride_tricks.sliding_window_view(own[-776:], 21).std(axis=1, ddof=1)
    figures["percentile"] = (np.sum(short < short[-1]) + np.sum(short == short[-1]) / 2) / short.size
    vectors["rolling_volatility"] = np.lib.stride_tricks.sliding_window_view(own, 63).std(axis=1, ddof=1) * ROOT
    growth = np.cumprod(1 + own)
    depth = growth / np.maximum(np.maximum.accumulate(growth), 1.0) - 1
    edges = np.diff(np.concatenate(([0], (depth < 0).astype(np.int8), [0])))
    begins, ends = np.flatnonzero(edges == 1), np.flatnonzero(edges == -1)
    falls = [(begin + depth[begin:end].argmin(), end) for begin, end in zip(begins, ends, strict=True)]
    figures["drawdowns"] = float(len(falls))
    figures["max_drawdown"] = depth.min()
    figures["total_return"] = growth[-1] - 1
    figures["annualized_return"] = growth[-1] ** (YEAR / own.size) - 1
    excess = own - (1.02 ** (1 / YEAR) - 1)
    figures["sharpe"] = excess.mean() / excess.std(ddof=1) * ROOT
    figures["sortino"] = excess.mean() / np.sqrt(np.mean(np.minimum(excess, 0) ** 2)) * ROOT
    figures["calmar"] = figures["annualized_return"] / -figures["max_drawdown"]
    final = growth[-1]
    figures["money_weighted"] = brentq(lambda rate: rate - final, 1e-6, 1e6, xtol=1e-15, rtol=1e-14) - 1
    for days in (90, YEAR):
        figures[f"beta_{days}"] = _betas(own[-days:, None], market[-days:])[0][0]


def _har(own: FloatArray) -> float:
    def realised(days: int) -> FloatArray:
        means = np.lib.stride_tricks.sliding_window_view(own**2, days).mean(axis=1)
        return np.asarray(np.sqrt(means) * ROOT, dtype=np.float64)

    count = own.size - 21
    design = np.column_stack([np.ones(count), *(realised(days)[-count:] for days in (1, 5, 22))])
    target = realised(21)[22:]
    solution = np.linalg.lstsq(design[: target.size], target, rcond=None)[0]
    return float(np.clip(design[-1] @ solution, target.min(), target.max()))


def _tails(figures: Figures, year: FloatArray) -> None:
    centred = year - year.mean()
    m2, m3, m4 = (centred**2).mean(), (centred**3).mean(), (centred**4).mean()
    mean, deviation = year.mean(), year.std(ddof=1)
    for level, days in LEVELS:
        cut = np.quantile(year, 1 - level)
        z = ndtri(1 - level)
        tail = -np.exp(-z * z / 2) / np.sqrt(2 * np.pi) / (1 - level)
        s, k = m3 / m2**1.5 / np.sqrt(days), (m4 / m2**2 - 3) / days
        q = z + (z**2 - 1) * s / 6 + (z**3 - 3 * z) * k / 24 - (2 * z**3 - 5 * z) * s**2 / 36
        e = tail * (1 + z * s / 6 + (z**2 - 1) * k / 24 - (2 * z**2 - 1) * s**2 / 36)
        root = np.sqrt(days)
        figures[f"historical_value_at_risk_{level}_{days}"] = -cut * root
        figures[f"historical_value_at_risk_{level}_{days}_es"] = -year[year <= cut].mean() * root
        for name, quantile, beyond in (("normal", z, tail), ("cornish_fisher", q, e)):
            figures[f"{name}_value_at_risk_{level}_{days}"] = -(mean * days + deviation * root * quantile)
            figures[f"{name}_value_at_risk_{level}_{days}_es"] = -(mean * days + deviation * root * beyond)


def _composition(figures: Figures, vectors: Vectors, given: Inputs, values: FloatArray, year: FloatArray) -> None:
    shares = np.abs(values) / np.abs(values).sum()
    order = np.argsort(-shares, kind="stable")
    figures["hhi"], figures["top_10"] = shares @ shares, shares[order[:10]].sum()
    names, index = np.unique(np.array(given.sectors), return_inverse=True)
    vectors["sector_net"] = np.bincount(index, weights=values, minlength=names.size).astype(np.float64)
    matrix = np.atleast_2d(np.corrcoef(year[:, order[:100]], rowvar=False))
    np.linalg.eigvalsh(matrix)
    distance = squareform(np.sqrt(np.clip((1 - matrix) / 2, 0, 1)), checks=False)
    leaves_list(linkage(distance, method="average", optimal_ordering=True))
    upper = matrix[np.triu_indices(len(matrix), 1)]
    np.argsort(-upper)
    vectors["correlation"], figures["average_correlation"] = matrix, upper.mean()


def _betas(returns: FloatArray, market: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    b = market - market.mean()
    y = returns - returns.mean(axis=0)
    beta = b @ y / (b @ b)
    squares, total = ((y - b[:, None] * beta) ** 2).sum(axis=0), (y**2).sum(axis=0)
    error = np.sqrt(squares / (b.size - 2) / (b @ b))
    return beta, 1 - squares / total, 2 * stdtr(b.size - 2, -np.abs(beta / error))


def cross_section(
    figures: Figures, vectors: Vectors, returns: FloatArray, own: FloatArray, held: FloatArray, factors: FloatArray
) -> FloatArray:
    _betas(returns[-90:], factors[-90:, 0])
    vectors["beta"] = _betas(returns[-YEAR:], factors[-YEAR:, 0])[0]
    year, y = factors[-YEAR:], returns[-YEAR:]
    for name in ("ridge_beta", "factor_beta"):
        design = np.column_stack([np.ones(YEAR), year])
        inverse = np.linalg.inv(design.T @ design)
        solved = inverse @ (design.T @ y)
        squares = ((y - design @ solved) ** 2).sum(axis=0)
        np.sum((y - y.mean(axis=0)) ** 2, axis=0)
        vectors[name] = solved[1:].T
        error = np.sqrt(np.outer(squares / (YEAR - 7), np.diagonal(inverse)[1:]))
        vectors["t"] = vectors[name] / error
        stdtr(YEAR - 7, -np.abs(vectors["t"]))
    rest = own[-YEAR:] - year @ (held @ vectors["factor_beta"])
    figures["specific"] = rest.std(ddof=1) * ROOT
    centred = own - own.mean()
    volatility = np.sqrt(centred @ centred / (own.size - 1)) * ROOT
    vectors["contribution"] = held * (centred @ returns) / (own.size - 1) * YEAR / volatility
    squares = np.einsum("tn,tn->n", returns, returns) - own.size * returns.mean(axis=0) ** 2
    figures["diversification"] = np.abs(held) @ np.sqrt(squares / (own.size - 1)) * ROOT / volatility
    return vectors["factor_beta"]


def _stress(figures: Figures, given: Inputs, values: FloatArray, beta: FloatArray, factors: FloatArray) -> None:
    names = ("market", *given.styles)
    sigma = np.cov(factors, rowvar=False)
    sectors = np.array(given.sectors)
    for scenario in SCENARIOS:
        if isinstance(scenario, ReplayScenario):
            first, last = (
                np.searchsorted(given.days, np.array([scenario.start, scenario.end], "datetime64[D]"), side="right") - 1
            )
            if first >= 0:
                path = (given.closes[first : last + 1] / given.closes[first] - 1) @ values
                figures[scenario.key] = path[-1]
        elif set(scenario.shocks.factors) <= set(names):
            move = _move(scenario.shocks, names, sigma)
            figures[scenario.key] = _shocked(scenario.shocks, sectors, values, beta @ move)


def _move(shocks: Shocks, names: tuple[str, ...], sigma: FloatArray) -> FloatArray:
    chosen = [names.index(name) for name in shocks.factors]
    given = np.array(list(shocks.factors.values()))
    return sigma[:, chosen] @ np.linalg.solve(sigma[np.ix_(chosen, chosen)], given) if chosen else np.zeros(len(names))


def _shocked(shocks: Shocks, sectors: np.ndarray, values: FloatArray, moves: FloatArray) -> float:
    for name, move in shocks.sectors.items():
        moves[sectors == name] = move
    moves = np.maximum(moves, -1.0)
    return float(values @ moves - np.abs(values).sum() * shocks.liquidation_cost)


def _what_if(figures: Figures, given: Inputs, year: FloatArray) -> None:
    price, cash = given.closes[-1], given.cash
    after = given.quantities.copy()
    after[0] /= 2
    change: tuple[tuple[str, FloatArray, float], ...] = (
        ("volatility_before", given.quantities, cash), ("volatility_after", after, cash + after[0] * price[0])
    )  # fmt: skip
    for name, units, left in change:
        values = units * price
        figures[name] = (year @ (values / (left + values.sum()))).std(ddof=1) * ROOT


def _attribution(vectors: Vectors, given: Inputs, beta: FloatArray, year: FloatArray) -> None:
    start = given.closes[-YEAR - 1 : -1]
    vectors["by_position"] = given.quantities * (given.closes[-1] - start[0])
    vectors["by_factor"] = (start @ (given.quantities[:, None] * beta) * year).sum(axis=0)
    names, index = np.unique(np.array(given.sectors), return_inverse=True)
    sums = np.bincount(index, weights=vectors["by_position"], minlength=names.size)
    vectors["by_sector"] = sums.astype(np.float64)
