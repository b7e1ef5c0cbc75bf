from collections.abc import Iterator
from datetime import date
from typing import Annotated, Any, get_args, get_origin, get_type_hints

import pytest
from pydantic import TypeAdapter, ValidationError

import app.main  # noqa: F401 - every shape of a request is known once the routes are
from app.schemas.base import Request
from app.schemas.day import Day

ARABIC = "\u0662\u0660\u0662\u0662-\u0660\u0661-\u0663\u0661"
DAY: TypeAdapter[date] = TypeAdapter(Day)


def test_a_day_is_written_out() -> None:
    assert DAY.validate_python("2022-01-31") == date(2022, 1, 31)


@pytest.mark.parametrize("given", [0, 44561, 1.6e9, True, "0", "44561", "1643587200", "", "31.01.2022", ARABIC])
def test_what_is_no_written_day_is_none(given: Any) -> None:
    with pytest.raises(ValidationError, match="must be a date such as"):
        DAY.validate_python(given)


@pytest.mark.parametrize("given", ["0000-01-01", "2022-02-30", "2022-13-01", "10000-01-01"])
def test_a_day_that_does_not_exist_is_none(given: str) -> None:
    with pytest.raises(ValidationError):
        DAY.validate_python(given)


def test_no_request_reads_a_day_in_another_way() -> None:
    shapes = [shape for shape in _below(Request) if shape.__module__.startswith("app.")]
    hints = {(shape.__name__, name): hint for shape in shapes for name, hint in _hints(shape).items()}

    assert ("CashFlowIn", "date") in hints
    assert [where for where, hint in hints.items() if _has_a_plain_date(hint)] == []


def _below(shape: type[Request]) -> Iterator[type[Request]]:
    for lower in shape.__subclasses__():
        yield lower
        yield from _below(lower)


def _hints(shape: type[Request]) -> dict[str, Any]:
    return get_type_hints(shape, include_extras=True)


def _has_a_plain_date(hint: Any) -> bool:
    if get_origin(hint) is Annotated:
        kind, *marks = get_args(hint)
        return _has_a_plain_date(kind) and not set(map(id, get_args(Day)[1:])) & set(map(id, marks))
    return hint is date or any(_has_a_plain_date(part) for part in get_args(hint))
