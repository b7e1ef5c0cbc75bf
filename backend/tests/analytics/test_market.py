"""Returns, breadth and trend over many instruments, by hand."""

import numpy as np
import pytest

from app.analytics.errors import InvalidInput
from app.analytics.market import above_average, breadth, trailing_returns

NAN = np.nan
# Four days of a riser, a faller, one that stands still, one that is new and one without a price today
CLOSES = np.array(
    [
        [100.0, 50.0, 10.0, NAN, 20.0],
        [101.0, 49.0, 10.0, NAN, 21.0],
        [105.0, 45.0, 10.0, 30.0, 22.0],
        [110.0, 40.0, 10.0, 33.0, NAN],
    ]
)


def test_a_return_is_of_the_last_day_over_the_one_so_many_before() -> None:
    np.testing.assert_allclose(trailing_returns(CLOSES, 1), [110 / 105 - 1, 40 / 45 - 1, 0, 0.1, NAN])
    np.testing.assert_allclose(trailing_returns(CLOSES, 3), [0.1, -0.2, 0, NAN, NAN])


def test_a_history_that_is_too_short_has_no_return() -> None:
    assert np.isnan(trailing_returns(CLOSES, 4)).all()
    assert np.isnan(trailing_returns(CLOSES[:0], 1)).all()


def test_breadth_counts_what_is_known() -> None:
    found = breadth(trailing_returns(CLOSES, 1))
    assert (found.known, found.rising, found.falling, found.share_rising) == (4, 2, 1, 0.5)
    assert breadth(np.array([NAN])).share_rising is None


def test_a_trend_takes_every_close_of_its_days() -> None:
    np.testing.assert_array_equal(above_average(CLOSES, 3), [True, False, False])
    np.testing.assert_array_equal(above_average(CLOSES, 2), [True, False, False, True])
    assert above_average(CLOSES, 5).shape == (0,)


@pytest.mark.parametrize("measure", [trailing_returns, above_average])
def test_no_days_are_no_window(measure) -> None:  # type: ignore[no-untyped-def]  # either of the two
    with pytest.raises(InvalidInput):
        measure(CLOSES, 0)
