import re
from dataclasses import dataclass
from functools import cache
from typing import Literal

Need = Literal["symbol", "two_symbols", "sector", "several_portfolios", "trades"]


@dataclass(frozen=True, slots=True)
class Intent:
    """A kind of question: how it is recognised, and which tools answer it.

    `patterns` are words that make it certain enough; `examples` are compared with the question as a whole. An intent
    without tools is answered from what the analyst knows of itself and of the measures. One that `is_repeatable` can be
    answered for several portfolios one after the other.
    """

    name: str
    tools: tuple[str, ...] = ()
    patterns: tuple[str, ...] = ()
    examples: tuple[str, ...] = ()
    need: Need | None = None
    is_repeatable: bool = False

    def matches(self, text: str) -> bool:
        return any(pattern.search(text) for pattern in _compiled(self.patterns))


@cache
def _compiled(patterns: tuple[str, ...]) -> list[re.Pattern[str]]:
    # The re module's own cache is smaller than the number of patterns here
    return [re.compile(pattern, re.IGNORECASE) for pattern in patterns]
