"""How far a measuring is: stored with its proposal as it goes on. Pure."""

from datetime import datetime, timedelta
from typing import Any

from app.errors import AppError
from app.schemas.learning import Measuring, ReportError

# A question takes three minutes at the most, and before the first of them a database may have to be made
BROKEN_OFF_AFTER = timedelta(minutes=15)
# In line behind others
FORGOTTEN_AFTER = timedelta(hours=2)

BROKEN_OFF = ReportError(code="learning_measuring_broken_off", message="It was broken off. Measure again.")


def ordered(now: datetime, *, with_evaluation: bool) -> Measuring:
    return Measuring(status="waiting", with_evaluation=with_evaluation, ordered_at=now, at=now)


def shown(stored: dict[str, Any] | None, now: datetime) -> Measuring | None:
    """One that has said nothing for longer than it can take has ended, whatever it says."""
    if stored is None:
        return None
    found = Measuring.model_validate(stored)
    if found.status in _PATIENCE and now - found.at > _PATIENCE[found.status]:
        return found.model_copy(update={"status": "failed", "error": BROKEN_OFF})
    return found


def is_under_way(stored: dict[str, Any] | None, now: datetime) -> bool:
    found = shown(stored, now)
    return found is not None and found.status in _PATIENCE


def ordered_at(stored: dict[str, Any] | None, now: datetime) -> datetime:
    return now if stored is None else Measuring.model_validate(stored).ordered_at


def failed(stored: dict[str, Any], failure: AppError, now: datetime) -> dict[str, Any]:
    error = ReportError(code=failure.code, message=failure.sentence)
    changed = {"status": "failed", "error": error, "at": now}
    return Measuring.model_validate(stored).model_copy(update=changed).model_dump(mode="json")


def done(stored: dict[str, Any], now: datetime) -> dict[str, Any]:
    return Measuring.model_validate(stored).model_copy(update={"status": "done", "at": now}).model_dump(mode="json")


_PATIENCE = {"waiting": FORGOTTEN_AFTER, "running": BROKEN_OFF_AFTER}
