"""Drafts of memories: what a person said is written down, and used for nothing until they confirm it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, cast
from uuid import UUID

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from app.agent import memory_extraction, memory_statements, question, routing_rules
from app.agent.embeddings import Embedder
from app.agent.ledger import Account
from app.agent.limits import Limits
from app.agent.llm_client import CallMetadata, Choice, ClientSource, provider_key
from app.agent.memory_statements import Statement
from app.agent.metering import metered
from app.db import Database, Scope
from app.models import Memory, Message, Portfolio
from app.repositories import conversation as conversation_repository
from app.repositories import memory as memory_repository
from app.repositories import message as message_repository
from app.repositories import portfolio as portfolio_repository
from app.repositories import user as user_repository
from app.repositories.memory import Embedding
from app.schemas.chat import Mode, UiContext
from app.services import memory as memory_service

# Of one person. Whoever never looks at them need not keep more
MAX_DRAFTS = 50
# From here on two say something of the same; whether they say the same, their words tell
NEAR = 0.85

# What became of a statement: written down; known already; no room; about several portfolios at once, so about none;
# or the person does not want anything remembered
Outcome = Literal["draft", "known", "full", "ambiguous", "switched_off"]

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Source:
    """The message that it was said in, and the portfolio that the person was looking at."""

    message_id: UUID
    portfolio_id: UUID | None


@dataclass(frozen=True, slots=True)
class Heard:
    """A message that is still there, with who may be asked what of it is worth keeping."""

    text: str
    source: Source
    choice: Choice
    conversation_id: UUID


async def listen(
    database: Database, clients: ClientSource, embedder: Embedder, scope: Scope, message_id: UUID, limits: Limits
) -> list[Outcome]:
    """Drafts of what a message states. Raises an `LLMError` or `TimeoutError`."""
    async with database.session(scope) as session:
        heard = await _heard(session, clients, scope, message_id)
    if heard is None:
        return []
    metadata = CallMetadata(
        task="memory",
        user_key=provider_key(scope.user_id),
        conversation_key=provider_key(heard.conversation_id),
        max_output_tokens=memory_extraction.MAX_OUTPUT_TOKENS,
    )
    async with metered(database, heard.choice, Account(scope), limits) as calls:
        statements = await memory_extraction.extract(calls, heard.text, metadata)
    return await write_down(database, embedder, scope, statements, heard.source)


async def write_down(
    database: Database, embedder: Embedder | None, scope: Scope, statements: Sequence[Statement], source: Source
) -> list[Outcome]:
    """What became of each. No connection is held while they are embedded."""
    if not statements:
        return []
    embeddings: list[Embedding | None] = [None] * len(statements)
    if embedder is not None:
        contents = [statement.content for statement in statements]
        embeddings = await memory_service.embed(database, embedder, scope, contents)
    async with database.session(scope) as session:
        if not await user_repository.wants_memory(session, scope.user_id):
            return ["switched_off"] * len(statements)
        await memory_repository.lock_owner(session, scope, "user")
        portfolios = await portfolio_repository.list_all(session)
        outcomes = []
        for statement, embedding in zip(statements, embeddings, strict=True):
            draft = _draft(scope, statement, embedding, source)
            outcomes.append(await _store(session, draft, embedding, portfolios))
    return outcomes


async def _heard(session: AsyncSession, clients: ClientSource, scope: Scope, message_id: UUID) -> Heard | None:
    message = await message_repository.find(session, message_id)
    if message is None or message.role != "user" or message.is_superseded:
        return None
    conversation = await conversation_repository.find(session, message.conversation_id)
    if conversation is None or not await user_repository.wants_memory(session, scope.user_id):
        return None
    page = await question.page_portfolio(session, _ui_context(message), conversation.portfolio_id)
    choice = await routing_rules.choose(session, clients, scope, task="memory", mode=cast(Mode, conversation.mode))
    source = Source(message.id, page.id if page is not None else None)
    return Heard(message.content, source, choice, conversation.id)


def _ui_context(message: Message) -> UiContext | None:
    return UiContext.model_validate(message.ui_context) if message.ui_context is not None else None


def _draft(scope: Scope, statement: Statement, embedding: Embedding | None, source: Source) -> Memory:
    memory = Memory(
        scope="user",
        tenant_id=scope.tenant_id,
        user_id=scope.user_id,
        portfolio_id=source.portfolio_id if statement.about == "portfolio" else None,
        kind=statement.kind,
        status="draft",
        source_message_id=source.message_id,
    )
    memory_repository.place(memory, statement.content, embedding)
    return memory


async def _store(
    session: AsyncSession, draft: Memory, embedding: Embedding | None, portfolios: Sequence[Portfolio]
) -> Outcome:
    named = [portfolio.id for portfolio in portfolios if _names(draft.content, portfolio.name)]
    if len(named) > 1:
        # It would be used for one of them where it is about the other
        return "ambiguous"
    if named:
        draft.portfolio_id = named[0]
    others = await memory_repository.list_beside(session, draft.portfolio_id, embedding)
    if any(memory_statements.same(other.content, draft.content) for other in others):
        return "known"
    if await _is_full(session):
        log.info("memory_not_drafted", reason="full")
        return "full"
    draft.replaces_id = next((other.id for other in others if (other.similarity or 0.0) >= NEAR), None)
    await memory_repository.add(session, draft)
    return "draft"


async def _is_full(session: AsyncSession) -> bool:
    return (
        await memory_repository.count(session, "user") >= memory_service.MAX_MEMORIES
        or await memory_repository.count(session, "user", status="draft") >= MAX_DRAFTS
    )


def _names(content: str, portfolio_name: str) -> bool:
    return f" {_plain(portfolio_name)} " in f" {_plain(content)} "


def _plain(text: str) -> str:
    return " ".join("".join(char if char.isalnum() else " " for char in text.casefold()).split())
