"""A question is taken: the person's message, the run that will answer it and its first event, in one transaction."""

import asyncio
import hashlib
from collections.abc import Awaitable, Sequence
from dataclasses import dataclass
from typing import cast
from uuid import UUID, uuid4

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from app.agent import bulletin, heavy_question, history, rag, routing_rules
from app.agent.context import Assembly, PagePortfolio, Question, Rows, Summary
from app.agent.embeddings import Embedder
from app.agent.limits import MINUTE, Limits
from app.agent.llm_client import Choice, ClientSource, Task
from app.agent.rag import Query
from app.agent.run_log import LEASE
from app.agent.turn_knowledge import TurnKnowledge
from app.agent.turn_memory import Said, TurnMemory
from app.db import Read, Scope, together
from app.errors import Conflict, Invalid, NotFound
from app.models import Message, Run
from app.repositories import asking
from app.repositories import message as message_repository
from app.repositories import portfolio as portfolio_repository
from app.repositories.asking import Rule, Standing, Talk
from app.schemas.chat import Mode, RegenerateIn, SendIn, StartData, StartEvent, UiContext
from app.services.token import InvalidAccessToken

UNTITLED = "New conversation"
MAX_TITLE_CHARS = 80
# Behind all that was ever said
END = 2**63 - 1


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
    assembly: Assembly
    start: StartEvent
    # What was read for the assembly while the question was stored
    found: Rows
    # The question as it is searched for: it is embedded while it is stored
    query: Awaitable[Query | None]

    @property
    def portfolio_id(self) -> UUID | None:
        portfolio = self.assembly.question.portfolio
        return portfolio.id if portfolio is not None else None


@dataclass(frozen=True, slots=True)
class Wish:
    """What a request asks for besides its question, and by what it is known again."""

    mode: Mode | None
    model: str | None
    idempotency_key: str | None
    request_hash: str
    # The answer that another is to take the place of
    replaces: UUID | None = None


@dataclass(frozen=True, slots=True)
class Ground:
    """Where a question is asked: its conversation, held until the transaction ends, the rules, the portfolio."""

    talk: Talk
    rules: Sequence[Rule]
    portfolio: PagePortfolio | None


@dataclass(frozen=True, slots=True)
class Desk:
    """Where questions are taken: the models there are, what a person may use of them, and this process's name.

    Without an embedder, turns know nothing of the knowledge base; `remembers`: of what people have said.
    """

    clients: ClientSource
    limits: Limits
    owner: str
    embedder: Embedder | None
    remembers: bool


async def ask(
    session: AsyncSession, scope: Scope, sent: SendIn, idempotency_key: str | None, desk: Desk
) -> Asked | UUID:
    """The run of the same request where it was sent before; otherwise a new one."""
    wish = Wish(sent.mode, sent.model, idempotency_key, _hash(sent))
    standing = await _look(session, scope, sent.conversation_id, wish, desk, sent.ui_context)
    if (earlier := _same_request(standing, wish)) is not None:
        return earlier
    talk = _free(standing, desk)
    title = title_of(sent.text) if talk.title == UNTITLED else talk.title
    if sent.replaces_message_id is not None:
        title = await _withdraw(session, talk, sent)
    message = _message(talk, sent)
    ground = Ground(talk, standing.rules, _page_portfolio(standing, sent.ui_context))
    question = _question(message, ground, before=END)
    return await _begin(session, scope, message.id, question, ground, wish, desk, stored=asking.ask(message, title))


async def ask_again(
    session: AsyncSession,
    scope: Scope,
    message_id: UUID,
    wanted: RegenerateIn,
    idempotency_key: str | None,
    desk: Desk,
) -> Asked | UUID:
    """The question of the last answer once more. That answer stands until there is another in its place."""
    former = await message_repository.find(session, message_id)
    if former is None:
        raise MessageNotFound
    wish = Wish(wanted.mode, wanted.model, idempotency_key, _hash(wanted, str(message_id)), replaces=former.id)
    standing = await _look(session, scope, former.conversation_id, wish, desk)
    if (earlier := _same_request(standing, wish)) is not None:
        return earlier
    talk = _free(standing, desk)
    message, *answers = await message_repository.list_last_turn(session, talk.id)
    if former.id not in [answer.id for answer in answers]:
        raise NotTheLastTurn
    portfolio = await page_portfolio(session, _ui_context(message), talk.portfolio_id)
    ground = Ground(talk, standing.rules, portfolio)
    question = _question(message, ground, before=message.position)
    return await _begin(session, scope, message.id, question, ground, wish, desk)


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


async def _look(
    session: AsyncSession,
    scope: Scope,
    conversation_id: UUID,
    wish: Wish,
    desk: Desk,
    ui_context: UiContext | None = None,
) -> Standing:
    """How things stand, and stay until the transaction ends."""
    standing = await asking.find_standing(
        session,
        scope,
        conversation_id,
        idempotency_key=wish.idempotency_key,
        portfolio_id=ui_context.portfolio_id if ui_context is not None else None,
        within=MINUTE,
        most=desk.limits.turns_per_minute,
    )
    if not standing.may_ask:
        raise InvalidAccessToken
    return standing


def _same_request(standing: Standing, wish: Wish) -> UUID | None:
    """The run that the same request has begun before."""
    if standing.talk is None:
        raise ConversationNotFound
    if standing.earlier is None:
        return None
    if standing.earlier.request_hash != wish.request_hash:
        raise IdempotencyKeyReused
    return standing.earlier.id


def _free(standing: Standing, desk: Desk) -> Talk:
    """The conversation, where another turn may begin in it."""
    if standing.talk is None:
        raise ConversationNotFound
    if standing.is_being_answered:
        raise RunInProgress
    desk.limits.check_pace(standing.begun_ago)
    return standing.talk


def _message(talk: Talk, sent: SendIn) -> Message:
    message = Message(
        id=uuid4(),
        user_id=talk.user_id,
        conversation_id=talk.id,
        role="user",
        content=sent.text,
        parts=[{"type": "text", "text": sent.text}],
        ui_context=sent.ui_context.model_dump(mode="json") if sent.ui_context is not None else None,
    )
    message.tokens = history.tokens_of(message)
    return message


async def _withdraw(session: AsyncSession, talk: Talk, sent: SendIn) -> str:
    """The last question and what followed it: the person asks it in other words. The conversation's title then."""
    turn = await message_repository.list_last_turn(session, talk.id)
    if not turn or turn[0].id != sent.replaces_message_id:
        raise NotTheLastTurn
    for message in turn:
        message.is_superseded = True
    await session.flush()
    return title_of(sent.text) if talk.title == title_of(turn[0].content) else talk.title


async def _begin(
    session: AsyncSession,
    scope: Scope,
    message_id: UUID,
    question: Question,
    ground: Ground,
    wish: Wish,
    desk: Desk,
    *,
    stored: Sequence[Read] = (),
) -> Asked:
    """`stored` is what is stored before the run, where the question is a new one."""
    mode, task = wish.mode or cast(Mode, ground.talk.mode), heavy_question.task_of(question.text)
    choice = routing_rules.chosen(ground.rules, desk.clients, scope, task=task, mode=mode, model=wish.model)
    await desk.limits.check_budget(session, scope, choice)
    run = _run(message_id, ground, wish, choice, mode=mode, owner=desk.owner)
    start = StartEvent(data=_start_data(run))
    begun = asking.begin(run, LEASE, start.data.model_dump_json(), bulletin.notice("events", run.id))
    query = asyncio.create_task(rag.ask_if_possible(desk.embedder, question.text))
    assembly = _assembly(scope, message_id, question, desk)
    reads = assembly.reads()
    # What was said before is read before the question is there
    found = await together(session, [*reads, *stored, *begun])
    return Asked(run, choice, task, assembly, start, found[: len(reads)], query)


def _assembly(scope: Scope, message_id: UUID, question: Question, desk: Desk) -> Assembly:
    portfolio_id = question.portfolio.id if question.portfolio is not None else None
    source = Said(question.conversation_id, message_id)
    memory = TurnMemory(desk.embedder, portfolio_id, source=source, with_own=desk.remembers)
    page = question.ui_context.page if question.ui_context is not None else None
    knowledge = TurnKnowledge(desk.embedder, page) if desk.embedder is not None else None
    return Assembly(scope, question, knowledge, memory)


def _question(message: Message, ground: Ground, *, before: int) -> Question:
    summary = _summary(ground.talk)
    return Question(ground.talk.id, before, message.content, _ui_context(message), ground.portfolio, summary)


def _run(message_id: UUID, ground: Ground, wish: Wish, choice: Choice, *, mode: Mode, owner: str) -> Run:
    return Run(
        id=uuid4(),
        tenant_id=ground.talk.tenant_id,
        user_id=ground.talk.user_id,
        conversation_id=ground.talk.id,
        user_message_id=message_id,
        assistant_message_id=uuid4(),
        replaces_message_id=wish.replaces,
        provider=choice.client.provider,
        model=choice.model,
        variant=choice.variant,
        mode=mode,
        idempotency_key=wish.idempotency_key,
        request_hash=wish.request_hash,
        lease_owner=owner,
    )


def _summary(talk: Talk) -> Summary | None:
    return Summary(talk.summary, talk.summary_position) if talk.summary is not None else None


def _ui_context(message: Message) -> UiContext | None:
    return UiContext.model_validate(message.ui_context) if message.ui_context is not None else None


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


def _page_portfolio(standing: Standing, ui_context: UiContext | None) -> PagePortfolio | None:
    """As `page_portfolio`, of what has been read already."""
    named = ui_context.portfolio_id if ui_context is not None else None
    own = standing.talk.portfolio_id if standing.talk is not None else None
    for wanted in (named, own):
        if wanted is not None and wanted in standing.portfolios:
            return PagePortfolio(wanted, standing.portfolios[wanted])
    return None


async def page_portfolio(
    session: AsyncSession, ui_context: UiContext | None, portfolio_id: UUID | None
) -> PagePortfolio | None:
    """That of the page, or else of the conversation. The page's word is not trusted: who does not own it has none."""
    named = ui_context.portfolio_id if ui_context is not None else None
    for wanted in (named, portfolio_id):
        if wanted is not None and (found := await portfolio_repository.find(session, wanted)) is not None:
            return PagePortfolio(found.id, found.name)
    return None
