"""What a turn took: its model calls with their tokens and cost, and its time."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from app.agent.llm_client import (
    BadRequest,
    Choice,
    ContextTooLong,
    LLMError,
    Overloaded,
    RateLimited,
    Task,
    TokenUsage,
    Unauthorized,
    UnknownModel,
)
from app.schemas.chat import Usage

ANSWERED = "answered"
# What a call is that nobody has ended: its reader has left, or the turn was stopped
BROKEN_OFF = "broken_off"
# A provider that answers so has not begun to work, and takes nothing for it
COSTS_NOTHING = (RateLimited, Overloaded, Unauthorized, BadRequest, UnknownModel, ContextTooLong)
NO_TOKENS = TokenUsage(type="usage", input=0, output=0, cached_input=0, reasoning=0)


@dataclass(slots=True)
class Call:
    """One model call. `used` is None where the provider has not told; `reserved_usd` is the most it can cost."""

    candidate: Choice
    task: Task
    id: UUID = field(default_factory=uuid4)
    variant: str | None = None
    reserved_usd: Decimal = Decimal(0)
    outcome: str = BROKEN_OFF
    used: TokenUsage | None = None
    duration_ms: int | None = None
    first_token_ms: int | None = None
    _started: float = field(default_factory=time.perf_counter)

    def answered(self) -> None:
        self.outcome = ANSWERED

    def failed(self, error: LLMError) -> None:
        self.outcome = error.code
        if self.used is None and self.first_token_ms is None and isinstance(error, COSTS_NOTHING):
            self.used = NO_TOKENS

    def token(self) -> None:
        if self.first_token_ms is None:
            self.first_token_ms = self._elapsed()

    def ended(self) -> None:
        self.duration_ms = self._elapsed()

    @property
    def cost_usd(self) -> Decimal | None:
        price, used = self.candidate.price, self.used
        if price is None or used is None:
            return None
        return price.cost(
            input=used["input"],
            cached_input=used["cached_input"],
            cache_write=used.get("cache_write", 0),
            output=used["output"],
        )

    @property
    def charged_usd(self) -> Decimal:
        """Against a budget. Where the cost is unknown, the most it can be: stopping early must not be a way out."""
        return self.reserved_usd if self.cost_usd is None else self.cost_usd

    def _elapsed(self) -> int:
        return round((time.perf_counter() - self._started) * 1000)


def total(calls: Sequence[Call]) -> Usage:
    """Of a whole turn. Its cost is known where that of each call is."""
    told = [call.used for call in calls if call.used is not None]
    costs = [call.cost_usd for call in calls]
    known = [cost for cost in costs if cost is not None]
    return Usage(
        input_tokens=sum(used["input"] for used in told),
        cached_input_tokens=sum(used["cached_input"] for used in told),
        output_tokens=sum(used["output"] for used in told),
        reasoning_tokens=sum(used["reasoning"] for used in told),
        cost_usd=float(sum(known)) if calls and len(known) == len(costs) else None,
    )


def added(first: Usage, second: Usage) -> Usage:
    """Of two parts of one piece of work; the cost is unknown where that of either is."""
    counts = {name: getattr(first, name) + getattr(second, name) for name in Usage.model_fields if name != "cost_usd"}
    known = first.cost_usd is not None and second.cost_usd is not None
    return Usage(**counts, cost_usd=(first.cost_usd or 0.0) + (second.cost_usd or 0.0) if known else None)


@dataclass(slots=True)
class Stopwatch:
    """Milliseconds from the start of the turn; a step's are its model call and its tools."""

    _started: float = field(default_factory=time.perf_counter)
    _first_token_ms: int | None = None
    _step_starts: list[int] = field(default_factory=list)

    def step(self) -> None:
        self._step_starts.append(self._elapsed())

    def token(self) -> None:
        if self._first_token_ms is None:
            self._first_token_ms = self._elapsed()

    def timings(self) -> dict[str, Any]:
        total = self._elapsed()
        ends = [*self._step_starts[1:], total]
        steps = [end - start for start, end in zip(self._step_starts, ends, strict=True)] if self._step_starts else []
        return {"first_token_ms": self._first_token_ms, "total_ms": total, "step_ms": steps}

    def _elapsed(self) -> int:
        return round((time.perf_counter() - self._started) * 1000)
