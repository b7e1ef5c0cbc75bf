"""`sigmasight ask`: a question at the terminal, answered by the runtime of the web page and kept as a conversation.

The answer goes to standard output; what is done for it, and what went wrong, to standard error.
"""

import asyncio
import json
from contextlib import aclosing
from dataclasses import dataclass
from uuid import UUID

from pydantic import ValidationError
from rich.console import Console
from rich.text import Text

from app.agent.llm_client import get_llm_client
from app.agent.runs import Runs
from app.commands.terminal import plain
from app.config import Settings
from app.db import Database, Scope
from app.errors import InvalidField, NotFound
from app.main import create_app
from app.repositories import portfolio as portfolio_repository
from app.schemas.chat import (
    ConversationIn,
    DoneData,
    DoneEvent,
    ErrorEvent,
    MessageEvent,
    Mode,
    RunEvent,
    SendIn,
    StartEvent,
    ToolCallEvent,
    ToolResultEvent,
)
from app.services import auth, chat


@dataclass(frozen=True, slots=True)
class Asking:
    question: str
    email: str
    portfolio: str | None
    mode: Mode | None
    model: str | None


class Terminal:
    def __init__(self) -> None:
        self._answer = Console(highlight=False, markup=False, soft_wrap=True)
        self._steps = Console(stderr=True, highlight=False, markup=False, soft_wrap=True)
        self.is_answered = False

    def show(self, event: RunEvent) -> None:
        match event:
            case StartEvent():
                self._note(f"{event.data.provider} {event.data.model}, run {event.data.run_id}")
            case MessageEvent():
                self._answer.out(plain(event.data.delta), end="")
            case ToolCallEvent():
                self._note(f"{event.data.tool_name} {json.dumps(event.data.tool_args, ensure_ascii=False)}")
            case ToolResultEvent():
                if event.data.error is not None:
                    self._note(f"{event.data.tool_name}: {event.data.error.message}")
            case DoneEvent():
                self._answer.out("")
                self._note(_outcome(event.data))
                self.is_answered = True
            case ErrorEvent():
                self._answer.out("")
                self._steps.print(Text(plain(event.data.message), style="bold"))

    def _note(self, line: str) -> None:
        self._steps.print(Text(plain(line), style="dim"))


def ask_and_show(settings: Settings, asking: Asking) -> bool:
    """Whether there was an answer. Raises what a question may be refused with, and `UnknownUser`."""
    terminal = Terminal()
    # Warnings are about what the person is told anyway
    asyncio.run(_ask(settings.model_copy(update={"log_level": "ERROR"}), asking, terminal))
    return terminal.is_answered


async def _ask(settings: Settings, asking: Asking, terminal: Terminal) -> None:
    sent = _sent(asking)
    app = create_app(settings)
    async with app.router.lifespan_context(app):
        database: Database = app.state.database
        runs: Runs = app.state.runs
        scope = await auth.scope_of(database, asking.email)
        # Before there is a conversation, which would stay empty
        get_llm_client(app.state.clients, mode=asking.mode or "standard", model=asking.model)
        conversation_id = await _begin(database, scope, asking)
        run_id = await runs.start(scope, sent.model_copy(update={"conversation_id": conversation_id}), None)
        async with aclosing(runs.watch(run_id, scope, after=0)) as events:
            async for logged in events:
                terminal.show(logged.event)


def _sent(asking: Asking) -> SendIn:
    """For a conversation that is yet to begin."""
    try:
        return SendIn(conversation_id=UUID(int=0), text=asking.question, mode=asking.mode, model=asking.model)
    except ValidationError as error:
        raise InvalidField.first_of(error) from error


async def _begin(database: Database, scope: Scope, asking: Asking) -> UUID:
    async with database.session(scope) as session:
        portfolios = {row.name: row.id for row in await portfolio_repository.list_all(session)}
        wanted = ConversationIn(portfolio_id=_chosen(portfolios, asking.portfolio), mode=asking.mode or "standard")
        return (await chat.create(session, scope, wanted)).id


def _chosen(portfolios: dict[str, UUID], name: str | None) -> UUID | None:
    if name is None:
        return None
    for known, portfolio_id in portfolios.items():
        if known.casefold() == name.strip().casefold():
            return portfolio_id
    raise NotFound(f"There is no portfolio of this name. There are: {', '.join(portfolios) or 'none'}.")


def _outcome(done: DoneData) -> str:
    usage = done.usage
    cost = "" if usage.cost_usd is None else f", {usage.cost_usd:.4f} USD"
    tokens = f"{usage.input_tokens:,} tokens in, {usage.output_tokens:,} out"
    return f"{done.finish_reason}; {done.tool_calls_count} tool calls; {tokens}{cost}"
