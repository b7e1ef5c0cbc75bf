"""The cases of the evaluation under what a tenant has added: its documents, memories and prompt.

They are asked in a database of their own, by a person of its own, over the demo portfolios, whose figures are known.
"""

from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, replace
from decimal import Decimal
from uuid import UUID

from app.agent.embeddings import Embedder
from app.agent.ledger import BudgetExceeded
from app.agent.limits import BudgetUsedUp, Limits
from app.agent.llm_client import ClientSource
from app.agent.runs import Runs
from app.agent.tools.catalogue import standard_registry
from app.config import Settings
from app.db import Database, Scope
from app.learning.evaluation.case import Case
from app.learning.evaluation.cases import ALL
from app.learning.evaluation.ground import own_database
from app.learning.evaluation.runner import Evaluation
from app.learning.evaluation.scoring import Verdict
from app.models.embedding_model import EmbeddingModel
from app.repositories import prompt_version as prompt_repository
from app.repositories import tenant_copy
from app.repositories import usage as usage_repository
from app.services import demo

# Of a tenant and of the product, as the largest part of a minute of copying
MOST_PASSAGES = 20_000
# One person asks it all
UNHURRIED = 10_000

Ground = Callable[[Settings], AbstractAsyncContextManager[Database]]
Heard = Callable[[], Awaitable[None]]


def questions(cases: Sequence[Case] = ALL) -> int:
    return sum(1 + len(case.earlier) for case in cases)


@dataclass(frozen=True, slots=True)
class TenantEvaluation:
    """`scope` is an administrator's of the tenant, in whose ledger the calls stand afterwards."""

    database: Database
    settings: Settings
    clients: ClientSource
    embedder: Embedder
    scope: Scope
    cases: Sequence[Case] = ALL
    ground: Ground = own_database

    async def verdicts(self, heard: Heard) -> list[Verdict]:
        """`heard` is awaited with each answer."""
        async with self.ground(self.settings) as ground:
            await copy(self.database, self.scope, ground, self.embedder.model)
            runs = Runs(
                ground, self.clients, standard_registry(), await self._limits(), self.embedder, self.settings.grounding,
                remembers=False,
            )  # fmt: skip
            await runs.open()
            try:
                return await self._asked(ground, runs, heard)
            finally:
                await runs.close()
                await self._keep_calls(ground)

    async def _asked(self, ground: Database, runs: Runs, heard: Heard) -> list[Verdict]:
        found = []
        async for verdict in Evaluation(ground, runs, demo.DEMO.scope).run(self.cases):
            if verdict.answer.error == BudgetExceeded.code:
                raise BudgetUsedUp
            found.append(verdict)
            await heard()
        return found

    async def _limits(self) -> Limits:
        """What the administrator has left of the day: in the other database nothing is spent yet."""
        limits = replace(Limits.of(self.settings), turns_per_minute=UNHURRIED)
        if limits.daily_budget_usd is None:
            return limits
        async with self.database.session(self.scope) as session:
            spent, reserved = await usage_repository.spent_today(session, self.scope.user_id)
        return replace(limits, daily_budget_usd=max(limits.daily_budget_usd - spent - reserved, Decimal(0)))

    async def _keep_calls(self, ground: Database) -> None:
        async with ground.session(demo.DEMO.scope) as session:
            calls = await tenant_copy.read_calls(session)
        owner = {"user_id": self.scope.user_id, "tenant_id": self.scope.tenant_id}
        async with self.database.session(self.scope) as session:
            await usage_repository.write(session, [call | owner for call in calls])


async def copy(source: Database, scope: Scope, target: Database, model: EmbeddingModel) -> None:
    """What every answer of the tenant is given by, to the tenant of the demo."""
    async with source.session(scope) as session:
        documents = _within(await tenant_copy.list_documents(session, model))
        memories = await tenant_copy.read_memories(session)
        prompt = await prompt_repository.find_active(session)
    writer = demo.ADMINISTRATOR.scope
    async with target.session(writer) as session:
        await tenant_copy.write_memories(session, memories, writer.tenant_id)
        if prompt is not None:
            await prompt_repository.add_active(session, writer.tenant_id, prompt.content, writer.user_id)
    for document_id in documents:
        async with source.session(scope) as session:
            document = await tenant_copy.read_document(session, document_id)
        if document is not None:
            await _write(target, document, model)


async def _write(target: Database, document: tenant_copy.StoredDocument, model: EmbeddingModel) -> None:
    writer = demo.ADMINISTRATOR.scope
    is_tenants = document.source.tenant_id is not None
    async with target.session(writer if is_tenants else None) as session:
        named = f"tenant:{writer.tenant_id}" if is_tenants else document.source.scope
        await tenant_copy.write_document(session, document, named, model)


def _within(documents: Sequence[tuple[UUID, int]]) -> list[UUID]:
    """As many as there is room for."""
    room = MOST_PASSAGES
    taken = []
    for document_id, passages in documents:
        room -= passages
        if room < 0:
            break
        taken.append(document_id)
    return taken
