"""The whole report of a made-up portfolio against bare numpy: the benchmark's own check, so that it cannot rot."""

import numpy as np

from benchmarks import _risk_report_floor as floor
from benchmarks import _risk_report_ours as ours
from benchmarks._risk_report_inputs import DAYS, make_inputs


def test_every_figure_of_the_report_equals_bare_numpy() -> None:
    given = make_inputs(25)
    done, (figures, vectors) = ours.report(given), floor.report(given)
    assert len(figures) > 80
    for name, expected in figures.items():
        np.testing.assert_allclose(done.figures[name], expected, rtol=1e-8, atol=1e-11, err_msg=name)
    for name, expected_vector in vectors.items():
        np.testing.assert_allclose(done.vectors[name], expected_vector, rtol=1e-7, atol=1e-9, err_msg=name)
    np.testing.assert_allclose(done.vectors["contribution"].sum(), figures[f"volatility_{DAYS}"], atol=1e-12)
