"""What a case of the evaluation is: a question, and what a good answer to it does, uses and says."""

from dataclasses import dataclass
from typing import Literal

# `refuses`: what cannot or must not be answered; `asks`: which portfolio; `unknown`: says that it has no such figure
Stance = Literal["answers", "refuses", "asks", "unknown"]
Unit = Literal["percent", "money", "number", "date"]

# Of a figure worked out twice in floating point; what an answer rounds away is allowed for besides
RELATIVE_TOLERANCE = 1e-6


@dataclass(frozen=True, slots=True)
class Expected:
    """A figure that the answer must state, in any notation of its unit. Fractions, not per cents; no sign."""

    name: str
    value: float
    unit: Unit
    tolerance: float = RELATIVE_TOLERANCE


@dataclass(frozen=True, slots=True)
class Case:
    """`tools` must all be called (of a set, one of them), `forbidden` must not. `says` are patterns, each to be found.

    `page` is the portfolio that is open; `earlier` are questions asked before in the same conversation.
    """

    id: str
    group: str
    question: str
    page: str | None = None
    earlier: tuple[str, ...] = ()
    tools: tuple[str | frozenset[str], ...] = ()
    forbidden: frozenset[str] = frozenset()
    figures: tuple[Expected, ...] = ()
    dates: tuple[str, ...] = ()
    says: tuple[str, ...] = ()
    stance: Stance = "answers"
