"""Spans of a turn, named as OpenTelemetry's conventions for generative AI name them: turn, step, model call, tool.

Nothing is recorded unless the process was started with an SDK (`opentelemetry-instrument sigmasight serve`). What
people and models say, what tools are asked and what they answer is never in a span.
"""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from uuid import UUID

from opentelemetry import trace
from opentelemetry.trace import Span, SpanKind, Status, StatusCode
from opentelemetry.util.types import AttributeValue

AGENT = "analyst"
# Where the conventions have a name of their own for a provider
PROVIDERS = {"claude": "anthropic"}

tracer = trace.get_tracer("sigmasight")


def turn(run_id: UUID, conversation_id: UUID) -> AbstractContextManager[Span]:
    return _span(
        f"invoke_agent {AGENT}",
        SpanKind.INTERNAL,
        {
            "gen_ai.operation.name": "invoke_agent",
            "gen_ai.agent.name": AGENT,
            "gen_ai.conversation.id": str(conversation_id),
            "sigmasight.run.id": str(run_id),
        },
    )


def step(number: int) -> AbstractContextManager[Span]:
    return _span(f"step {number}", SpanKind.INTERNAL, {"sigmasight.step": number})


def model_call(provider: str, model: str, max_tokens: int) -> AbstractContextManager[Span]:
    return _span(
        f"chat {model}",
        SpanKind.CLIENT,
        {
            "gen_ai.operation.name": "chat",
            "gen_ai.provider.name": PROVIDERS.get(provider, provider),
            "gen_ai.request.model": model,
            "gen_ai.request.max_tokens": max_tokens,
        },
    )


def tool(name: str, call_id: str) -> AbstractContextManager[Span]:
    return _span(
        f"execute_tool {name}",
        SpanKind.INTERNAL,
        {
            "gen_ai.operation.name": "execute_tool",
            "gen_ai.tool.name": name,
            "gen_ai.tool.call.id": call_id,
            "gen_ai.tool.type": "function",
        },
    )


def failed(span: Span, code: str) -> None:
    """By the failure's own code: its sentence may quote somebody."""
    span.set_attribute("error.type", code)
    span.set_status(Status(StatusCode.ERROR))


@contextmanager
def _span(name: str, kind: SpanKind, attributes: dict[str, AttributeValue]) -> Iterator[Span]:
    # The SDK would note an exception with its text and its traceback
    with tracer.start_as_current_span(
        name, kind=kind, attributes=attributes, record_exception=False, set_status_on_exception=False
    ) as span:
        yield span
