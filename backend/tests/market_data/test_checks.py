import datetime as dt
import math
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.market_data.checks import Checked, check
from app.market_data.source import PriceRow

# A Monday
FIRST = dt.date(2024, 1, 8)
TODAY = dt.date(2024, 12, 31)


def weekdays(count: int, first: dt.date = FIRST) -> list[dt.date]:
    days = (first + dt.timedelta(days=offset) for offset in range(count * 2))
    return [day for day in days if day.isoweekday() < 6][:count]


def series(closes: Sequence[float], adjusted: Sequence[float] | None = None) -> list[PriceRow]:
    days = weekdays(len(closes))
    return [PriceRow("ACME", *row) for row in zip(days, closes, adjusted or closes, strict=True)]


def verdict(checked: Checked) -> list[tuple[str, str, dt.date | None]]:
    return [(problem.kind, problem.severity, problem.date) for problem in checked.problems]


def test_sound_prices_pass_in_order() -> None:
    rows = series([100.0, 101.0, 70.0, 72.5])

    checked = check("ACME", reversed(rows), TODAY)

    assert (checked.rows, checked.problems) == (rows, [])


@pytest.mark.parametrize("close", [0.0, -5.0, math.nan, math.inf, -math.inf])
@pytest.mark.parametrize("field", ["close", "adjusted_close"])
def test_what_is_not_above_zero_is_rejected(close: float, field: str) -> None:
    first, _, last = series([100.0, 100.0, 100.0])
    bad = PriceRow("ACME", weekdays(2)[1], **{"close": 100.0, "adjusted_close": 100.0, field: close})

    checked = check("ACME", [first, bad, last], TODAY)

    assert checked.rows == [first, last]
    assert verdict(checked) == [("not_positive", "rejected", bad.date)]


def test_a_price_beyond_any_share_is_rejected() -> None:
    checked = check("ACME", series([100.0, 1e12, 1e308]), TODAY)

    assert [kind for kind, *_ in verdict(checked)] == ["too_large", "too_large"]
    assert len(checked.rows) == 1


def test_the_future_and_weekends_are_rejected() -> None:
    friday, saturday, sunday = (FIRST + dt.timedelta(days=offset) for offset in (4, 5, 6))
    rows = [PriceRow("ACME", day, 10.0, 10.0) for day in (friday, saturday, sunday, TODAY + dt.timedelta(days=1))]

    checked = check("ACME", rows, TODAY)

    assert [row.date for row in checked.rows] == [friday]
    assert verdict(checked) == [
        ("weekend", "rejected", saturday),
        ("weekend", "rejected", sunday),
        ("future", "rejected", TODAY + dt.timedelta(days=1)),
    ]


@pytest.mark.parametrize("shift", [-1, 1])
def test_a_series_a_day_off_is_rejected_whole(shift: int) -> None:
    rows = [PriceRow("ACME", day + dt.timedelta(days=shift), 10.0, 10.0) for day in weekdays(20)]

    checked = check("ACME", rows, TODAY)

    assert checked.rows == []
    assert verdict(checked) == [("shifted_days", "rejected", rows[0].date)]


def test_a_day_repeated_word_for_word_is_one_day() -> None:
    rows = series([100.0, 101.0])

    checked = check("ACME", [*rows, *rows], TODAY)

    assert (checked.rows, checked.problems) == (rows, [])


def test_of_two_closes_for_a_day_neither_is_believed() -> None:
    rows = series([100.0, 101.0, 102.0])
    other = PriceRow("ACME", rows[1].date, 99.0, 99.0)

    checked = check("ACME", [*rows, other], TODAY)

    assert checked.rows == [rows[0], rows[2]]
    assert verdict(checked) == [("contradiction", "rejected", rows[1].date)]
    assert "99, 101" in checked.problems[0].reason


@pytest.mark.parametrize("place", [0, 1, 3, 8])
@pytest.mark.parametrize("factor", [100.0, 0.01])
def test_a_day_in_another_unit_is_rejected_and_the_others_stay(place: int, factor: float) -> None:
    closes = [100.0, 101.0, 102.0, 101.0, 103.0, 99.0, 98.0, 100.0, 101.0, 102.0]
    rows = series(closes)
    rows[place] = PriceRow("ACME", rows[place].date, closes[place] * factor, closes[place] * factor)

    checked = check("ACME", rows, TODAY)

    assert checked.rows == [row for row in rows if row is not rows[place]]
    assert verdict(checked) == [("stray", "rejected", rows[place].date)]


def test_a_stray_close_is_rejected_though_its_adjusted_close_is_sound() -> None:
    rows = series([10.0, 10.0, 1000.0, 10.0], [10.0, 10.0, 10.0, 10.0])

    assert verdict(check("ACME", rows, TODAY)) == [("stray", "rejected", rows[2].date)]


def test_a_split_that_was_not_adjusted_for_is_held_back() -> None:
    rows = series([500.0] * 6 + [50.0] * 6)

    checked = check("ACME", rows, TODAY)

    assert checked.rows == rows[:6]
    assert verdict(checked) == [("jump", "rejected", rows[6].date)]
    assert checked.problems[0].reason == (
        "the adjusted close went from 500 on 2024-01-15 to 50 (-90%), which looks like a 10-for-1 split that was not "
        "adjusted for; 6 days from here on not taken"
    )
    assert "--accept-jumps ACME" in checked.problems[0].remedy


def test_an_accepted_jump_is_taken() -> None:
    rows = series([500.0] * 6 + [50.0] * 6)

    assert check("ACME", rows, TODAY, accepts_jumps=True).rows == rows


def test_a_jump_that_is_stored_is_no_surprise_even_after_a_dividend() -> None:
    rows = series([500.0] * 6 + [50.0] * 6)
    adjusted = [PriceRow("ACME", row.date, row.close, row.adjusted_close * 0.98) for row in rows]

    assert check("ACME", adjusted, TODAY, stored=rows).rows == adjusted


def test_a_jump_from_the_price_before_is_held_back() -> None:
    before, *rows = series([100.0, 5.0, 5.0])

    checked = check("ACME", rows, TODAY, before=before)

    assert checked.rows == []
    assert verdict(checked) == [("jump", "rejected", rows[0].date)]


def test_a_halving_is_kept_with_a_warning() -> None:
    rows = series([100.0, 100.0, 50.0, 50.0])

    checked = check("ACME", rows, TODAY)

    assert checked.rows == rows
    assert verdict(checked) == [("possible_split", "warned", rows[2].date)]


def test_a_split_in_unadjusted_closes_is_told_and_taken_out() -> None:
    rows = series([500.0, 500.0, 50.0, 51.0], [50.0, 50.0, 50.0, 51.0])

    checked = check("ACME", rows, TODAY)

    assert checked.rows == series([50.0, 50.0, 50.0, 51.0])
    assert verdict(checked) == [("split", "warned", rows[2].date)]


FAULTY = [*series([100.0, 10_000.0, 101.0, 0.0, 20.0, 19.0, 51.0]), *series([100.0, 1.0])]


@given(st.permutations(FAULTY))
def test_the_order_of_rows_changes_nothing(shuffled: list[PriceRow]) -> None:
    one, other = check("ACME", FAULTY, TODAY), check("ACME", shuffled, TODAY)

    assert one.rows == other.rows
    assert verdict(one) == verdict(other)


def test_nothing_gives_nothing() -> None:
    checked = check("ACME", [], TODAY)

    assert (checked.rows, checked.problems) == ([], [])
