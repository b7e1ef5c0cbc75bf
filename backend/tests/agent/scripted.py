"""A client that plays a script, and a toolbox of made-up tools: the two ends of the runtime under a test's control."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from typing import Any, ClassVar

from app.agent.llm_client import (
    CallMetadata,
    Choice,
    LLMError,
    LLMEvent,
    LLMMessage,
    Mode,
    ProviderItems,
    Rule,
    StepEnd,
    StepFinish,
    Task,
    TextDelta,
    TokenUsage,
    ToolCall,
    ToolSpec,
)
from app.agent.tools.contract import ToolContext, ToolFailure, ToolOutcome

# What a step of a script is made of: events, failures, and gates at which the provider keeps silent
Action = LLMEvent | LLMError | asyncio.Event


def text(*deltas: str) -> list[Action]:
    return [TextDelta(type="text_delta", delta=delta) for delta in deltas]


def call(name: str, call_id: str, **arguments: Any) -> ToolCall:
    return ToolCall(type="tool_call", id=call_id, name=name, arguments=arguments)


def usage(input_tokens: int, output_tokens: int) -> TokenUsage:
    return TokenUsage(type="usage", input=input_tokens, output=output_tokens, cached_input=0, reasoning=0)


def end(finish_reason: StepFinish = "stop", provider_items: ProviderItems | None = None) -> StepEnd:
    return StepEnd(type="step_end", finish_reason=finish_reason, provider_items=provider_items)


def answer(*deltas: str) -> list[Action]:
    return [*text(*deltas), usage(100, 10), end()]


class ScriptedClient:
    """Plays one list of actions for each call, and remembers what it was asked."""

    provider: ClassVar[str] = "scripted"
    default_model = "scripted-1"

    def __init__(self, *steps: Sequence[Action]) -> None:
        self._steps = list(steps)
        self.asked: list[list[LLMMessage]] = []
        self.metadata: list[CallMetadata] = []
        self.open_streams = 0

    async def stream_response(
        self,
        messages: Sequence[LLMMessage],
        tools: Sequence[ToolSpec] | None = None,
        model: str | None = None,
        metadata: CallMetadata | None = None,
    ) -> AsyncIterator[LLMEvent]:
        self.asked.append(list(messages))
        self.metadata.append(metadata or CallMetadata())
        step = self._steps.pop(0)
        self.open_streams += 1
        try:
            for action in step:
                match action:
                    case LLMError():
                        raise action
                    case asyncio.Event():
                        await action.wait()
                    case _:
                        await asyncio.sleep(0)
                        yield action
        finally:
            self.open_streams -= 1

    @property
    def is_spent(self) -> bool:
        return not self._steps


class ScriptedClients:
    """A source that always gives the same client."""

    def __init__(self, client: ScriptedClient) -> None:
        self.client = client

    @property
    def choices(self) -> list[Choice]:
        return [Choice(self.client, self.client.default_model)]

    def choose(self, *, task: Task, mode: Mode, model: str | None, rule: Rule | None) -> Choice:
        return Choice(self.client, model or self.client.default_model)

    async def close(self) -> None:
        assert self.client.open_streams == 0


Behaviour = Callable[[dict[str, Any]], Awaitable[Any]]


class FakeToolBox:
    """Tools given as functions of their arguments; what they raise becomes the outcome's error."""

    def __init__(self, **tools: Behaviour) -> None:
        self._tools = tools
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self.contexts: list[ToolContext] = []
        self.running = 0

    def specs(self) -> list[ToolSpec]:
        return [ToolSpec(name=name, description=name, parameters={"type": "object"}) for name in self._tools]

    async def call(self, name: str, arguments: dict[str, Any], context: ToolContext) -> ToolOutcome:
        self.calls.append((name, arguments))
        self.contexts.append(context)
        if name not in self._tools:
            return ToolOutcome(None, ToolFailure("unknown_tool", f"There is no tool {name}."), 0)
        self.running += 1
        try:
            return ToolOutcome(await self._tools[name](arguments), None, 3)
        except ValueError as error:
            return ToolOutcome(None, ToolFailure("tool_failed", str(error)), 3)
        finally:
            self.running -= 1


def gives(result: Any) -> Behaviour:
    async def tool(arguments: dict[str, Any]) -> Any:
        return result

    return tool


def fails(sentence: str) -> Behaviour:
    async def tool(arguments: dict[str, Any]) -> Any:
        raise ValueError(sentence)

    return tool


def waits_for(gate: asyncio.Event, result: Any = None) -> Behaviour:
    async def tool(arguments: dict[str, Any]) -> Any:
        await gate.wait()
        return result

    return tool
