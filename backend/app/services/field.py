"""Checks that a single field's type cannot make. Each failure names the field."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from app.errors import InvalidField

# What the columns of money and quantities hold
SMALLEST_AMOUNT = Decimal("0.00000001")
# In the zone furthest ahead of UTC it is already tomorrow
FURTHEST_AHEAD = timedelta(hours=14)


def amount(field: str, value: float) -> Decimal:
    """As it was typed, to eight places: 0.1 is stored as 0.1."""
    stored = Decimal(repr(value)).quantize(SMALLEST_AMOUNT)
    if stored == 0 and value != 0:
        raise InvalidField(field, f"is smaller than {SMALLEST_AMOUNT}")
    return stored


def nonzero_amount(field: str, value: float) -> Decimal:
    if value == 0:
        raise InvalidField(field, "must not be 0")
    return amount(field, value)


def not_in_future(field: str, day: date | None) -> None:
    if day is not None and day > (datetime.now(UTC) + FURTHEST_AHEAD).date():
        raise InvalidField(field, "lies in the future")
