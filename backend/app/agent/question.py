"""A question is taken: the person's message, the run that will answer it and its first event, in one transaction."""

import hashlib
from dataclasses import dataclass
from typing import cast
from uuid import UUID, uuid4

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from app.agent import heavy_question, history, routing_rules, run_log
from app.agent.context import PagePortfolio, Question, Summary
from app.agent.limits import Limits
from app.agent.llm_client import Choice, ClientSource, Task
from app.agent.run_log import LEASE, LoggedEvent
from app.db import Scope
from app.errors import Conflict, Invalid, NotFound
from app.models import Conversation, Message, Run
from app.repositories import conversation as conversation_repository
from app.repositories import message as message_repository
from app.repositories import portfolio as portfolio_repository
from app.repositories import run as run_repository
from app.schemas.chat import Mode, RegenerateIn, SendIn, StartData, StartEvent, UiContext

UNTITLED = "New conversation"
MAX_TITLE_CHARS = 80


class ConversationNotFound(NotFound):
    detail = "There is no such conversation."


class MessageNotFound(NotFound):
    detail = "There is no such message."


class NotTheLastTurn(Conflict):
    code = "not_the_last_turn"
    detail = "Only the last question of a conversation can be changed or answered again."


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
    task: Task
    question: Question
    start: StartEvent

    @property
    def portfolio_id(self) -> UUID | None:
        return self.question.portfolio.id if self.question.portfolio is not None else None


@dataclass(frozen=True, slots=True)
class Wish:
    """What a request asks for besides its question, and by what it is known again."""

    mode: Mode | None
    model: str | None
    idempotency_key: str | None
    request_hash: str


@dataclass(frozen=True, slots=True)
class Desk:
    """Where questions are taken: the models there are, what a person may use of them, and this process's name."""

    clients: ClientSource
    limits: Limits
    owner: str


async def ask(
    session: AsyncSession, scope: Scope, sent: SendIn, idempotency_key: str | None, desk: Desk
) -> Asked | Run:
    """The run of the same request where it was sent before; otherwise a new one."""
    wish = Wish(sent.mode, sent.model, idempotency_key, _hash(sent))
    conversation = await _claim(session, scope, sent.conversation_id, wish, desk)
    if isinstance(conversation, Run):
        return conversation
    if sent.replaces_message_id is not None:
        await _withdraw(session, conversation, sent)
    message = await _store_question(session, conversation, sent)
    return await _begin(session, scope, conversation, message, wish, desk)


async def ask_again(
    session: AsyncSession,
    scope: Scope,
    message_id: UUID,
    wanted: RegenerateIn,
    idempotency_key: str | None,
    desk: Desk,
) -> Asked | Run:
    """The question of the last answer once more. That answer stands until there is another in its place."""
    former = await message_repository.find(session, message_id)
    if former is None:
        raise MessageNotFound
    wish = Wish(wanted.mode, wanted.model, idempotency_key, _hash(wanted, str(message_id)))
    conversation = await _claim(session, scope, former.conversation_id, wish, desk)
    if isinstance(conversation, Run):
        return conversation
    question, *answers = await message_repository.list_last_turn(session, conversation.id)
    if former.id not in [answer.id for answer in answers]:
        raise NotTheLastTurn
    return await _begin(session, scope, conversation, question, wish, desk, replaces=former.id)


def is_key_collision(error: IntegrityError) -> bool:
    """Two requests with one key at the same moment, in different conversations: not the same request."""
    return "uq_runs_idempotency_key" in str(error.orig)


def title_of(text: str) -> str:
    """The beginning of the first question."""
    line = " ".join(text.split())
    if len(line) <= MAX_TITLE_CHARS:
        return line
    return line[:MAX_TITLE_CHARS].rsplit(" ", 1)[0] + "\u2026"


def _hash(sent: SendIn | RegenerateIn, about: str = "") -> str:
    return hashlib.sha256(f"{about}{sent.model_dump_json()}".encode()).hexdigest()


async def _claim(
    session: AsyncSession, scope: Scope, conversation_id: UUID, wish: Wish, desk: Desk
) -> Conversation | Run:
    """The conversation, where it is free for another turn; or the run of the same request."""
    conversation = await conversation_repository.find_for_update(session, conversation_id)
    if conversation is None:
        raise ConversationNotFound
    if wish.idempotency_key is not None:
        earlier = await run_repository.find_by_key(session, scope.user_id, wish.idempotency_key)
        if earlier is not None:
            return _same_request(earlier, wish.request_hash)
    if await run_repository.find_active(session, conversation.id) is not None:
        raise RunInProgress
    await desk.limits.check_pace(session, scope)
    return conversation


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


async def _withdraw(session: AsyncSession, conversation: Conversation, sent: SendIn) -> None:
    """The last question and what followed it: the person asks it in other words."""
    turn = await message_repository.list_last_turn(session, conversation.id)
    if not turn or turn[0].id != sent.replaces_message_id:
        raise NotTheLastTurn
    for message in turn:
        message.is_superseded = True
    if conversation.title == title_of(turn[0].content):
        conversation.title = title_of(sent.text)


async def _begin(
    session: AsyncSession,
    scope: Scope,
    conversation: Conversation,
    message: Message,
    wish: Wish,
    desk: Desk,
    *,
    replaces: UUID | None = None,
) -> Asked:
    mode, task = wish.mode or cast(Mode, conversation.mode), heavy_question.task_of(message.content)
    choice = await routing_rules.choose(session, desk.clients, scope, task=task, mode=mode, model=wish.model)
    await desk.limits.check_budget(session, scope, choice)
    run = _run(conversation, message, choice, mode=mode, owner=desk.owner)
    run.idempotency_key, run.request_hash, run.replaces_message_id = wish.idempotency_key, wish.request_hash, replaces
    start = await _store_run(session, run)
    ui_context = UiContext.model_validate(message.ui_context) if message.ui_context is not None else None
    portfolio = await page_portfolio(session, ui_context, conversation)
    question = Question(
        conversation.id, message.position, message.content, ui_context, portfolio, _summary(conversation)
    )
    return Asked(run, choice, task, question, start)


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
        variant=choice.variant,
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


async def page_portfolio(
    session: AsyncSession, ui_context: UiContext | None, conversation: Conversation
) -> PagePortfolio | None:
    """That of the page, or else of the conversation. The page's word is not trusted: who does not own it has none."""
    named = ui_context.portfolio_id if ui_context is not None else None
    for wanted in (named, conversation.portfolio_id):
        if wanted is not None and (found := await portfolio_repository.find(session, wanted)) is not None:
            return PagePortfolio(found.id, found.name)
    return None
