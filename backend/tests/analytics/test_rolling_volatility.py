import numpy as np
import pytest

from app.analytics.errors import InsufficientData
from app.analytics.volatility import rolling_volatility

WALK = np.random.default_rng(3).normal(0.0005, 0.01, 400)


def side_by_side(returns: np.ndarray, window: int) -> np.ndarray:
    """The definition: each window by itself."""
    return np.lib.stride_tricks.sliding_window_view(returns, window).std(axis=1, ddof=1) * np.sqrt(252)


@pytest.mark.parametrize("window", [5, 21, 400])
def test_it_is_the_deviation_of_each_window(window: int) -> None:
    np.testing.assert_allclose(rolling_volatility(WALK, window), side_by_side(WALK, window), rtol=1e-10)


@pytest.mark.parametrize("jump", [-0.99, 3.0, 1000.0])
def test_a_jump_leaves_the_windows_beside_it_as_they_are(jump: float) -> None:
    jumpy = WALK.copy()
    jumpy[200] = jump
    np.testing.assert_allclose(rolling_volatility(jumpy, 21), side_by_side(jumpy, 21), rtol=1e-9)


def test_a_window_that_never_changes_has_none() -> None:
    still = np.concatenate([WALK[:100], np.full(50, 0.01), WALK[100:200]])
    assert (rolling_volatility(still, 21)[100:130] == 0.0).all()
    assert (rolling_volatility(still, 21)[:99] > 0).all()


def test_a_gap_makes_the_windows_unknown_that_hold_it_and_no_other() -> None:
    gappy = WALK.copy()
    gappy[50] = np.nan
    unknown = np.isnan(rolling_volatility(gappy, 21))
    assert np.flatnonzero(unknown).tolist() == list(range(30, 51))
    assert np.isnan(rolling_volatility(np.full(30, np.nan), 21)).all()


def test_less_than_a_window_is_refused() -> None:
    with pytest.raises(InsufficientData):
        rolling_volatility(WALK[:20], 21)
