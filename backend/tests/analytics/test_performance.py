from datetime import date

import numpy as np
import pytest

from app.analytics.performance import months_before, periods


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        (date(2022, 12, 28), 1, date(2022, 11, 28)),
        (date(2022, 3, 31), 1, date(2022, 2, 28)),
        (date(2020, 3, 31), 1, date(2020, 2, 29)),
        (date(2022, 1, 15), 1, date(2021, 12, 15)),
        (date(2022, 12, 31), 12, date(2021, 12, 31)),
        (date(2022, 2, 28), 36, date(2019, 2, 28)),
        (date(2022, 12, 31), 6, date(2022, 6, 30)),
    ],
)
def test_months_before(day: date, months: int, expected: date) -> None:
    assert months_before(day, months) == expected


def business_days(first: str, last: str) -> np.ndarray:
    days = np.arange(np.datetime64(first), np.datetime64(last) + 1)
    return days[np.is_busday(days)]


def test_a_long_history_has_every_period() -> None:
    found = periods(business_days("2019-01-02", "2022-12-28"))
    assert [(p.label, p.start) for p in found] == [
        ("1D", date(2022, 12, 27)),
        ("1W", date(2022, 12, 21)),
        ("1M", date(2022, 11, 28)),
        ("3M", date(2022, 9, 28)),
        ("6M", date(2022, 6, 28)),
        ("YTD", date(2021, 12, 31)),
        ("1Y", date(2021, 12, 28)),
        ("3Y", date(2019, 12, 27)),
        ("SI", date(2019, 1, 2)),
    ]
    assert found[0].first == len(business_days("2019-01-02", "2022-12-27"))


def test_a_short_history_has_only_what_fits() -> None:
    assert [p.label for p in periods(business_days("2022-12-12", "2022-12-28"))] == ["1D", "1W", "SI"]
    assert [p.label for p in periods(business_days("2022-12-28", "2022-12-28"))] == ["SI"]
    assert periods(business_days("2022-12-24", "2022-12-24")) == ()
