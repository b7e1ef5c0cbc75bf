"""What the tools give for a custom question: a turn of the analyst on the portfolio, whose text is only a draft."""

import json
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import uuid4

from app.agent import context, ledger
from app.agent.context import PagePortfolio, Question
from app.agent.ledger import Account, Purse
from app.agent.llm_client import CallMetadata, Choice, UserMessage, provider_key
from app.agent.runtime import Turn
from app.agent.sections import Context, Section, piece
from app.agent.tools.contract import ToolContext
from app.agent.turn_tools import ToolBox
from app.insights.facts import LookedUp
from app.schemas.chat import ToolCallData, ToolCallEvent, ToolResultData, ToolResultEvent, Usage

# What a model is shown again of the results: a few whole ones rather than many beginnings
MAX_RESULT_CHARS = 150_000
LEFT_OUT = "Some of what was looked up is left out here: it was too long."


@dataclass(frozen=True, slots=True)
class Asked:
    """A question about a portfolio, and who pays for the answer."""

    question: str
    portfolio: PagePortfolio
    account: Account
    purse: Purse | None


@dataclass(frozen=True, slots=True)
class Researched:
    draft: str
    looked_up: list[LookedUp]
    usage: Usage
    is_cut: bool


async def research(
    choice: Choice, toolbox: ToolBox, on_behalf: ToolContext, asked: Asked
) -> AsyncGenerator[ToolCallEvent | ToolResultEvent | Researched, None]:
    """The tool calls as they happen, and last what came of them. Raises an `LLMError` where no answer could be had."""
    metadata = CallMetadata(user_key=provider_key(on_behalf.scope.user_id))
    turn = Turn(choice, toolbox, on_behalf, metadata, asked.purse)
    called: dict[str, ToolCallData] = {}
    found: list[LookedUp] = []
    try:
        async with aclosing(turn.events(_given(asked))) as events:
            async for event in events:
                if isinstance(event, ToolCallEvent):
                    called[event.data.tool_call_id] = event.data
                    yield event
                elif isinstance(event, ToolResultEvent):
                    found += _looked_up(called[event.data.tool_call_id], event.data)
                    yield event
    finally:
        async with on_behalf.database.session(on_behalf.scope) as session:
            await ledger.write(session, asked.account, turn.calls.log.calls)
    kept = _fitting(found)
    yield Researched(turn.snapshot.text, kept, turn.done().data.usage, is_cut=len(kept) < len(found))


def _looked_up(call: ToolCallData, outcome: ToolResultData) -> list[LookedUp]:
    if outcome.error is not None:
        return []
    return [LookedUp(tool=call.tool_name, arguments=call.tool_args, result=outcome.result)]


def _given(asked: Asked) -> Context:
    question = Question(uuid4(), 0, asked.question, None, asked.portfolio)
    return Context(
        (
            context.rules(),
            context.page(question, datetime.now(UTC)),
            Section("question", (piece(UserMessage(role="user", content=asked.question)),)),
        )
    )


def _fitting(found: list[LookedUp]) -> list[LookedUp]:
    kept: list[LookedUp] = []
    left = MAX_RESULT_CHARS
    for entry in found:
        left -= len(json.dumps(entry.result, ensure_ascii=False))
        if left < 0:
            break
        kept.append(entry)
    return kept
