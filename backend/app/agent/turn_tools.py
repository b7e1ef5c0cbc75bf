"""The tool calls of one turn: side by side, bounded in number, the same call carried out once."""

import asyncio
import json
from collections.abc import AsyncGenerator, Sequence
from typing import Any, Protocol

from app import metrics, telemetry
from app.agent import plain_json
from app.agent.llm_client import ToolCall, ToolSpec
from app.agent.tools.contract import ToolContext, ToolFailure, ToolOutcome

# A thorough answer over three portfolios takes about a dozen; a model that asks for more is going in circles
MAX_CALLS = 24
# Each call holds a database connection; a turn must not take the pool
MAX_PARALLEL = 4


class ToolBox(Protocol):
    """What the runtime needs of the registry. `call` raises nothing but the cancellation of the turn."""

    def specs(self) -> list[ToolSpec]: ...

    async def call(self, name: str, arguments: dict[str, Any], context: ToolContext) -> ToolOutcome: ...


class TurnTools:
    def __init__(self, toolbox: ToolBox, context: ToolContext) -> None:
        self.specs = [spec for spec in toolbox.specs() if spec["name"] not in context.useless_tools]
        self.count = 0
        self._toolbox = toolbox
        self._context = context
        self._places = asyncio.Semaphore(MAX_PARALLEL)
        self._known: dict[str, asyncio.Task[ToolOutcome]] = {}

    @property
    def is_exhausted(self) -> bool:
        return self.count >= MAX_CALLS

    async def run(self, calls: Sequence[ToolCall]) -> AsyncGenerator[tuple[ToolCall, ToolOutcome], None]:
        """Each call with its outcome, as they come in. Closing this ends the tools that still run."""
        answers = [asyncio.create_task(self._answer(call)) for call in calls]
        try:
            for answer in asyncio.as_completed(answers):
                yield await answer
        finally:
            await _end([*answers, *self._known.values()])
            self._forget_failures()

    async def _answer(self, call: ToolCall) -> tuple[ToolCall, ToolOutcome]:
        self.count += 1
        if self.count > MAX_CALLS:
            return call, _failed("tool_limit", "No more tool calls in this turn. Answer with what you have.")
        if "invalid" in call:
            return call, not_an_object(call["name"])
        return call, await asyncio.shield(self._once(call))

    def _once(self, call: ToolCall) -> asyncio.Task[ToolOutcome]:
        key = json.dumps([call["name"], call["arguments"]], sort_keys=True)
        if key not in self._known:
            self._known[key] = asyncio.create_task(self._carry_out(call))
        return self._known[key]

    async def _carry_out(self, call: ToolCall) -> ToolOutcome:
        async with self._places:
            return await carry_out(self._toolbox, call, self._context)

    def _forget_failures(self) -> None:
        # A tool that failed may be tried again; what it found stands for the whole turn
        self._known = {
            key: task
            for key, task in self._known.items()
            if not task.cancelled() and task.exception() is None and task.result().error is None
        }


async def carry_out(toolbox: ToolBox, call: ToolCall, context: ToolContext) -> ToolOutcome:
    """One call, traced and counted; also one of an assistant that is not ours."""
    with telemetry.tool(call["name"], call["id"]) as span:
        outcome = await toolbox.call(call["name"], call["arguments"], context)
        failure = outcome.error.code if outcome.error is not None else None
        if failure is not None:
            telemetry.failed(span, failure)
    metrics.tool_call(call["name"], failure)
    return outcome


def not_an_object(name: str) -> ToolOutcome:
    return _failed(
        "invalid_arguments",
        f"{name} was not run: its arguments were not one JSON object of finite values. Call it again with valid JSON.",
    )


def message_content(outcome: ToolOutcome) -> str:
    """What the model reads of an outcome."""
    error = outcome.error
    shown = outcome.result if error is None else {"error": {"code": error.code, "message": error.message}}
    return plain_json.storable_text(json.dumps(shown, ensure_ascii=False, separators=(",", ":")))


def _failed(code: str, message: str) -> ToolOutcome:
    return ToolOutcome(result=None, error=ToolFailure(code, message), duration_ms=0)


async def _end(tasks: Sequence[asyncio.Task[Any]]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
