"""What a person may use of the models: turns a minute, dollars a day. Where it can be, told before a stream begins."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Self

from sqlalchemy.ext.asyncio import AsyncSession

from app.agent.ledger import Account, BudgetExceeded, Purse
from app.agent.llm_client import Choice
from app.config import Settings
from app.db import Database, Scope
from app.errors import TooManyRequests
from app.repositories import usage as usage_repository

MINUTE = timedelta(minutes=1)


class TooManyTurns(TooManyRequests):
    code = "too_many_turns"
    detail = "That is more questions a minute than this server answers one person. Wait a moment and ask again."


class BudgetUsedUp(TooManyRequests):
    """The same as `BudgetExceeded`, told before there is a stream."""

    code = BudgetExceeded.code
    detail = BudgetExceeded.message

    def __init__(self) -> None:
        super().__init__()
        self.retry_after_seconds = _seconds_left(datetime.now(UTC))


@dataclass(frozen=True, slots=True)
class Limits:
    turns_per_minute: int = 30
    daily_budget_usd: Decimal | None = None

    @classmethod
    def of(cls, settings: Settings) -> Self:
        return cls(settings.ai_turns_per_minute, settings.ai_daily_budget_usd)

    def purse(self, database: Database, account: Account) -> Purse | None:
        return None if self.daily_budget_usd is None else Purse(database, account, self.daily_budget_usd)

    def check_pace(self, begun_ago: Sequence[timedelta]) -> None:
        """`begun_ago` are this person's runs of the last minute, at most as many as are allowed, the newest first.

        Questions in several conversations at the same moment may pass it by their number: it is a brake.
        """
        if len(begun_ago) >= self.turns_per_minute:
            failure = TooManyTurns()
            # The oldest that counts is the first to leave the minute
            failure.retry_after_seconds = max(int((MINUTE - begun_ago[-1]).total_seconds()) + 1, 1)
            raise failure

    async def check_budget(self, session: AsyncSession, scope: Scope, choice: Choice) -> None:
        """Refuses what nobody could answer for nothing. Whether the rest covers a call is seen when it is made."""
        if self.daily_budget_usd is None or any(_is_free(one) for one in (choice, *choice.fallbacks)):
            return
        spent, reserved = await usage_repository.spent_today(session, scope.user_id)
        if spent + reserved >= self.daily_budget_usd:
            raise BudgetUsedUp


STANDARD = Limits()


def _is_free(choice: Choice) -> bool:
    return choice.price is not None and choice.price.is_free


def _seconds_left(now: datetime) -> int:
    """Of the day, in UTC."""
    tomorrow = now.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    return int((tomorrow - now).total_seconds()) + 1
