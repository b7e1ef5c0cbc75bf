"""What a turn took: tokens and time.

The cost is unknown, and so null, as long as no price table is kept; with one, `Tally.usage` is where it is applied.
"""

import time
from dataclasses import dataclass, field
from typing import Any

from app.agent.llm_client import TokenUsage
from app.schemas.chat import Usage


@dataclass(slots=True)
class Tally:
    input: int = 0
    output: int = 0
    cached_input: int = 0
    reasoning: int = 0

    def add(self, used: TokenUsage) -> None:
        self.input += used["input"]
        self.output += used["output"]
        self.cached_input += used["cached_input"]
        self.reasoning += used["reasoning"]

    def usage(self) -> Usage:
        return Usage(
            input_tokens=self.input,
            cached_input_tokens=self.cached_input,
            output_tokens=self.output,
            reasoning_tokens=self.reasoning,
            cost_usd=None,
        )


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
