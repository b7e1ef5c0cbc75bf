"""A question is taken: the person's message, the run that will answer it and its first event, in one transaction."""

import hashlib
from dataclasses import dataclass
from typing import cast
from uuid import UUID, uuid4

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from app.agent import history, run_log
from app.agent.context import PagePortfolio, Question, Summary
from app.agent.llm_client import Choice, ClientSource, get_llm_client
from app.agent.run_log import LEASE, LoggedEvent
from app.db import Scope
from app.errors import Conflict, Invalid, NotFound
from app.models import Conversation, Message, Run
from app.repositories import conversation as conversation_repository
from app.repositories import portfolio as portfolio_repository
from app.repositories import run as run_repository
from app.schemas.chat import Mode, SendIn, StartData, StartEvent

UNTITLED = "New conversation"
MAX_TITLE_CHARS = 80


class ConversationNotFound(NotFound):
    detail = "There is no such conversation."


class RunInProgress(Conflict):
    code = "run_in_progress"
    detail = "The analyst is still answering in this conversation. Wait for it, or stop it."


class IdempotencyKeyReused(Invalid):
    code = "idempotency_key_reused"
    detail = "This Idempotency-Key came with a different request before. Use a fresh one for each question."


@dataclass(frozen=True, slots=True)
class Asked:
    """A run and, where it is new, all that carrying it out takes."""

    run: Run
    choice: Choice
    question: Question
    start: StartEvent

    @property
    def portfolio_id(self) -> UUID | None:
        return self.question.portfolio.id if self.question.portfolio is not None else None


async def ask(
    session: AsyncSession, scope: Scope, sent: SendIn, idempotency_key: str | None, clients: ClientSource, owner: str
) -> Asked | Run:
    """The run of the same request where it was sent before; otherwise a new one."""
    conversation = await conversation_repository.find_for_update(session, sent.conversation_id)
    if conversation is None:
        raise ConversationNotFound
    request_hash = _hash(sent)
    if idempotency_key is not None:
        earlier = await run_repository.find_by_key(session, scope.user_id, idempotency_key)
        if earlier is not None:
            return _same_request(earlier, request_hash)
    if await run_repository.find_active(session, conversation.id) is not None:
        raise RunInProgress
    mode = sent.mode or cast(Mode, conversation.mode)
    choice = get_llm_client(clients, task="chat", mode=mode, model=sent.model)
    message = await _store_question(session, conversation, sent)
    run = _run(conversation, message, choice, mode=mode, owner=owner)
    run.idempotency_key, run.request_hash = idempotency_key, request_hash
    start = await _store_run(session, run)
    portfolio = await _page_portfolio(session, sent, conversation)
    question = Question(
        conversation.id, message.position, sent.text, sent.ui_context, portfolio, _summary(conversation)
    )
    return Asked(run, choice, question, start)


def is_key_collision(error: IntegrityError) -> bool:
    """Two requests with one key at the same moment, in different conversations: not the same request."""
    return "uq_runs_idempotency_key" in str(error.orig)


def title_of(text: str) -> str:
    """The beginning of the first question."""
    line = " ".join(text.split())
    if len(line) <= MAX_TITLE_CHARS:
        return line
    return line[:MAX_TITLE_CHARS].rsplit(" ", 1)[0] + "\u2026"


def _hash(sent: SendIn) -> str:
    return hashlib.sha256(sent.model_dump_json().encode()).hexdigest()


def _same_request(earlier: Run, request_hash: str) -> Run:
    if earlier.request_hash != request_hash:
        raise IdempotencyKeyReused
    return earlier


async def _store_question(session: AsyncSession, conversation: Conversation, sent: SendIn) -> Message:
    message = Message(
        user_id=conversation.user_id,
        conversation_id=conversation.id,
        role="user",
        content=sent.text,
        parts=[{"type": "text", "text": sent.text}],
        ui_context=sent.ui_context.model_dump(mode="json") if sent.ui_context is not None else None,
    )
    message.tokens = history.tokens_of(message)
    session.add(message)
    if conversation.title == UNTITLED:
        conversation.title = title_of(sent.text)
    await conversation_repository.touch(session, conversation.id)
    await session.flush()
    return message


def _run(conversation: Conversation, message: Message, choice: Choice, *, mode: Mode, owner: str) -> Run:
    return Run(
        id=uuid4(),
        tenant_id=conversation.tenant_id,
        user_id=conversation.user_id,
        conversation_id=conversation.id,
        user_message_id=message.id,
        assistant_message_id=uuid4(),
        provider=choice.client.provider,
        model=choice.model,
        mode=mode,
        lease_owner=owner,
        lease_expires_at=run_repository.lease_end(LEASE),
    )


def _summary(conversation: Conversation) -> Summary | None:
    text = conversation.summary
    return Summary(text, conversation.summary_position) if text is not None else None


async def _store_run(session: AsyncSession, run: Run) -> StartEvent:
    session.add(run)
    await session.flush()
    start = StartEvent(data=_start_data(run))
    await run_log.append(session, run.id, run.user_id, [LoggedEvent(1, start)])
    return start


def _start_data(run: Run) -> StartData:
    return StartData(
        conversation_id=run.conversation_id,
        run_id=run.id,
        user_message_id=run.user_message_id,
        assistant_message_id=run.assistant_message_id,
        provider=str(run.provider),
        model=str(run.model),
        mode=cast(Mode, run.mode),
    )


async def _page_portfolio(session: AsyncSession, sent: SendIn, conversation: Conversation) -> PagePortfolio | None:
    """That of the page, or else of the conversation. The page's word is not trusted: who does not own it has none."""
    named = sent.ui_context.portfolio_id if sent.ui_context is not None else None
    for wanted in (named, conversation.portfolio_id):
        if wanted is not None and (found := await portfolio_repository.find(session, wanted)) is not None:
            return PagePortfolio(found.id, found.name)
    return None
