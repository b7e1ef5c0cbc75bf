import datetime as dt
from dataclasses import replace

import pytest

from app.market_data.joining import Join, changes, join
from app.market_data.source import PriceRow

ROWS = [PriceRow("ACME", dt.date(2024, 1, 8) + dt.timedelta(days=offset), 100.0 + offset, 90.0) for offset in range(5)]


def adjusted(rows: list[PriceRow], factor: float) -> list[PriceRow]:
    return [replace(row, adjusted_close=row.adjusted_close * factor) for row in rows]


@pytest.mark.parametrize(
    ("stored", "found", "expected"),
    [
        (ROWS[:3], ROWS[1:], "continues"),
        # A correction of the newest day, behind a day that is as it was
        (ROWS[:3], [ROWS[1], replace(ROWS[2], close=50.0)], "continues"),
        # A dividend of half a per cent
        (ROWS[:3], [*adjusted(ROWS[:3], 0.995), *ROWS[3:]], "readjusted"),
        (ROWS[:3], [*adjusted(ROWS[:3], 0.99995), *ROWS[3:]], "readjusted"),
        (ROWS[:2], ROWS[3:], "no_common_day"),
    ],
)
def test_join(stored: list[PriceRow], found: list[PriceRow], expected: Join) -> None:
    assert join(stored, found) == expected


def test_rounding_of_the_provider_is_no_change() -> None:
    noisy = adjusted(ROWS, 1 + 1e-6)

    assert join(ROWS, noisy) == "continues"
    assert changes(ROWS, noisy) == []


def test_changes_are_days_that_are_new_or_corrected() -> None:
    corrected = replace(ROWS[1], close=99.0)

    assert changes(ROWS[:3], [ROWS[0], corrected, *ROWS[2:]]) == [corrected, *ROWS[3:]]
