"""Model calls outside a turn: an insight's, a summary's. A turn's are written with its end."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial

from app.agent import ledger
from app.agent.failover import ModelCalls
from app.agent.ledger import Account
from app.agent.limits import Limits
from app.agent.llm_client import Choice
from app.db import Database


@asynccontextmanager
async def metered(database: Database, choice: Choice, account: Account, limits: Limits) -> AsyncIterator[ModelCalls]:
    """Whatever comes of the calls made in the block, they are in the ledger: open until it ends, then as they ended."""
    calls = ModelCalls(choice, limits.purse(database, account), partial(ledger.begin, database, account))
    try:
        yield calls
    finally:
        async with database.session(account.scope) as session:
            await ledger.write(session, account, calls.log.calls)
