import numpy as np
import pytest

from app.analytics.correlation import cluster_order, correlation_matrix, extreme_pairs, nearest_positive_semidefinite
from app.analytics.returns import simple_returns
from tests.bundled import Market


def test_a_matrix_of_mismatched_pairs_is_repaired() -> None:
    impossible = np.array([[1.0, 0.9, -0.9], [0.9, 1.0, 0.9], [-0.9, 0.9, 1.0]])
    repaired = nearest_positive_semidefinite(impossible)
    assert np.linalg.eigvalsh(repaired).min() >= -1e-12
    np.testing.assert_array_equal(np.diagonal(repaired), 1.0)
    np.testing.assert_array_equal(repaired, repaired.T)
    assert repaired[0, 1] > 0 > repaired[0, 2]


def test_a_sound_matrix_is_left_alone(market: Market) -> None:
    matrix = correlation_matrix(simple_returns(market.closes))
    assert nearest_positive_semidefinite(matrix) is matrix


def test_similar_columns_stand_together() -> None:
    rng = np.random.default_rng(3)
    first, second = rng.normal(size=(2, 300))
    columns = [first, second, first + 0.1 * rng.normal(size=300), second + 0.1 * rng.normal(size=300)]
    order = cluster_order(correlation_matrix(np.column_stack(columns))).tolist()
    assert abs(order.index(0) - order.index(2)) == 1
    assert abs(order.index(1) - order.index(3)) == 1


@pytest.mark.parametrize("count", [0, 1, 2])
def test_few_columns_keep_their_order(count: int) -> None:
    assert cluster_order(np.eye(count)).tolist() == list(range(count))


def test_the_pairs_at_both_ends_come_in_order() -> None:
    matrix = np.array(
        [[1.0, 0.9, -0.2, np.nan], [0.9, 1.0, 0.1, 0.4], [-0.2, 0.1, 1.0, -0.7], [np.nan, 0.4, -0.7, 1.0]]
    )
    found = extreme_pairs(matrix, 2)
    assert [(pair.first, pair.second, pair.correlation) for pair in found.highest] == [(0, 1, 0.9), (1, 3, 0.4)]
    assert [(pair.first, pair.second, pair.correlation) for pair in found.lowest] == [(2, 3, -0.7), (0, 2, -0.2)]
