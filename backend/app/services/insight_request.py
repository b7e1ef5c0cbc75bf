"""A request for an insight is taken, or refused: whose portfolio, by which prompt and model, and whether it is the same
as one before."""

import hashlib
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID, uuid4

from sqlalchemy.ext.asyncio import AsyncSession

from app.agent import routing_rules
from app.agent.embeddings import Embedder
from app.agent.ledger import Account
from app.agent.limits import Limits
from app.agent.llm_client import Choice, ClientSource
from app.agent.turn_tools import ToolBox
from app.db import Database, Scope
from app.errors import Conflict, Invalid
from app.insights.kinds import KINDS
from app.models import Insight
from app.repositories import insight as insight_repository
from app.schemas.insight import GenerateInsightIn
from app.services import insight_template
from app.services import portfolio as portfolio_service

# Longer than any model takes with all its tries. Who holds a claim for longer has died
LEASE = timedelta(minutes=10)


class InsightInProgress(Conflict):
    code = "insight_in_progress"
    detail = "The insight of this request is being written. Ask again in a moment."
    retry_after_seconds = 5


class InsightKeyReused(Invalid):
    code = "idempotency_key_reused"
    detail = "This Idempotency-Key came with a different request before. Use a fresh one for each insight."


@dataclass(frozen=True, slots=True)
class Desk:
    """What writing insights takes. Without an embedder they know nothing of the knowledge base; `remembers`: of what
    people have said."""

    database: Database
    clients: ClientSource
    toolbox: ToolBox
    limits: Limits
    embedder: Embedder | None = None
    remembers: bool = True


@dataclass(frozen=True, slots=True)
class Taken:
    """A request that will be carried out. `key` is claimed until it is stored, or has failed."""

    insight_id: UUID
    scope: Scope
    wanted: GenerateInsightIn
    portfolio_name: str
    choice: Choice
    template_id: UUID
    template_name: str
    prompt: str
    key: str
    is_scheduled: bool

    @property
    def account(self) -> Account:
        return Account(self.scope, insight_id=self.insight_id)


async def take(
    desk: Desk, scope: Scope, wanted: GenerateInsightIn, key: str | None, *, is_scheduled: bool = False
) -> Taken | Insight:
    """The insight of the same request where it was sent before; otherwise a request to be carried out."""
    async with desk.database.session(scope) as session:
        portfolio = await portfolio_service.find(session, wanted.portfolio_id)
        template = await insight_template.used(session, wanted.insight_type)
        key = key or str(uuid4())
        if (earlier := await _claim(session, scope, key, _hash(wanted))) is not None:
            return earlier
        choice = await routing_rules.choose(session, desk.clients, scope, task=KINDS[wanted.insight_type].task)
        # Refused here, the claim goes with the transaction
        await desk.limits.check_budget(session, scope, choice)
        return Taken(
            insight_id=uuid4(),
            scope=scope,
            wanted=wanted,
            portfolio_name=portfolio.name,
            choice=choice,
            template_id=template.id,
            template_name=insight_template.name_of(template),
            prompt=template.prompt,
            key=key,
            is_scheduled=is_scheduled,
        )


async def release(desk: Desk, taken: Taken) -> None:
    """Nothing was stored: the same key may try again."""
    async with desk.database.session(taken.scope) as session:
        await insight_repository.release(session, taken.scope.user_id, taken.key)


def request_hash(taken: Taken) -> str:
    return _hash(taken.wanted)


async def _claim(session: AsyncSession, scope: Scope, key: str, wanted_hash: str) -> Insight | None:
    is_ours = await insight_repository.claim(session, scope.user_id, key, wanted_hash, LEASE)
    # Only now: what was stored a moment ago has let its claim go in the same transaction
    earlier = await insight_repository.find_by_key(session, scope.user_id, key)
    if earlier is not None:
        if is_ours:
            await insight_repository.release(session, scope.user_id, key)
        if earlier.request_hash != wanted_hash:
            raise InsightKeyReused
        return earlier
    if not is_ours:
        held = await insight_repository.claimed_hash(session, scope.user_id, key)
        raise InsightKeyReused if held not in (None, wanted_hash) else InsightInProgress
    return None


def _hash(wanted: GenerateInsightIn) -> str:
    return hashlib.sha256(wanted.model_dump_json().encode()).hexdigest()
