"""The one way to call a model: neutral messages in, neutral events out.

Provider quirks stay in the provider's file. Nothing here, and nothing that uses this, asks which provider it is.
"""

import hashlib
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, Literal, NotRequired, Protocol, TypedDict
from uuid import UUID

from app.agent.circuit import Circuit
from app.agent.price_table import Price

# Reasoning counts as output: without room for it beside the answer a long thought leaves none
REASONING_TOKENS = 16_000

# Between two pieces of text that a model says one after the other
PARAGRAPH = "\n\n"

StepFinish = Literal["stop", "tool_calls", "length", "refused"]
Mode = Literal["standard", "deep", "research", "offline"]
# `heavy` is work that a person does not wait for word by word, such as a post-mortem of a month; `summary` is of the
# older turns of a conversation, `memory` picks out what of a message is worth keeping, `proposal` is a page for the
# knowledge base from what people said about answers, `questions` are those that a section of a document answers
Task = Literal["chat", "insight", "heavy", "summary", "memory", "proposal", "questions"]


class ToolSpec(TypedDict):
    """What a model is told of a tool. `parameters` is a JSON schema of an object."""

    name: str
    description: str
    parameters: dict[str, Any]


class SystemMessage(TypedDict):
    role: Literal["system"]
    content: str


class UserMessage(TypedDict):
    role: Literal["user"]
    content: str


class AssistantToolCall(TypedDict):
    id: str
    name: str
    arguments: dict[str, Any]


class ProviderItems(TypedDict):
    """What only one provider's model understands (reasoning items, signatures): sent back to that model only."""

    provider: str
    model: str
    items: list[dict[str, Any]]


class AssistantMessage(TypedDict):
    role: Literal["assistant"]
    content: str
    tool_calls: NotRequired[list[AssistantToolCall]]
    provider_items: NotRequired[ProviderItems]


class ToolMessage(TypedDict):
    """A tool's output as JSON text: data for the model, never instructions."""

    role: Literal["tool"]
    tool_call_id: str
    name: str
    content: str


LLMMessage = SystemMessage | UserMessage | AssistantMessage | ToolMessage


def without_provider_items(messages: Sequence[LLMMessage]) -> list[LLMMessage]:
    """The transcript alone, which every model understands."""
    return [
        AssistantMessage(role="assistant", content=message["content"], tool_calls=message.get("tool_calls", []))
        if message["role"] == "assistant"
        else message
        for message in messages
    ]


class TextDelta(TypedDict):
    type: Literal["text_delta"]
    delta: str


class ToolCall(TypedDict):
    """Complete and parsed. `invalid` holds the raw text where the model's arguments were not a JSON object."""

    type: Literal["tool_call"]
    id: str
    name: str
    arguments: dict[str, Any]
    invalid: NotRequired[str]


class TokenUsage(TypedDict):
    """`input` counts all that was read, with what came from a cache and what was written to one; `output` counts
    reasoning, too."""

    type: Literal["usage"]
    input: int
    output: int
    cached_input: int
    reasoning: int
    cache_write: NotRequired[int]


class StepEnd(TypedDict):
    """The closing event: without it the stream was cut."""

    type: Literal["step_end"]
    finish_reason: StepFinish
    provider_items: ProviderItems | None


LLMEvent = TextDelta | ToolCall | TokenUsage | StepEnd


@dataclass(frozen=True, slots=True)
class CallMetadata:
    """What a call is for. `user_key` and `conversation_key` are hashes: a provider is not told who asks."""

    task: Task = "chat"
    user_key: str = ""
    conversation_key: str = ""
    tool_choice: Literal["auto", "none"] = "auto"
    max_output_tokens: int = 4_000


def provider_key(identifier: UUID) -> str:
    """A person or a conversation as a provider knows it: always the same, and leading back to nobody."""
    return hashlib.sha256(b"sigmasight:" + identifier.bytes).hexdigest()[:32]


class LLMClient(Protocol):
    provider: ClassVar[str]
    default_model: str

    def stream_response(
        self,
        messages: Sequence[LLMMessage],
        tools: Sequence[ToolSpec] | None = None,
        model: str | None = None,
        metadata: CallMetadata | None = None,
    ) -> AsyncIterator[LLMEvent]:
        """One step of a turn.

        Ends with `step_end`, or raises an `LLMError`; closing the iterator ends the provider's stream.
        """
        ...


@dataclass(frozen=True, slots=True)
class Choice:
    """Who answers a call: a client, and which of its models. Where it fails, the `fallbacks` are asked in their order.

    `circuit` is its provider's; `price` is None where it is unknown. `variant` names the rule that led here, so that
    what comes of it can be compared.
    """

    client: LLMClient
    model: str
    fallbacks: tuple["Choice", ...] = ()
    circuit: Circuit = field(default_factory=Circuit)
    price: Price | None = None
    variant: str | None = None


class Rule(Protocol):
    """An administrator's word that has been found to concern a call."""

    @property
    def model(self) -> str: ...

    @property
    def variant(self) -> str: ...


class ClientSource(Protocol):
    """Holds the clients of this process and knows the rules by which a call gets one of them."""

    @property
    def choices(self) -> Sequence[Choice]:
        """All that may be asked for."""
        ...

    def choose(self, *, task: Task, mode: Mode, model: str | None, rule: Rule | None) -> Choice: ...

    async def close(self) -> None: ...


def get_llm_client(
    clients: ClientSource,
    *,
    task: Task = "chat",
    mode: Mode = "standard",
    model: str | None = None,
    rule: Rule | None = None,
) -> Choice:
    """The one door to a model. `model` is an explicit request; what may be asked for is the source's business."""
    return clients.choose(task=task, mode=mode, model=model, rule=rule)


class LLMError(Exception):
    """A model call that failed. `message` is for the person: no key, no provider's raw text."""

    code: ClassVar[str] = "provider_error"
    retryable: ClassVar[bool] = False
    message: ClassVar[str] = "The AI provider could not answer."

    def __init__(self, cause: str = "", *, retry_after_seconds: float | None = None) -> None:
        self.cause = cause
        self.retry_after_seconds = retry_after_seconds
        super().__init__(cause or self.message)


class RateLimited(LLMError):
    code = "provider_rate_limited"
    retryable = True
    message = "The AI provider is limiting requests right now. Try again in a moment."


class Overloaded(LLMError):
    code = "provider_overloaded"
    retryable = True
    message = "The AI provider is overloaded or out of order. Try again in a moment."


class TimedOut(LLMError):
    code = "provider_timed_out"
    retryable = True
    message = "The AI provider did not answer in time. Try again."


class StreamCut(LLMError):
    code = "provider_stream_cut"
    retryable = True
    message = "The connection to the AI provider broke in the middle of the answer. Try again."


class Refused(LLMError):
    code = "provider_refused"
    message = "The model declined to answer this question."


class ContextTooLong(LLMError):
    code = "context_too_long"
    message = "This conversation has grown too long for the model. Start a new one."


class BadRequest(LLMError):
    code = "provider_bad_request"
    message = "The AI provider did not accept the request. The operator finds the cause in the log."


class UnknownModel(LLMError):
    code = "provider_unknown_model"
    message = "The AI provider does not know the model that is set here. The operator must choose another."


class Unauthorized(LLMError):
    code = "provider_unauthorized"
    message = "The AI provider did not accept this server's key. The operator must check it."
