"""All tools behind one door. Whatever goes wrong behind it, the model gets a sentence that it can act on."""

import asyncio
import difflib
import time
from collections.abc import Iterable
from typing import Any

import structlog
from pydantic import ValidationError

from app.agent.llm_client import ToolSpec
from app.agent.tools import size
from app.agent.tools.contract import (
    InvalidArguments,
    PortfolioNotFound,
    Tool,
    ToolContext,
    ToolFailure,
    ToolOutcome,
    ToolRefused,
    ToolRun,
    UnknownTool,
)
from app.analytics.errors import InsufficientData, Undefined
from app.errors import AppError

log = structlog.get_logger()

# A figure that takes longer than this is not worth holding a turn for; analytics answer in well under a second
TIMEOUT_SECONDS = 10.0
# Argument problems told at once: more than a model corrects in one go
MAX_PROBLEMS = 5
MAX_FIELD_CHARS = 60


class Registry:
    def __init__(self, tools: Iterable[Tool], *, timeout_seconds: float = TIMEOUT_SECONDS) -> None:
        self._tools: dict[str, Tool] = {}
        self._specs: list[ToolSpec] = []
        self._timeout_seconds = timeout_seconds
        for tool in tools:
            if tool.name in self._tools:
                raise ValueError(f"two tools are named {tool.name}")
            self._tools[tool.name] = tool

    @property
    def names(self) -> list[str]:
        return list(self._tools)

    def offered(self, context: ToolContext) -> list[Tool]:
        """All but those that could only refuse there."""
        return [tool for tool in self._tools.values() if tool.name not in context.useless_tools]

    def specs(self) -> list[ToolSpec]:
        """Worked out once: every turn asks, and it takes longer than a turn's whole work otherwise does."""
        if not self._specs:
            self._specs = [tool.spec() for tool in self._tools.values()]
        return self._specs

    async def call(self, name: str, arguments: dict[str, Any], context: ToolContext) -> ToolOutcome:
        """Carry out one call. Raises nothing but the cancellation of the turn."""
        started = time.perf_counter()
        try:
            async with asyncio.timeout(self._timeout_seconds):
                result = await self._run(name, arguments, context)
        # The tool boundary: one of the two places where everything is caught. The turn goes on without this result.
        except Exception as error:  # noqa: BLE001
            return ToolOutcome(result=None, error=_failure(name, error), duration_ms=_elapsed_ms(started))
        return ToolOutcome(result=result, error=None, duration_ms=_elapsed_ms(started))

    async def _run(self, name: str, arguments: dict[str, Any], context: ToolContext) -> dict[str, Any]:
        tool = self._find(name)
        validated = _validated(tool, arguments)
        async with context.database.session(context.scope) as session:
            output = await tool.function(validated, ToolRun(session=session, context=context))
        return size.fit(output.model_dump(mode="json"))

    def _find(self, name: str) -> Tool:
        if name not in self._tools:
            raise UnknownTool(name, difflib.get_close_matches(name, self._tools, n=3, cutoff=0.5), self.names)
        return self._tools[name]


def _validated(tool: Tool, arguments: dict[str, Any]) -> Any:
    try:
        return tool.input_model.model_validate(arguments)
    except ValidationError as error:
        raise InvalidArguments(_instruction(tool, error)) from error


def _instruction(tool: Tool, error: ValidationError) -> str:
    problems = [
        f"`{_field(problem['loc'])}`: {problem['msg']}"
        for problem in error.errors(include_url=False, include_input=False)[:MAX_PROBLEMS]
    ]
    fields = ", ".join(tool.input_model.model_fields) or "none"
    return f"{tool.name} was not run. {'; '.join(problems)}. Its arguments are: {fields}. Correct them and call again."


def _field(location: tuple[int | str, ...]) -> str:
    return ".".join(str(part) for part in location)[:MAX_FIELD_CHARS] or "arguments"


def _failure(name: str, error: Exception) -> ToolFailure:
    match error:
        case ToolRefused():
            return ToolFailure(error.code, str(error))
        case InsufficientData():
            return ToolFailure("insufficient_data", str(error))
        case Undefined():
            return ToolFailure("undefined", str(error))
        case TimeoutError():
            return ToolFailure("tool_timed_out", f"{name} took too long and was ended. Ask for less, or go on without.")
        case AppError(code=PortfolioNotFound.code):
            return ToolFailure(PortfolioNotFound.code, str(PortfolioNotFound()))
        case AppError() if error.status < 500:
            return ToolFailure(error.code, error.sentence)
    log.error("tool_failed", tool=name, exc_info=error)
    return ToolFailure("tool_failed", f"{name} failed for a reason of our own. Go on without it and say so.")


def _elapsed_ms(started: float) -> int:
    return round((time.perf_counter() - started) * 1000)
