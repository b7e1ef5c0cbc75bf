"""What model calls cost, kept in `ai_usage`, and a person's daily budget, kept there as well.

A call is estimated at the most that it can cost, and that much is reserved before it is made. What it did cost takes
the reservation's place with the next call of the turn, or with the turn's end. A process that dies leaves calls open
behind: whoever ends its turn settles them, and those that belong to no turn the worker does.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy.ext.asyncio import AsyncSession

from app.agent import token_estimate
from app.agent.llm_client import REASONING_TOKENS, CallMetadata, LLMError, LLMMessage, ToolSpec
from app.agent.price_table import Price
from app.agent.usage import Call
from app.db import Database, Read, Scope
from app.models import Run
from app.repositories import usage as usage_repository

# Longer than any turn
RESERVED_FOR = timedelta(minutes=15)
# The estimate of tokens is rarely more than a tenth under, and half under for text that is no language
ESTIMATE_MARGIN = Decimal("1.5")
# The analyst that needs no key
FREE_PROVIDER = "offline"
_TOKENS = ("input_tokens", "cached_input_tokens", "output_tokens", "reasoning_tokens")


class BudgetExceeded(LLMError):
    code = "budget_exceeded"
    message = (
        "What is left of today's budget for AI models does not cover this. It begins anew at 00:00 UTC. "
        "The offline analyst costs nothing: choose the mode offline to go on now."
    )


@dataclass(frozen=True, slots=True)
class Account:
    """Whose calls these are, and what they are for."""

    scope: Scope
    run_id: UUID | None = None
    insight_id: UUID | None = None


class Purse:
    """One person's daily budget, as a turn of theirs uses it."""

    def __init__(self, database: Database, account: Account, budget_usd: Decimal) -> None:
        self._database = database
        self._account = account
        self._budget_usd = budget_usd

    async def reserve(
        self,
        call: Call,
        messages: Sequence[LLMMessage],
        tools: Sequence[ToolSpec],
        metadata: CallMetadata,
        *,
        earlier: Sequence[Call],
    ) -> None:
        """Raises `BudgetExceeded`. `earlier` are the turn's calls so far: they are settled in the same transaction."""
        price = call.candidate.price
        if price is None:
            raise BudgetExceeded(f"no price is known of {call.candidate.model}")
        if price.is_free:
            return
        call.reserved_usd = _at_most(price, messages, tools, metadata)
        async with self._database.session(self._account.scope) as session:
            await write(session, self._account, earlier)
            row = {**_row(self._account, call), "outcome": usage_repository.OPEN}
            is_granted = await usage_repository.reserve(session, row, self._budget_usd, RESERVED_FOR)
        if not is_granted:
            raise BudgetExceeded(f"{call.reserved_usd:.4f} USD are not left of {self._budget_usd}")


async def write(session: AsyncSession, account: Account, calls: Sequence[Call]) -> None:
    await usage_repository.write(session, [_row(account, call) for call in calls])


def entries(account: Account, calls: Sequence[Call]) -> list[Read]:
    return [usage_repository.entry(_row(account, call)) for call in calls]


async def begin(database: Database, account: Account, call: Call) -> None:
    """That a call is being made, before it is: outside a turn nothing else would tell of it, should its process die."""
    if call.reserved_usd:
        return
    row = {**_row(account, call), "outcome": usage_repository.OPEN, "reserved_until": datetime.now(UTC) + RESERVED_FOR}
    await database.look(account.scope, [usage_repository.entry(row)])


async def book(database: Database, account: Account, calls: Sequence[Call]) -> None:
    """Calls that have ended, before their turn has: its process may die, and what they took was taken."""
    await database.look(account.scope, entries(account, calls))


async def write_lost(session: AsyncSession, run: Run, calls: int) -> None:
    """That so many calls were made, by a process that died before it could say what the last of them took."""
    known = await usage_repository.settle_lost(session, run.id)
    await usage_repository.write(session, [_lost(run) for _ in range(calls - known)])


def _at_most(
    price: Price, messages: Sequence[LLMMessage], tools: Sequence[ToolSpec], metadata: CallMetadata
) -> Decimal:
    shown = token_estimate.of_messages(messages) + token_estimate.of_text(json.dumps(tools))
    return price.at_most(
        input_tokens=int(shown * ESTIMATE_MARGIN), output_tokens=metadata.max_output_tokens + REASONING_TOKENS
    )


def _row(account: Account, call: Call) -> dict[str, Any]:
    used, price = call.used, call.candidate.price
    return {
        "id": call.id,
        "tenant_id": account.scope.tenant_id,
        "user_id": account.scope.user_id,
        "run_id": account.run_id,
        "insight_id": account.insight_id,
        "task": call.task,
        "provider": call.candidate.client.provider,
        "model": call.candidate.model,
        "variant": call.variant,
        "price_version": None if price is None else price.version,
        "input_tokens": None if used is None else used["input"],
        "cached_input_tokens": None if used is None else used["cached_input"],
        "output_tokens": None if used is None else used["output"],
        "reasoning_tokens": None if used is None else used["reasoning"],
        "cost_usd": call.cost_usd,
        "charged_usd": call.charged_usd,
        "outcome": call.outcome,
        "duration_ms": call.duration_ms,
        "first_token_ms": call.first_token_ms,
    }


def _lost(run: Run) -> dict[str, Any]:
    """A call of which nothing is known but that it was made. Of a model that costs nothing that is known as well."""
    cost = Decimal(0) if run.provider == FREE_PROVIDER else None
    row = dict.fromkeys(("insight_id", "price_version", "duration_ms", "first_token_ms", *_TOKENS))
    return row | {
        "id": uuid4(),
        "tenant_id": run.tenant_id,
        "user_id": run.user_id,
        "run_id": run.id,
        "task": "chat",
        "provider": run.provider,
        "model": run.model,
        "variant": run.variant,
        "cost_usd": cost,
        "charged_usd": Decimal(0),
        "outcome": usage_repository.BROKEN_OFF,
    }
