import numpy as np
import pytest
from scipy import integrate, stats

from app.analytics.errors import InsufficientData, InvalidInput, ZeroVariance
from app.analytics.parametric_value_at_risk import (
    CornishFisherOutOfRange,
    cornish_fisher_value_at_risk,
    normal_value_at_risk,
)
from app.analytics.returns import simple_returns
from app.analytics.value_at_risk import TailRisk
from tests.analytics.conftest import Market

LEVELS = [(0.95, 1), (0.99, 1), (0.95, 10), (0.99, 10), (0.975, 252)]


@pytest.fixture(scope="module")
def asset_returns(market: Market) -> np.ndarray:
    return simple_returns(market.closes)


@pytest.mark.parametrize(("confidence", "days"), LEVELS)
def test_the_normal_figures_equal_scipys_distribution(asset_returns: np.ndarray, confidence: float, days: int) -> None:
    for column in asset_returns[-252:].T:
        law = stats.norm(column.mean() * days, column.std(ddof=1) * np.sqrt(days))
        cutoff = law.ppf(1 - confidence)
        beyond = law.expect(lambda value: value, ub=cutoff, conditional=True)
        ours = normal_value_at_risk(column, confidence, days)
        assert ours.value_at_risk == pytest.approx(-cutoff, rel=1e-9)
        assert ours.expected_shortfall == pytest.approx(-beyond, rel=1e-7)


def expansion(z: np.ndarray | float, s: float, k: float) -> np.ndarray | float:
    return z + (z**2 - 1) * s / 6 + (z**3 - 3 * z) * k / 24 - (2 * z**3 - 5 * z) * s**2 / 36


@pytest.mark.parametrize(("confidence", "days"), LEVELS)
def test_cornish_fisher_equals_its_expansion_and_the_integral_over_the_tail(
    asset_returns: np.ndarray, confidence: float, days: int
) -> None:
    for column in asset_returns[-252:].T:
        z = stats.norm.ppf(1 - confidence)
        s, k = stats.skew(column) / np.sqrt(days), stats.kurtosis(column) / days
        area, _ = integrate.quad(lambda x, s=s, k=k: expansion(x, s, k) * np.exp(-(x**2) / 2), -40, z, epsabs=1e-13)
        area /= np.sqrt(2 * np.pi)
        mean, deviation = column.mean() * days, column.std(ddof=1) * np.sqrt(days)
        ours = cornish_fisher_value_at_risk(column, confidence, days)
        assert ours.value_at_risk == pytest.approx(-(mean + deviation * expansion(z, s, k)), rel=1e-9)
        assert ours.expected_shortfall == pytest.approx(-(mean + deviation * area / (1 - confidence)), rel=1e-7)


def test_symmetric_returns_with_a_normals_kurtosis_need_no_correction() -> None:
    steps = stats.norm.ppf((np.arange(100_000) + 0.5) / 100_000) * 0.01
    plain, corrected = normal_value_at_risk(steps, 0.99), cornish_fisher_value_at_risk(steps, 0.99)
    assert corrected.value_at_risk == pytest.approx(plain.value_at_risk, rel=1e-3)
    assert corrected.expected_shortfall == pytest.approx(plain.expected_shortfall, rel=1e-3)


def test_a_fat_left_tail_costs_more_than_the_normal_says(market: Market) -> None:
    index = simple_returns(market.close("SP500"))
    assert cornish_fisher_value_at_risk(index, 0.99).value_at_risk > normal_value_at_risk(index, 0.99).value_at_risk


@pytest.mark.parametrize("confidence", [0.9, 0.95, 0.99, 0.999])
def test_where_the_expansion_is_given_losses_grow_with_confidence(asset_returns: np.ndarray, confidence: float) -> None:
    for column in asset_returns.T:
        try:
            ours: TailRisk = cornish_fisher_value_at_risk(column, confidence)
        except CornishFisherOutOfRange:
            continue
        further = np.linspace(stats.norm.ppf(1 - confidence), -4, 400)
        assert (np.diff(expansion(further, stats.skew(column), stats.kurtosis(column))) < 0).all()
        assert ours.expected_shortfall >= ours.value_at_risk


def test_an_expansion_that_turns_back_is_refused() -> None:
    # Gains so lopsided that the expansion's left tail bends upwards
    lopsided = np.concatenate([np.full(297, -0.001), np.full(3, 0.1)])
    with pytest.raises(CornishFisherOutOfRange, match="does not hold for a skewness of"):
        cornish_fisher_value_at_risk(lopsided, 0.95)


def test_too_few_or_unmoving_returns_and_wrong_levels_are_refused() -> None:
    moving = np.tile([0.01, -0.011], 200)
    with pytest.raises(InsufficientData):
        normal_value_at_risk(moving[:29], 0.95)
    with pytest.raises(InsufficientData):
        cornish_fisher_value_at_risk(moving[:251], 0.95)
    with pytest.raises(ZeroVariance):
        cornish_fisher_value_at_risk(np.full(300, 0.0123), 0.95)
    assert normal_value_at_risk(np.zeros(30), 0.95).value_at_risk == 0.0
    for confidence, days in ((0.5, 1), (1.0, 1), (1.5, 1), (0.95, 0), (0.95, 253)):
        for measure in (normal_value_at_risk, cornish_fisher_value_at_risk):
            with pytest.raises(InvalidInput):
                measure(moving, confidence, days)
