"""What is wrong with a price, said so that a person can act on it."""

import datetime as dt
from dataclasses import dataclass
from typing import Literal

ProblemKind = Literal[
    "unreadable",
    "not_positive",
    "too_large",
    "future",
    "weekend",
    "shifted_days",
    "contradiction",
    "stray",
    "jump",
    "possible_split",
    "split",
    "readjusted",
    "no_common_day",
]
Severity = Literal["rejected", "warned"]


@dataclass(frozen=True, slots=True)
class PriceProblem:
    """A rejected price is not stored; a warned one is. `symbol` and `date` are None where no single one is meant."""

    kind: ProblemKind
    severity: Severity
    symbol: str | None
    date: dt.date | None
    reason: str
    remedy: str
