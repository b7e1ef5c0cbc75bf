"""Whether prices can be what they say. Nothing here knows what is stored, except for the price that came before.

A price that cannot be true is rejected. One that may be true is kept with a warning, unless it would change every
figure computed from it: a jump of five times or more waits until a person accepts it.
"""

import datetime as dt
import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median

from app.market_data.problem import PriceProblem, ProblemKind, Severity
from app.market_data.source import PriceRow, SplitRow
from app.market_data.splits import SPLIT_QUOTIENT, believable, in_newest_shares, ratio_words, seen_in

# Above any share that was ever quoted (Berkshire Hathaway A stood below 1e6); also what a position may cost
MAX_PRICE = 1e9
# Listed shares have halved and doubled in a day; a fifth or five times is nearly always a split or a wrong unit
JUMP_FACTOR = 5.0
# A wrong figure is followed by right ones within a week, a split is not
RETURN_DAYS = 5
# Ratios of splits that stay below JUMP_FACTOR, and how near to one a day comes by the market's own moves
SMALL_SPLITS = (2, 3, 4)
SPLIT_TOLERANCE = 0.02
LARGE_SPLIT_TOLERANCE = 0.1
# A move that was accepted before is the same again after adjustments, but for rounding
CONFIRMED_TOLERANCE = 0.01
# With fewer Sundays than this a missing Friday may be a holiday
SHIFTED_WEEKS = 3
FRIDAY, SATURDAY, SUNDAY, MONDAY = 5, 6, 7, 1


@dataclass(slots=True)
class Checked:
    """`rows` are what is left: oldest first, each day once, in shares of the newest one. `splits` are those in it.

    `stored` is what a person has let pass before.
    """

    symbol: str
    rows: list[PriceRow]
    stored: Mapping[dt.date, PriceRow] = field(default_factory=dict)
    problems: list[PriceProblem] = field(default_factory=list)
    splits: list[SplitRow] = field(default_factory=list)

    def report(self, kind: ProblemKind, severity: Severity, day: dt.date | None, reason: str, remedy: str) -> None:
        self.problems.append(PriceProblem(kind, severity, self.symbol, day, reason, remedy))


def check(
    symbol: str,
    rows: Iterable[PriceRow],
    today: dt.date,
    *,
    before: PriceRow | None = None,
    stored: Iterable[PriceRow] = (),
    accepts_jumps: bool = False,
    splits: Iterable[SplitRow] = (),
) -> Checked:
    """`before` is the price that the first of these follows upon. A jump that is in `stored` too is no surprise."""
    ordered = sorted(rows, key=lambda row: row.date)
    checked = Checked(symbol, ordered, {row.date: row for row in stored}, splits=believable(splits))
    _drop_impossible_values(checked)
    _drop_shifted_series(checked)
    _drop_impossible_days(checked, today)
    _drop_repetitions(checked)
    _take_splits_out(checked, today)
    if not accepts_jumps:
        _drop_strays(checked, before)
        _hold_back_jumps(checked, before)
    _warn_of_splits(checked, before)
    return checked


def _drop_impossible_values(checked: Checked) -> None:
    kept: list[PriceRow] = []
    for row in checked.rows:
        values = (row.close, row.adjusted_close)
        if not all(math.isfinite(value) and value > 0 for value in values):
            reason = f"a close of {row.close:.6g} (adjusted {row.adjusted_close:.6g}); a price is above zero"
            checked.report("not_positive", "rejected", row.date, reason, "Correct the day in the source.")
        elif max(values) > MAX_PRICE:
            reason = f"a close of {max(values):.6g}, beyond {MAX_PRICE:.0e}"
            checked.report("too_large", "rejected", row.date, reason, "Correct the day in the source.")
        else:
            kept.append(row)
    checked.rows = kept


def _drop_shifted_series(checked: Checked) -> None:
    """Midnight in one place is the day before or after in another: then a whole weekday is missing."""
    days = [row.date.isoweekday() for row in checked.rows]
    a_day_early = days.count(SUNDAY) >= SHIFTED_WEEKS and FRIDAY not in days
    a_day_late = days.count(SATURDAY) >= SHIFTED_WEEKS and MONDAY not in days
    if not a_day_early and not a_day_late:
        return
    found, missing = ("Sundays", "Fridays") if a_day_early else ("Saturdays", "Mondays")
    reason = f"{found} and no {missing}: the dates are a day off, as when times are read in another time zone"
    remedy = "Write each date as the exchange's own calendar has it."
    checked.report("shifted_days", "rejected", checked.rows[0].date, reason, remedy)
    checked.rows = []


def _drop_impossible_days(checked: Checked, today: dt.date) -> None:
    kept: list[PriceRow] = []
    for row in checked.rows:
        if row.date > today:
            reason = f"a day that has not been: today is {today}"
            checked.report("future", "rejected", row.date, reason, "Correct the date in the source.")
        elif row.date.isoweekday() in (SATURDAY, SUNDAY):
            reason = f"a {row.date:%A}: returns are counted over trading days, Monday to Friday"
            checked.report("weekend", "rejected", row.date, reason, "Leave weekends out, or correct the date.")
        else:
            kept.append(row)
    checked.rows = kept


def _drop_repetitions(checked: Checked) -> None:
    """A day that is repeated word for word is one day; of two different closes neither is believed."""
    by_day: dict[dt.date, set[PriceRow]] = defaultdict(set)
    for row in checked.rows:
        by_day[row.date].add(row)
    kept: list[PriceRow] = []
    for day, rows in by_day.items():
        if len(rows) == 1:
            kept.extend(rows)
            continue
        closes = ", ".join(f"{row.close:.6g}" for row in sorted(rows, key=lambda row: row.close))
        reason = f"{len(rows)} different closes for one day: {closes}"
        checked.report("contradiction", "rejected", day, reason, "Leave one of them in the source.")
    checked.rows = kept


def _take_splits_out(checked: Checked, today: dt.date) -> None:
    """A split that the source names, and one that shows between its two closes."""
    named = [split for split in checked.splits if split.date <= today]
    days = {split.date for split in named}
    shown = [split for split in seen_in(checked.rows) if split.date not in days]
    for split in shown:
        reason = f"the closes show a split, {ratio_words(split.ratio)}; those before it are kept in shares of after it"
        remedy = "Nothing is to be done if it was one; else correct close and adjusted close in the source."
        checked.report("split", "warned", split.date, reason, remedy)
    checked.splits = sorted([*named, *shown], key=lambda split: split.date)
    checked.rows = in_newest_shares(checked.rows, checked.splits)


def _drop_strays(checked: Checked, before: PriceRow | None) -> None:
    """Days that jump away and come back: a wrong unit, a misplaced decimal point."""
    strays = _strays([row.adjusted_close for row in checked.rows], before.adjusted_close if before else None)
    strays |= _strays([row.close for row in checked.rows], before.close if before else None)
    strays = {index for index in strays if not _is_stored(checked, checked.rows[index - 1 : index + 1])}
    for index in sorted(strays):
        row = checked.rows[index]
        reason = f"a close of {row.close:.6g} (adjusted {row.adjusted_close:.6g}) between days at another level"
        remedy = f"Correct the day in the source; if it is right, refresh with --accept-jumps {checked.symbol}."
        checked.report("stray", "rejected", row.date, reason, remedy)
    checked.rows = [row for index, row in enumerate(checked.rows) if index not in strays]


def _strays(values: Sequence[float], before: float | None) -> set[int]:
    if not values:
        return set()
    # With nothing before it, even the first value may be the wrong one
    level = before if before is not None else median(values[:RETURN_DAYS])
    found: set[int] = set()
    index = 0
    while index < len(values):
        back = index
        if _is_jump(values[index], level):
            back = _returns_at(values, index, level)
            found.update(range(index, back))
        level = values[back]
        index = back + 1
    return found


def _returns_at(values: Sequence[float], index: int, level: float) -> int:
    """The next day at the old level; the day itself where none is near."""
    nearby = range(index + 1, min(index + 1 + RETURN_DAYS, len(values)))
    return next((later for later in nearby if not _is_jump(values[later], level)), index)


def _is_jump(value: float, level: float) -> bool:
    return not 1 / JUMP_FACTOR < value / level < JUMP_FACTOR


def _hold_back_jumps(checked: Checked, before: PriceRow | None) -> None:
    """From the first jump on nothing is taken: with it, every return and every risk figure would be wrong."""
    previous = before
    for index, row in enumerate(checked.rows):
        jumps = previous is not None and _is_jump(row.adjusted_close, previous.adjusted_close)
        if previous is not None and jumps and not _is_stored(checked, [previous, row]):
            _report_jump(checked, index, previous)
            checked.rows = checked.rows[:index]
            return
        previous = row


def _is_stored(checked: Checked, days: Sequence[PriceRow]) -> bool:
    """Whether the move from one day to the next is in what is stored already."""
    if len(days) != 2 or not all(row.date in checked.stored for row in days):
        return False
    before, after = (checked.stored[row.date].adjusted_close / row.adjusted_close for row in days)
    return abs(before / after - 1) < CONFIRMED_TOLERANCE


def _report_jump(checked: Checked, index: int, previous: PriceRow) -> None:
    row, held_back = checked.rows[index], len(checked.rows) - index
    ratio = row.adjusted_close / previous.adjusted_close
    reason = (
        f"the adjusted close went from {previous.adjusted_close:.6g} on {previous.date} to {row.adjusted_close:.6g} "
        f"({ratio - 1:+.0%}){_split_words(ratio)}; {_days(held_back)} from here on not taken"
    )
    remedy = (
        "Give closes adjusted for splits and refresh with --replace; "
        f"if the move was real, refresh with --accept-jumps {checked.symbol}."
    )
    checked.report("jump", "rejected", row.date, reason, remedy)


def _days(count: int) -> str:
    return "1 day" if count == 1 else f"{count:,} days"


def _split_words(ratio: float) -> str:
    parts = round(max(ratio, 1 / ratio))
    if abs(max(ratio, 1 / ratio) / parts - 1) > LARGE_SPLIT_TOLERANCE:
        return ""
    return f", which looks like a {f'{parts}-for-1' if ratio < 1 else f'1-for-{parts}'} split that was not adjusted for"


def _warn_of_splits(checked: Checked, before: PriceRow | None) -> None:
    previous = before
    for row in checked.rows:
        if previous is not None:
            _warn_of_split(checked, previous, row)
        previous = row


def _warn_of_split(checked: Checked, previous: PriceRow, row: PriceRow) -> None:
    ratio = row.adjusted_close / previous.adjusted_close
    quotient = (row.close / previous.close) / ratio
    if not 1 / SPLIT_QUOTIENT < quotient < SPLIT_QUOTIENT:
        reason = f"the close went from {previous.close:.6g} to {row.close:.6g} by a split; returns leave it out"
        remedy = "Check that quantities of lots bought before this day are in shares of today."
        checked.report("split", "warned", row.date, reason, remedy)
    elif any(abs(max(ratio, 1 / ratio) / parts - 1) < SPLIT_TOLERANCE for parts in SMALL_SPLITS):
        reason = f"the adjusted close moved by {ratio - 1:+.1%}{_split_words(ratio)}, or is a real move"
        remedy = "If it was a split, give adjusted closes and refresh with --replace."
        checked.report("possible_split", "warned", row.date, reason, remedy)
