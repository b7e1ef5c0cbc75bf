import numpy as np
import pytest

from app.analytics.column_sums import centred_squares, column_means, row_blocks, sums_of_squares


@pytest.mark.parametrize("shape", [(1, 3), (7, 1), (300, 2000), (40, 200_000), (5, 0)])
def test_blocks_cover_every_row_once(shape: tuple[int, int]) -> None:
    rows = np.concatenate([np.arange(shape[0])[block] for block in row_blocks(*shape)])
    np.testing.assert_array_equal(rows, np.arange(shape[0]))


def test_sums_equal_numpys_however_many_blocks_there_are() -> None:
    rng = np.random.default_rng(6)
    values, design = rng.normal(0.001, 0.02, (400, 1500)), rng.normal(size=(400, 3))
    coefficients = rng.normal(size=(3, 1500))
    np.testing.assert_allclose(column_means(values), values.mean(axis=0), rtol=1e-10, atol=1e-15)
    np.testing.assert_allclose(centred_squares(values), values.var(axis=0) * 400, rtol=1e-12)
    rest = values - design @ coefficients
    np.testing.assert_allclose(sums_of_squares(values, design, coefficients), (rest**2).sum(axis=0), rtol=1e-12)


def test_a_mean_far_above_the_variation_costs_no_digits() -> None:
    rng = np.random.default_rng(7)
    values = np.column_stack([rng.normal(1e6, 1.0, 500), rng.normal(0, 1.0, 500), np.full(500, 0.0123)])
    np.testing.assert_allclose(centred_squares(values), values.var(axis=0) * 500, rtol=1e-8, atol=1e-25)
