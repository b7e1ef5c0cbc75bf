"""What is done with tables of prices, against pandas, and pairs and hedges against statsmodels and scipy."""

from datetime import date
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from dateutil.relativedelta import relativedelta
from scipy.cluster.hierarchy import cophenet, leaves_list, linkage
from scipy.spatial.distance import squareform

from app.analytics.arrays import FloatArray
from app.analytics.column_sums import centred_squares, column_means, row_blocks, sums_of_squares
from app.analytics.correlation import (
    average_correlation,
    cluster_order,
    correlation_matrix,
    extreme_pairs,
    nearest_positive_semidefinite,
)
from app.analytics.hedge import hedge_quality, largest_rise
from app.analytics.market import above_average, breadth, trailing_returns
from app.analytics.option_history import spot_on
from app.analytics.performance import linked_growth, months_before, periods
from app.analytics.prices import fill_forward, first_priced_day, gaps
from app.analytics.returns import common_history
from app.analytics.sector_exposure import sector_exposures
from app.analytics.valuation import profit
from app.analytics.volatility import window_sums
from tests.analytics.conftest import Market


@pytest.fixture
def holed(market: Market) -> FloatArray:
    """Real closes of which the same cells are missing in every run; one series begins late, one stops early."""
    closes = market.closes[:500, :8].copy()
    rows, columns = np.indices(closes.shape)
    closes[(rows * 7 + columns * 13) % 41 == 0] = np.nan
    closes[:60, 2] = np.nan
    closes[450:, 5] = np.nan
    return closes


@pytest.fixture
def returns(market: Market) -> FloatArray:
    return np.asarray(market.closes[1:, :8] / market.closes[:-1, :8] - 1.0)


@pytest.fixture
def matrix(returns: FloatArray) -> FloatArray:
    return np.asarray(pd.DataFrame(returns).corr())


def test_gaps_are_filled_as_pandas_fills_them(holed: FloatArray) -> None:
    np.testing.assert_array_equal(fill_forward(holed).closes, pd.DataFrame(holed).ffill())


def test_the_first_priced_day_is_the_first_valid_index(holed: FloatArray) -> None:
    frame = pd.DataFrame(holed)

    assert first_priced_day(holed).tolist() == [frame[column].first_valid_index() for column in frame]


def test_every_day_that_is_missing_after_the_first_price_lies_in_a_gap(holed: FloatArray) -> None:
    found = np.zeros(holed.shape, dtype=bool)
    for gap in gaps(holed):
        found[gap.first : gap.last + 1, gap.column] = True

    missing = pd.DataFrame(holed).isna() & pd.DataFrame(holed).ffill().notna()
    np.testing.assert_array_equal(found, missing)


def test_the_common_days_are_those_without_any_gap(holed: FloatArray) -> None:
    window = 200
    found = common_history(holed, window, share=0.9)
    recent = pd.DataFrame(holed).tail(window)
    kept = recent.loc[:, recent.notna().sum() >= 0.9 * window]

    assert np.flatnonzero(found.columns).tolist() == kept.columns.tolist()
    assert np.flatnonzero(found.rows).tolist() == kept.dropna().index.tolist()
    assert found.observed.tolist() == recent.notna().sum().tolist()


def test_trailing_returns_and_trends_are_those_of_pandas(holed: FloatArray) -> None:
    frame = pd.DataFrame(holed)
    changes = frame.pct_change(21, fill_method=None).iloc[-1]
    means = frame.rolling(200, min_periods=200).mean().iloc[-1].dropna()
    whole = pd.DataFrame(fill_forward(holed).closes)

    np.testing.assert_allclose(trailing_returns(holed, 21), changes, rtol=1e-12)
    counted = breadth(trailing_returns(holed, 21))
    assert (counted.known, counted.rising, counted.falling) == (
        changes.count(),
        (changes > 0).sum(),
        (changes < 0).sum(),
    )
    assert len(above_average(holed, 200)) == len(means)
    expected = whole.iloc[-1] > whole.rolling(200).mean().iloc[-1]
    assert above_average(whole.to_numpy(), 200).tolist() == expected.tolist()


def test_growth_is_the_running_product(returns: FloatArray) -> None:
    expected = (1 + pd.Series(returns[:, 0])).cumprod()

    np.testing.assert_allclose(linked_growth(returns[:, 0])[-len(expected) :], expected, rtol=1e-12)


def test_runs_of_days_are_pandas_rolling_windows(returns: FloatArray) -> None:
    rises = (1 + pd.DataFrame(returns)).rolling(21).apply(np.prod, raw=True).max() - 1

    np.testing.assert_allclose(largest_rise(returns, 21), rises, rtol=1e-9)
    sums = pd.Series(returns[:, 0]).rolling(21).sum().dropna()
    np.testing.assert_allclose(window_sums(returns[:, 0], 21), sums, rtol=1e-9, atol=1e-12)


def test_sums_by_column_are_those_of_pandas(returns: FloatArray) -> None:
    frame = pd.DataFrame(returns)

    assert sum(block.stop - block.start for block in row_blocks(*returns.shape)) == len(frame)
    np.testing.assert_allclose(column_means(returns), frame.mean(), rtol=1e-12)
    fit = sm.OLS(returns[:, 0], sm.add_constant(returns[:, 1:])).fit()
    residual = sums_of_squares(returns[:, :1], sm.add_constant(returns[:, 1:]), fit.params[:, None])
    np.testing.assert_allclose(residual, fit.ssr, rtol=1e-9)
    np.testing.assert_allclose(centred_squares(returns), frame.var(ddof=0) * len(frame), rtol=1e-9)


def test_daily_profits_are_the_differences_of_the_values(market: Market) -> None:
    closes = pd.Series(market.close("AAPL"))

    np.testing.assert_allclose(
        profit(-40.0, closes.to_numpy()[1:], closes.to_numpy()[:-1]),
        (-40.0 * closes).diff().dropna(),
        rtol=1e-9,
        atol=1e-9,
    )


def test_sectors_are_grouped_sums() -> None:
    sectors, values = ["A", "B", "A", "C", "B"], np.array([100.0, 50.0, -80.0, 5.0, 25.0])
    grouped = pd.Series(values).groupby(sectors)

    found = {row.sector: row for row in sector_exposures(sectors, values)}

    assert {name: row.positions for name, row in found.items()} == grouped.count().to_dict()
    assert {name: row.long_value + row.short_value for name, row in found.items()} == grouped.sum().to_dict()


def test_pairs_are_those_of_the_condensed_matrix(matrix: FloatArray) -> None:
    pairs = np.sort(squareform(matrix, checks=False))

    assert average_correlation(matrix) == pytest.approx(pairs.mean(), rel=1e-12)
    extremes = extreme_pairs(matrix, 3)
    assert [pair.correlation for pair in extremes.highest] == pytest.approx(pairs[::-1][:3])
    assert [pair.correlation for pair in extremes.lowest] == pytest.approx(pairs[:3])


def test_a_repaired_matrix_is_a_correlation_matrix_and_a_sound_one_is_left(matrix: FloatArray) -> None:
    broken = matrix.copy()
    broken[0, 1] = broken[1, 0] = -0.99

    repaired = nearest_positive_semidefinite(broken)

    assert np.linalg.eigvalsh(broken).min() < -0.1
    assert np.linalg.eigvalsh(repaired).min() >= -1e-12
    np.testing.assert_allclose(np.diagonal(repaired), 1.0)
    np.testing.assert_array_equal(nearest_positive_semidefinite(matrix), matrix)


def test_columns_stand_in_an_order_of_scipys_tree(matrix: FloatArray) -> None:
    """Of the many orders of a tree: one in which each branch stays together."""
    tree = linkage(np.sqrt((1 - squareform(matrix, checks=False)) / 2), method="average")
    heights = squareform(cophenet(tree))

    order = cluster_order(matrix).tolist()

    assert sorted(order) == sorted(leaves_list(tree).tolist())
    for left, right in pairwise(order):
        beyond = order[order.index(right) + 1 :]
        assert all(heights[left, right] <= heights[left, other] + 1e-12 for other in beyond)


def test_the_best_hedge_is_a_regression_of_longs_on_shorts(returns: FloatArray) -> None:
    weights = np.array([0.4, 0.3, 0.2, 0.1, -0.2, -0.3, 0.0, 0.0])
    longs, shorts = returns @ np.maximum(weights, 0), returns @ np.minimum(weights, 0)
    fit = sm.OLS(longs, sm.add_constant(shorts)).fit()

    found = hedge_quality(returns, weights)

    assert found.best_ratio == pytest.approx(-fit.params[1], rel=1e-9)
    assert found.correlation**2 == pytest.approx(fit.rsquared, rel=1e-9)
    assert found.effectiveness == pytest.approx(1 - pd.Series(longs + shorts).std() / pd.Series(longs).std(), rel=1e-9)


@pytest.mark.parametrize("months", [1, 3, 6, 12, 36, 60])
def test_earlier_months_are_those_of_the_calendar(months: int) -> None:
    for day in pd.date_range("2019-12-25", "2020-03-31"):
        assert months_before(day.date(), months) == day.date() - relativedelta(months=months)


def test_the_newest_close_of_a_day_is_pandas_asof(market: Market) -> None:
    series = pd.Series(market.close("AAPL"), index=pd.DatetimeIndex(market.days))
    for day in (market.days[0].item(), date(2020, 3, 1), date(2022, 7, 4), market.days[-1].item()):
        assert spot_on(day, market.days, market.close("AAPL")) == series.asof(pd.Timestamp(day))


def test_correlations_are_those_of_pandas_where_histories_overlap_in_part(holed: FloatArray) -> None:
    changes = pd.DataFrame(holed).pct_change(fill_method=None)

    found = correlation_matrix(changes.to_numpy()[1:])

    np.testing.assert_allclose(found, changes.corr(), atol=1e-9)


def test_a_period_starts_at_the_last_close_that_pandas_finds_by_then(market: Market) -> None:
    index = pd.DatetimeIndex(market.days)
    newest = index[-1]
    calendar = {"1M": 1, "3M": 3, "6M": 6, "1Y": 12, "3Y": 36}

    found = {period.label: period for period in periods(market.days)}

    assert found["YTD"].start == index[index < f"{newest.year}"][-1].date()
    for label, months in calendar.items():
        start = index[index <= newest - pd.DateOffset(months=months)][-1]
        assert found[label].start == start.date()
        assert found[label].first == index.get_loc(start) + 1
