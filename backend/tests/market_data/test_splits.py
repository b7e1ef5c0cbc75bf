import datetime as dt
from dataclasses import replace

import pytest

from app.market_data.checks import check
from app.market_data.source import PriceRow, SplitRow
from app.market_data.splits import in_newest_shares, ratio_words, seen_in

DAYS = [dt.date(2024, 1, day) for day in (15, 16, 17, 18)]
TODAY = dt.date(2024, 2, 1)
# In shares of the newest day, with a dividend on the last one
CLOSES, ADJUSTED = [100.0, 102.0, 101.0, 103.0], [99.0, 100.98, 99.99, 103.0]
ROWS = [PriceRow("ACME", *row) for row in zip(DAYS, CLOSES, ADJUSTED, strict=True)]


def as_quoted(ratio: float, *, adjusted_too: bool = False) -> list[PriceRow]:
    """A split on the third day that is still in the prices."""
    before = [
        replace(row, close=row.close * ratio, adjusted_close=row.adjusted_close * (ratio if adjusted_too else 1.0))
        for row in ROWS[:2]
    ]
    return [*before, *ROWS[2:]]


def assert_same(found: list[PriceRow], expected: list[PriceRow]) -> None:
    assert [row.date for row in found] == [row.date for row in expected]
    assert [row.close for row in found] == pytest.approx([row.close for row in expected])
    assert [row.adjusted_close for row in found] == pytest.approx([row.adjusted_close for row in expected])


@pytest.mark.parametrize("ratio", [2.0, 1.5, 4.0, 10.0, 0.125])
@pytest.mark.parametrize("adjusted_too", [False, True])
def test_a_split_that_is_named_is_taken_out_of_what_has_it(ratio: float, adjusted_too: bool) -> None:
    named = [SplitRow("ACME", DAYS[2], ratio)]

    checked = check("ACME", as_quoted(ratio, adjusted_too=adjusted_too), TODAY, splits=named)

    assert_same(checked.rows, ROWS)
    assert (checked.splits, checked.problems) == (named, [])


@pytest.mark.parametrize("ratio", [2.0, 1.5, 4.0, 10.0, 0.125])
def test_a_split_shows_between_close_and_adjusted_close(ratio: float) -> None:
    checked = check("ACME", as_quoted(ratio), TODAY)

    assert_same(checked.rows, ROWS)
    assert checked.splits == [SplitRow("ACME", DAYS[2], ratio)]
    (problem,) = checked.problems
    assert (problem.kind, problem.severity) == ("split", "warned")
    assert ratio_words(ratio) in problem.reason


@pytest.mark.parametrize("ratio", [2.0, 4.0, 0.125, 1.05])
def test_prices_that_have_it_out_stay_as_they_are(ratio: float) -> None:
    checked = check("ACME", ROWS, TODAY, splits=[SplitRow("ACME", DAYS[2], ratio)])

    assert checked.rows == ROWS
    assert len(checked.splits) == 1


def test_a_crash_on_the_day_of_a_split_is_no_split() -> None:
    crashed = [*ROWS[:2], *(replace(row, close=row.close * 0.8) for row in ROWS[2:])]

    assert in_newest_shares(crashed, [SplitRow("ACME", DAYS[2], 1.5)]) == crashed


def test_what_is_no_ratio_of_shares_is_no_split() -> None:
    """Much was paid out, or a part of the company went."""
    assert seen_in(as_quoted(1.7)) == []


@pytest.mark.parametrize("index", [0, 1, 2, 3])
def test_a_close_that_is_wrong_for_a_day_is_no_split(index: int) -> None:
    rows = [*ROWS, *(replace(row, date=row.date + dt.timedelta(days=7)) for row in ROWS)]
    rows[index + 2] = replace(rows[index + 2], close=rows[index + 2].close * 4)

    assert seen_in(rows) == []


@pytest.mark.parametrize("ratio", [1.0, 0.0, -4.0, float("nan"), float("inf")])
def test_a_ratio_that_changes_nothing_or_cannot_be_is_left_out(ratio: float) -> None:
    checked = check("ACME", ROWS, TODAY, splits=[SplitRow("ACME", DAYS[2], ratio)])

    assert (checked.rows, checked.splits) == (ROWS, [])


@pytest.mark.parametrize("day", [dt.date(2023, 12, 1), DAYS[0], dt.date(2024, 1, 25)])
def test_a_split_outside_of_the_prices_is_known_and_moves_none(day: dt.date) -> None:
    checked = check("ACME", ROWS, TODAY, splits=[SplitRow("ACME", day, 4.0)])

    assert checked.rows == ROWS
    assert [split.date for split in checked.splits] == [day]


def test_an_announced_split_waits_for_its_day() -> None:
    assert check("ACME", ROWS, TODAY, splits=[SplitRow("ACME", dt.date(2024, 3, 1), 4.0)]).splits == []


@pytest.mark.parametrize(
    ("ratio", "words"),
    [(4.0, "4 for 1"), (0.125, "1 for 8"), (1.5, "3 for 2"), (1 / 3, "1 for 3"), (1.05, "21 for 20")],
)
def test_words(ratio: float, words: str) -> None:
    assert ratio_words(ratio) == words
