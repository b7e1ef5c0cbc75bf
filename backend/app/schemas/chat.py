"""Conversations, stored messages and the six events of a turn.

A stored message is made of the same parts that the stream builds up, so a reloaded conversation renders as it streamed.
"""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field, StringConstraints

from app.schemas.base import Request, Schema
from app.schemas.feedback import FeedbackOut
from app.schemas.grounding import Grounding
from app.schemas.knowledge import Citation
from app.schemas.line import ONE_LINE
from app.schemas.memory import UsedMemory

Mode = Literal["standard", "deep", "research", "offline"]
RunStatus = Literal["running", "completed", "stopped", "failed"]
FinishReason = Literal["stop", "length", "tool_limit", "stopped", "refused", "error"]
Title = Annotated[str, StringConstraints(min_length=1, max_length=200), ONE_LINE]

ModelName = Annotated[str, StringConstraints(min_length=1, max_length=120)]

MAX_QUESTION_CHARS = 8_000


class UiContext(Request):
    """Where the person is in the app. Untrusted: it selects what the analyst looks at first, not what it may see."""

    page: Annotated[str, StringConstraints(max_length=80)] | None = None
    route: Annotated[str, StringConstraints(max_length=300)] | None = None
    portfolio_id: UUID | None = None
    selection: dict[str, str | int | float | bool | None] | None = Field(default=None, max_length=20)


class SendIn(Request):
    conversation_id: UUID
    text: Annotated[str, StringConstraints(min_length=1, max_length=MAX_QUESTION_CHARS)]
    ui_context: UiContext | None = None
    mode: Mode | None = None
    model: ModelName | None = None
    replaces_message_id: UUID | None = Field(
        default=None, description="The conversation's last question, which this one takes the place of: it was edited"
    )


class RegenerateIn(Request):
    """Without a mode or a model, those that the conversation has now."""

    mode: Mode | None = None
    model: ModelName | None = None


class ConversationIn(Request):
    portfolio_id: UUID | None = None
    mode: Mode = "standard"
    title: Title | None = None


class ConversationPatch(Request):
    title: Title


class ModeIn(Request):
    mode: Mode


class ConversationOut(Schema):
    id: UUID
    portfolio_id: UUID | None
    title: str
    mode: Mode
    created_at: datetime
    updated_at: datetime
    active_run_id: UUID | None = None


class ToolError(Schema):
    code: str
    message: str


class Usage(Schema):
    """Tokens of the whole turn. `input_tokens` counts cached ones too; cost is null when the price is unknown."""

    input_tokens: int = 0
    cached_input_tokens: int = 0
    output_tokens: int = 0
    reasoning_tokens: int = 0
    cost_usd: float | None = None


class Attempt(Schema):
    provider: str
    model: str
    outcome: str


class TurnError(Schema):
    code: str
    message: str
    retryable: bool


class TextPart(Schema):
    type: Literal["text"] = "text"
    text: str


class ToolPart(Schema):
    """A tool call with what came of it. While it runs, `result`, `error` and `duration_ms` are null."""

    type: Literal["tool"] = "tool"
    tool_call_id: str
    tool_name: str
    tool_args: dict[str, Any]
    result: Any | None = None
    error: ToolError | None = None
    duration_ms: int | None = None


Part = Annotated[TextPart | ToolPart, Field(discriminator="type")]


class MessageOut(Schema):
    id: UUID
    conversation_id: UUID
    role: Literal["user", "assistant"]
    content: str
    parts: list[Part]
    run_id: UUID | None
    provider: str | None
    model: str | None
    mode: Mode | None
    finish_reason: FinishReason | None
    usage: Usage | None
    attempts: list[Attempt]
    grounding: Grounding | None
    citations: list[Citation]
    memories: list[UsedMemory]
    error: TurnError | None
    feedback: FeedbackOut | None = None
    created_at: datetime


class RunOut(Schema):
    id: UUID
    conversation_id: UUID
    status: RunStatus


class StartData(Schema):
    conversation_id: UUID
    run_id: UUID
    user_message_id: UUID
    assistant_message_id: UUID
    provider: str
    model: str
    mode: Mode


class MessageData(Schema):
    delta: str


class ToolCallData(Schema):
    tool_call_id: str
    tool_name: str
    tool_args: dict[str, Any]


class ToolResultData(Schema):
    """Exactly one of `result` and `error` is there."""

    tool_call_id: str
    tool_name: str
    result: Any | None = None
    error: ToolError | None = None
    duration_ms: int


class DoneData(Schema):
    """`memories` are those that the analyst was given, which it need not have used."""

    final_text: str
    tool_calls_count: int
    finish_reason: FinishReason
    usage: Usage
    attempts: list[Attempt]
    grounding: Grounding | None = None
    citations: list[Citation] = []
    memories: list[UsedMemory] = []


class ErrorData(TurnError):
    pass


class StartEvent(Schema):
    type: Literal["start"] = "start"
    data: StartData


class MessageEvent(Schema):
    type: Literal["message"] = "message"
    data: MessageData


class ToolCallEvent(Schema):
    type: Literal["tool_call"] = "tool_call"
    data: ToolCallData


class ToolResultEvent(Schema):
    type: Literal["tool_result"] = "tool_result"
    data: ToolResultData


class DoneEvent(Schema):
    type: Literal["done"] = "done"
    data: DoneData


class ErrorEvent(Schema):
    type: Literal["error"] = "error"
    data: ErrorData


RunEvent = Annotated[
    StartEvent | MessageEvent | ToolCallEvent | ToolResultEvent | DoneEvent | ErrorEvent, Field(discriminator="type")
]
