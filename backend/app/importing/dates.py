"""Reading dates. The order of day and month is decided for a whole column, never guessed for one cell."""

import re
from collections.abc import Iterable
from datetime import date
from typing import Literal

from app.importing.display import shown
from app.importing.numbers import is_formula
from app.importing.parsed import Findings, RowProblem

DateOrder = Literal["day_first", "month_first"]

# Before this no holding of today was bought, and a year is a typing error
FIRST_YEAR = 1900
MAX_DATE_CHARS = 40

_TIME = r"(?:[T ,]+[0-9]{1,2}:[0-9]{2}.*)?"
_ISO = re.compile(r"([0-9]{4})[-/.]?([0-9]{2})[-/.]?([0-9]{2})" + _TIME)
_NUMERIC = re.compile(r"([0-9]{1,2})([/.-])([0-9]{1,2})\2([0-9]{4})" + _TIME)
_SHORT_YEAR = re.compile(r"[0-9]{1,2}[/.-][0-9]{1,2}[/.-][0-9]{2}" + _TIME)
_DAY_NAMED_MONTH = re.compile(r"([0-9]{1,2})[- .]+([A-Za-z]{3})[a-z]*[- .,]+([0-9]{4})" + _TIME)
_NAMED_MONTH_DAY = re.compile(r"([A-Za-z]{3})[a-z]*[- .]+([0-9]{1,2})[- ,]+([0-9]{4})" + _TIME)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")

_AS_ISO = "Write dates as YYYY-MM-DD."


def date_order(texts: Iterable[str]) -> DateOrder | None:
    """What the column's dates prove together; None where they prove nothing, or prove both."""
    orders = {order for text in texts if (order := _order_of(text))}
    return orders.pop() if len(orders) == 1 else None


def _order_of(text: str) -> DateOrder | None:
    match = _NUMERIC.fullmatch(text[:MAX_DATE_CHARS])
    if match is None:
        return None
    first, separator, second = int(match[1]), match[2], int(match[3])
    if separator == "." or first > 12:
        return "day_first"
    return "month_first" if second > 12 else None


def day(text: str, column: str, today: date, order: DateOrder | None) -> date:
    """A date up to today.

    Raises
    ------
    RowProblem
        No date, a day that does not exist, one in the future, or one that could be two days.
    """
    if is_formula(text):
        raise RowProblem(column, shown(text), "a formula where a date is expected", "Write the date itself.")
    year, month, day_of_month = _parts(text.strip(), column, order)
    try:
        found = date(year, month, day_of_month)
    except ValueError as error:
        raise RowProblem(column, shown(text), "there is no such day", _AS_ISO) from error
    if found > today:
        raise RowProblem(column, shown(text), "a date in the future", "Correct the date, or remove the row.")
    if found.year < FIRST_YEAR:
        raise RowProblem(column, shown(text), f"a date before {FIRST_YEAR}", "Correct the year.")
    return found


def own_date(text: str, column: str, today: date, order: DateOrder | None, findings: Findings) -> date | None:
    """The day that a file states for itself. One that cannot be used is a warning: the rows may still be good."""
    if not text:
        return None
    try:
        return day(text, column, today, order)
    except RowProblem as problem:
        findings.warn(f"The file's own date ({problem.value}) is not used: {problem.reason}.")
        return None


def _parts(text: str, column: str, order: DateOrder | None) -> tuple[int, int, int]:
    text = text[: MAX_DATE_CHARS + 1]
    if match := _ISO.fullmatch(text):
        return int(match[1]), int(match[2]), int(match[3])
    if match := _DAY_NAMED_MONTH.fullmatch(text):
        return int(match[3]), _month(match[2], text, column), int(match[1])
    if match := _NAMED_MONTH_DAY.fullmatch(text):
        return int(match[3]), _month(match[1], text, column), int(match[2])
    if match := _NUMERIC.fullmatch(text):
        return _ordered(int(match[1]), int(match[3]), int(match[4]), order or _order_of(text), text, column)
    if _SHORT_YEAR.fullmatch(text):
        raise RowProblem(column, shown(text), "a year of two digits", _AS_ISO)
    raise RowProblem(column, shown(text), "not a date" if text else "no date", _AS_ISO)


def _ordered(
    first: int, second: int, year: int, order: DateOrder | None, text: str, column: str
) -> tuple[int, int, int]:
    if order is None and first != second:
        raise RowProblem(
            column, shown(text), "day and month could be either way round, and the column does not say which", _AS_ISO
        )
    return (year, first, second) if order == "month_first" else (year, second, first)


def _month(name: str, text: str, column: str) -> int:
    if name.lower() not in _MONTHS:
        raise RowProblem(column, shown(text), "not a date", _AS_ISO)
    return _MONTHS.index(name.lower()) + 1
