import empyrical
import numpy as np
import pytest

from app.analytics.errors import InsufficientData, InvalidInput, ZeroVariance
from app.analytics.ratios import NoLoss, calmar_ratio, daily_rate, sharpe_ratio, sortino_ratio
from app.analytics.returns import simple_returns
from tests.analytics.conftest import Market

RISING = np.tile([0.01, 0.002], 200)
FLAT = np.full(400, 0.01)


@pytest.mark.parametrize("risk_free_rate", [0.0, 0.04, -0.005])
@pytest.mark.parametrize("window", [21, 252, 2262])
def test_sharpe_and_sortino_equal_empyrical(market: Market, window: int, risk_free_rate: float) -> None:
    daily = daily_rate(risk_free_rate)
    for column in simple_returns(market.closes)[-window:].T:
        assert sharpe_ratio(column, risk_free_rate) == pytest.approx(empyrical.sharpe_ratio(column, daily), rel=1e-9)
        assert sortino_ratio(column, risk_free_rate) == pytest.approx(empyrical.sortino_ratio(column, daily), rel=1e-9)


@pytest.mark.parametrize("window", [252, 2262])
def test_calmar_equals_empyrical(market: Market, window: int) -> None:
    for column in simple_returns(market.closes)[-window:].T:
        expected = empyrical.annual_return(column) / -empyrical.max_drawdown(column)
        assert calmar_ratio(column) == pytest.approx(expected, rel=1e-9)


def test_the_daily_rate_compounds_to_the_yearly_one() -> None:
    assert (1 + daily_rate(0.05)) ** 252 == pytest.approx(1.05)
    assert daily_rate(0.0) == 0.0


def test_a_ratio_without_a_divisor_is_refused_by_name() -> None:
    with pytest.raises(ZeroVariance):
        sharpe_ratio(FLAT, 0.0)
    with pytest.raises(NoLoss, match="no return below the risk-free rate"):
        sortino_ratio(RISING, 0.0)
    with pytest.raises(NoLoss, match="no drawdown"):
        calmar_ratio(RISING)
    with pytest.raises(InsufficientData):
        sharpe_ratio(RISING[:1], 0.0)
    with pytest.raises(InsufficientData):
        sortino_ratio(RISING[:0], 0.0)
    with pytest.raises(InsufficientData):
        calmar_ratio(RISING[:251])


@pytest.mark.parametrize("rate", [-1.0, -2.0, float("nan"), float("inf")])
def test_a_rate_that_is_none_is_refused(rate: float) -> None:
    with pytest.raises(InvalidInput):
        sharpe_ratio(RISING, rate)
