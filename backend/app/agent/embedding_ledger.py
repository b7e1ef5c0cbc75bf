"""What embeddings cost, in the ledger of model calls.

A text costs a thousandth of a cent, so nothing is reserved and no budget refuses one; what was paid counts in it.
"""

from decimal import Decimal
from uuid import uuid4

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from app.agent.embeddings import Paid
from app.agent.usage import ANSWERED
from app.db import Database, Scope
from app.models.embedding_model import EmbeddingModel
from app.repositories import usage as usage_repository
from app.repositories.knowledge import NO_PERSON

TASK = "embedding"
PROVIDER = "openai"

log = structlog.get_logger()


async def record_paid(database: Database, scope: Scope, model: EmbeddingModel, paid: Paid) -> None:
    """As `record`, in a transaction of its own; none where nothing was paid."""
    if paid.tokens:
        async with database.session(scope) as session:
            await record(session, scope, model, paid)


async def record(session: AsyncSession, scope: Scope | None, model: EmbeddingModel, paid: Paid) -> None:
    """The ledger is of persons: what is embedded for a tenant or for everybody is logged."""
    if not paid.tokens:
        return
    if scope is None or scope.user_id == NO_PERSON:
        tell(model, paid)
        return
    cost = _cost(paid)
    row = {
        "id": uuid4(), "tenant_id": scope.tenant_id, "user_id": scope.user_id, "task": TASK, "provider": PROVIDER,
        "model": model.name, "price_version": None if paid.price is None else paid.price.version,
        "input_tokens": paid.tokens, "cached_input_tokens": 0, "output_tokens": 0, "reasoning_tokens": 0,
        "cost_usd": cost, "charged_usd": cost or Decimal(0), "outcome": ANSWERED,
    }  # fmt: skip
    await usage_repository.write(session, [row])


def tell(model: EmbeddingModel, paid: Paid) -> None:
    """Of what was embedded for nobody in particular."""
    if paid.tokens:
        cost = _cost(paid)
        log.info("embedded", model=model.name, tokens=paid.tokens, cost_usd=None if cost is None else float(cost))


def _cost(paid: Paid) -> Decimal | None:
    price = paid.price
    return None if price is None else price.cost(input=paid.tokens, cached_input=0, cache_write=0, output=0)
