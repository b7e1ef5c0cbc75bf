"""The loop of a turn: model, tools, model. Knows neither HTTP nor the database.

A `Turn` yields the events that a reader sees, and holds what is stored of it. It can be broken off anywhere: closing
`events()` ends the provider's stream and the tools that run, and `snapshot` and `transcript` then hold what there was.
"""

from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field, replace

import structlog

from app import telemetry
from app.agent import plain_json, snapshot, turn_grounding
from app.agent.failover import ModelCalls
from app.agent.ledger import Purse
from app.agent.llm_client import (
    PARAGRAPH,
    AssistantMessage,
    AssistantToolCall,
    CallMetadata,
    Choice,
    ContextTooLong,
    LLMError,
    LLMMessage,
    ProviderItems,
    Refused,
    StepFinish,
    SystemMessage,
    ToolCall,
    ToolMessage,
)
from app.agent.sections import Context
from app.agent.snapshot import Snapshot
from app.agent.tools.contract import ToolContext, ToolOutcome
from app.agent.turn_grounding import GroundingMode
from app.agent.turn_tools import ToolBox, TurnTools, message_content
from app.agent.usage import Stopwatch
from app.schemas.chat import (
    DoneData,
    DoneEvent,
    FinishReason,
    MessageData,
    MessageEvent,
    RunEvent,
    ToolCallData,
    ToolCallEvent,
    ToolError,
    ToolResultData,
    ToolResultEvent,
)
from app.schemas.grounding import Grounding

log = structlog.get_logger()

# The last of these forbids tools, so that a turn always ends in an answer
MAX_STEPS = 8

_LAST_STEP = SystemMessage(
    role="system",
    content="The limit of tool calls for this turn is reached. Answer now with what the tools have given, "
    "and say what is missing.",
)
_EMPTY_STEP = SystemMessage(role="system", content="Your last reply was empty. Answer the question now, in words.")


class EmptyAnswer(LLMError):
    code = "empty_answer"
    retryable = True
    message = "The model gave no answer. Try again."


@dataclass(slots=True)
class _Step:
    """What one model call has given so far."""

    text: str = ""
    held: str = ""
    # Of the text, what no reader has seen yet
    withheld: str = ""
    calls: list[ToolCall] = field(default_factory=list)
    # False where a call was renamed or dropped: the provider's own items would contradict the transcript
    is_verbatim: bool = True
    finish: StepFinish = "stop"
    provider_items: ProviderItems | None = None


class Turn:
    def __init__(
        self,
        choice: Choice,
        toolbox: ToolBox,
        context: ToolContext,
        metadata: CallMetadata,
        purse: Purse | None = None,
        grounding_mode: GroundingMode = "check",
    ) -> None:
        self.calls = ModelCalls(choice, purse)
        self.given = Context()
        self.snapshot = Snapshot()
        self.transcript: list[LLMMessage] = []
        self.stopwatch = Stopwatch()
        self.attempts = self.calls.log.attempts
        self.grounding: Grounding | None = None
        self._mode = grounding_mode
        self._is_corrected = False
        self._tools = TurnTools(toolbox, context)
        self.knowledge = context.knowledge
        self.memory = context.memory
        self._metadata = metadata
        self._step = _Step()
        self._call_ids: set[str] = set()
        self._is_limited = False
        self._is_shortened = False

    async def events(self, given: Context) -> AsyncGenerator[RunEvent, None]:
        """What happens, as it happens. Raises an `LLMError` where no answer could be had."""
        self.given = given
        async with aclosing(self._steps()) as steps:
            async for event in steps:
                self.snapshot = snapshot.apply(self.snapshot, event)
                yield event

    def done(self, finish_reason: FinishReason | None = None) -> DoneEvent:
        return DoneEvent(
            data=DoneData(
                final_text=self.snapshot.text,
                tool_calls_count=self._tools.count,
                finish_reason=finish_reason or self._finish_reason(),
                usage=self.calls.usage(),
                attempts=self.attempts.entries,
                citations=self.knowledge.cited(self.snapshot.text) if self.knowledge else [],
                grounding=self.grounding,
                memories=self.memory.used if self.memory else [],
            )
        )

    async def ground(self) -> None:
        """Check the figures of what was said, once: at the end of a turn, or when it was stopped."""
        if self._mode == "off" or self.grounding is not None or not self.snapshot.text:
            return
        found = await turn_grounding.check(self.snapshot.text, self.snapshot.parts, self.given)
        if found is not None:
            self.grounding = found.model_copy(update={"is_corrected": self._is_corrected})

    def transcript_so_far(self) -> list[LLMMessage]:
        """Whole steps, and the text of one that was broken off; a call without its result is never kept."""
        if not self._step.text or self._step.withheld:
            return list(self.transcript)
        return [*self.transcript, AssistantMessage(role="assistant", content=self._step.text)]

    async def _steps(self) -> AsyncGenerator[RunEvent, None]:
        for number in range(1, MAX_STEPS + 1):
            self._is_limited = number == MAX_STEPS or self._tools.is_exhausted
            extra = [_LAST_STEP] if self._is_limited else []
            with telemetry.step(number):
                async with aclosing(self._fitting(extra, may_call=not self._is_limited)) as said:
                    async for event in said:
                        yield event
                if not self._step.calls:
                    break
                for event in self._released():
                    yield event
                async with aclosing(self._run_tools()) as ran:
                    async for event in ran:
                        yield event
        if not self._step.text:
            async with aclosing(self._ask_again()) as said:
                async for event in said:
                    yield event
        if self._mode == "strict":
            await self._mend()
        for event in self._released():
            yield event
        self._keep_answer()
        await self.ground()

    async def _mend(self) -> None:
        """Have the answer that nobody has seen yet written once more, where it has figures from nowhere."""
        draft = self._step
        found = await self._check_step()
        if found is None or not found.untraced:
            return
        said = AssistantMessage(role="assistant", content=draft.text)
        try:
            async with aclosing(self._fitting([said, turn_grounding.correction(found)], may_call=False)) as events:
                async for _ in events:
                    pass
            mended = await self._check_step() if self._step.text else None
        except LLMError as error:
            log.warning("answer_not_mended", code=error.code)
            mended = None
        # The draft stands where the second try is no better: its figures are marked
        self._is_corrected = mended is not None and mended.untraced < found.untraced
        if not self._is_corrected:
            self._step = draft

    async def _check_step(self) -> Grounding | None:
        return await turn_grounding.check(self._step.text, self.snapshot.parts, self.given)

    def _released(self) -> list[RunEvent]:
        text, self._step.withheld = self._step.withheld, ""
        return [MessageEvent(data=MessageData(delta=text))] if text else []

    async def _ask_again(self) -> AsyncGenerator[RunEvent, None]:
        self._raise_refusal()
        async with aclosing(self._fitting([_EMPTY_STEP], may_call=False)) as said:
            async for event in said:
                yield event
        if not self._step.text:
            self._raise_refusal()
            raise EmptyAnswer

    def _raise_refusal(self) -> None:
        if self._step.finish == "refused":
            raise Refused

    async def _fitting(self, extra: Sequence[LLMMessage], *, may_call: bool) -> AsyncGenerator[RunEvent, None]:
        """A step; where it was too long for the model, once more with half of the history."""
        try:
            async with aclosing(self._model(self._messages(extra), may_call=may_call)) as said:
                async for event in said:
                    yield event
        except ContextTooLong:
            if self._step.text or not self._shorten():
                raise
            async with aclosing(self._model(self._messages(extra), may_call=may_call)) as said:
                async for event in said:
                    yield event

    def _messages(self, extra: Sequence[LLMMessage]) -> list[LLMMessage]:
        return [*self.given.messages, *self.transcript, *extra]

    def _shorten(self) -> bool:
        """Once a turn: a model that refuses half of it as well will refuse a quarter."""
        shorter = None if self._is_shortened else self.given.halved()
        if shorter is None:
            return False
        self.given, self._is_shortened = shorter, True
        return True

    async def _model(self, messages: Sequence[LLMMessage], *, may_call: bool) -> AsyncGenerator[RunEvent, None]:
        self._step = _Step()
        self.stopwatch.step()
        metadata = self._metadata if may_call else replace(self._metadata, tool_choice="none")
        stream = self.calls.stream_step(messages, self._tools.specs, metadata)
        async with aclosing(stream) as events:
            async for event in events:
                match event["type"]:
                    case "text_delta":
                        delta = self._visible(event["delta"])
                        if self._mode == "strict":
                            # No reader can be told to forget a figure: the step is shown when it has been checked
                            self._step.withheld += delta
                        elif delta:
                            yield MessageEvent(data=MessageData(delta=delta))
                    case "tool_call":
                        self._step.calls.append(self._named_once(event))
                    case "step_end":
                        self._step.finish = event["finish_reason"]
                        self._step.provider_items = event["provider_items"]
        if not may_call:
            self._drop_calls()

    def _visible(self, delta: str) -> str:
        """The delta as the reader gets it: text of a later step stands in a paragraph of its own."""
        whole, self._step.held = plain_json.join_surrogates(self._step.held + delta)
        text = plain_json.storable_text(whole)
        if not self._step.text:
            text = text.lstrip()
            separator = PARAGRAPH if text and self.snapshot.text else ""
        else:
            separator = ""
        self._step.text += text
        if text:
            self.stopwatch.token()
        return separator + text

    def _named_once(self, call: ToolCall) -> ToolCall:
        call = {**call, "arguments": plain_json.storable(call["arguments"])}
        # Some servers number the calls of each step afresh: within a turn an id names one call
        if call["id"] and call["id"] not in self._call_ids:
            self._call_ids.add(call["id"])
            return call
        named: ToolCall = {**call, "id": f"call_{len(self._call_ids) + 1}_{call['id']}".rstrip("_")}
        self._call_ids.add(named["id"])
        self._step.is_verbatim = False
        return named

    def _drop_calls(self) -> None:
        if self._step.calls:
            self._step.calls = []
            self._step.is_verbatim = False

    async def _run_tools(self) -> AsyncGenerator[RunEvent, None]:
        step = self._step
        for call in step.calls:
            data = ToolCallData(tool_call_id=call["id"], tool_name=call["name"], tool_args=call["arguments"])
            yield ToolCallEvent(data=data)
        outcomes: dict[str, ToolOutcome] = {}
        async with aclosing(self._tools.run(step.calls)) as answers:
            async for call, outcome in answers:
                outcomes[call["id"]] = outcome
                yield _result_event(call, outcome)
        self.transcript += [_assistant(step), *(_tool_message(call, outcomes[call["id"]]) for call in step.calls)]
        self._step = _Step()

    def _keep_answer(self) -> None:
        self.transcript.append(_assistant(self._step))
        answered = replace(self._step, text="")
        self._step = answered

    def _finish_reason(self) -> FinishReason:
        match self._step.finish:
            case "length" | "refused" as reason:
                return reason
            case _:
                return "tool_limit" if self._is_limited else "stop"


def _assistant(step: _Step) -> AssistantMessage:
    message = AssistantMessage(role="assistant", content=step.text)
    if step.calls:
        message["tool_calls"] = [
            AssistantToolCall(id=call["id"], name=call["name"], arguments=call["arguments"]) for call in step.calls
        ]
    if step.provider_items is not None and step.is_verbatim:
        message["provider_items"] = step.provider_items
    return message


def _tool_message(call: ToolCall, outcome: ToolOutcome) -> ToolMessage:
    return ToolMessage(role="tool", tool_call_id=call["id"], name=call["name"], content=message_content(outcome))


def _result_event(call: ToolCall, outcome: ToolOutcome) -> ToolResultEvent:
    error = outcome.error
    return ToolResultEvent(
        data=ToolResultData(
            tool_call_id=call["id"],
            tool_name=call["name"],
            result=plain_json.storable(outcome.result),
            error=ToolError(code=error.code, message=plain_json.storable_text(error.message)) if error else None,
            duration_ms=outcome.duration_ms,
        )
    )
