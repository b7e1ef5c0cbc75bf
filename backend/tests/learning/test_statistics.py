import pytest
from scipy.stats import binomtest
from statsmodels.stats.contingency_tables import mcnemar as reference_mcnemar

from app.learning.statistics import Share, binomial, mcnemar


@pytest.mark.parametrize(("count", "total"), [(0, 1), (1, 1), (3, 10), (95, 100), (0, 40), (1200, 3000)])
def test_wilson_interval_is_that_of_scipy(count: int, total: int) -> None:
    expected = binomtest(count, total).proportion_ci(method="wilson")

    assert Share(count, total).interval == pytest.approx((expected.low, expected.high), abs=1e-12)


def test_a_share_of_nothing_is_unknown() -> None:
    assert Share(0, 0).value is None
    assert Share(0, 0).interval == (0.0, 1.0)


@pytest.mark.parametrize(("gained", "lost"), [(0, 0), (1, 0), (5, 1), (12, 3), (7, 7), (0, 30)])
def test_mcnemar_is_the_exact_test_of_statsmodels(gained: int, lost: int) -> None:
    expected = reference_mcnemar([[10, lost], [gained, 10]], exact=True).pvalue if gained + lost else 1.0

    assert mcnemar(gained, lost) == pytest.approx(min(1.0, expected), abs=1e-12)


@pytest.mark.parametrize(
    ("count", "total", "share"), [(0, 5, 0.5), (3, 10, 0.5), (9, 10, 0.4), (5, 10, 0.5), (180, 300, 0.45), (2, 2, 1.0)]
)
def test_binomial_is_the_exact_test_of_scipy(count: int, total: int, share: float) -> None:
    assert binomial(count, total, share) == pytest.approx(binomtest(count, total, share).pvalue, rel=1e-9)
