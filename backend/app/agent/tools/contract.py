"""What a tool is.

A tool is an async function with a Pydantic input, a Pydantic output and a docstring; what a model is told of it is
derived from those. It works in a session of the caller's scope: whose data it may read never comes from arguments.

Failures that the model may read, and often correct:

ToolRefused                      code, and a sentence that says what to do instead
├── UnknownTool
├── InvalidArguments
├── PortfolioNotFound            the same words for a missing and for somebody else's portfolio
├── AmbiguousPortfolio
└── InstrumentNotFound
"""

import inspect
import json
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, get_type_hints
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy.ext.asyncio import AsyncSession

from app.agent.llm_client import ToolSpec
from app.agent.tools.json_schema import parameters_of
from app.agent.turn_knowledge import TurnKnowledge
from app.agent.turn_memory import TurnMemory
from app.db import Database, Scope


@dataclass(frozen=True, slots=True)
class ToolContext:
    """On whose behalf tools run. `portfolio_id` is that of the page: a default, never a permission.

    `knowledge` is what the turn has been given of the knowledge base; None where there is none to search. `memory` is
    what it has been given of what is remembered; None outside a conversation.
    """

    database: Database
    scope: Scope
    portfolio_id: UUID | None
    knowledge: TurnKnowledge | None = None
    memory: TurnMemory | None = None

    @property
    def useless_tools(self) -> frozenset[str]:
        """Those that could only refuse here: a model need not read of them."""
        useless = set() if self.knowledge is not None else {"search_knowledge"}
        if self.memory is None or not self.memory.with_own:
            useless.add("remember")
        return frozenset(useless)


@dataclass(frozen=True, slots=True)
class ToolFailure:
    code: str
    message: str


@dataclass(frozen=True, slots=True)
class ToolOutcome:
    """What came of a call: exactly one of `result` (JSON-ready) and `error`."""

    result: Any | None
    error: ToolFailure | None
    duration_ms: int


@dataclass(frozen=True, slots=True)
class ToolRun:
    """What a tool works with while it runs: a short session of its own, bound to the caller."""

    session: AsyncSession
    context: ToolContext


ToolFunction = Callable[[Any, ToolRun], Awaitable[BaseModel]]


@dataclass(frozen=True, slots=True)
class Tool:
    name: str
    description: str
    input_model: type[BaseModel]
    output_model: type[BaseModel]
    function: ToolFunction

    def spec(self) -> ToolSpec:
        return ToolSpec(name=self.name, description=self.description, parameters=parameters_of(self.input_model))


def tool(function: ToolFunction) -> Tool:
    """Make a tool of an async function `(arguments, run) -> output`."""
    hints = get_type_hints(function)
    description = inspect.getdoc(function)
    if not description:
        raise TypeError(f"{function.__name__} needs a docstring: it is what a model chooses by")
    first_parameter = next(iter(inspect.signature(function).parameters))
    return Tool(
        name=function.__name__,
        description=" ".join(description.split()),
        input_model=hints[first_parameter],
        output_model=hints["return"],
        function=function,
    )


class ToolRefused(Exception):
    code: ClassVar[str] = "refused"


class UnknownTool(ToolRefused):
    code = "unknown_tool"

    def __init__(self, name: str, close: Sequence[str], known: Sequence[str]) -> None:
        hint = f"Did you mean {_listed(close)}?" if close else f"There are: {_listed(known)}."
        super().__init__(f"There is no tool named {json.dumps(name[:60])}. {hint}")


class InvalidArguments(ToolRefused):
    code = "invalid_arguments"


class PortfolioNotFound(ToolRefused):
    code = "portfolio_not_found"

    def __init__(self) -> None:
        super().__init__("This person has no such portfolio. list_portfolios gives the names and ids that there are.")


class AmbiguousPortfolio(ToolRefused):
    code = "ambiguous_portfolio"


class InstrumentNotFound(ToolRefused):
    code = "instrument_not_found"


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names)
