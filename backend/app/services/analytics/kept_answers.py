"""Answers that are still true: of the same holdings, the same prices and the same question."""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any
from uuid import UUID
from weakref import ReferenceType, ref

from app.repositories.holding import HoldingsRow
from app.repositories.price import PricePanel

# An answer takes about as much memory as 200 lots, and some have a line for each lot. All kept together are as much as
# 100,000: about 450 answers of small portfolios, or 20 of one with 5,000 lots, which is below 100 MB
ANSWER_IN_LOTS = 200
CAPACITY_IN_LOTS = 100_000


@dataclass(frozen=True, slots=True)
class Question:
    """A measure and what it was told. Settings are told apart by their `repr`, which shows all of their values."""

    measure: Callable[..., object]
    settings: str

    @classmethod
    def of(cls, measure: Callable[..., object]) -> "Question":
        if isinstance(measure, partial):
            return cls(measure.func, repr((measure.args, measure.keywords)))
        return cls(measure, "")


@dataclass(frozen=True, slots=True)
class _Kept:
    row: HoldingsRow
    panel: ReferenceType[PricePanel]
    answer: Any

    @property
    def weight(self) -> int:
        return ANSWER_IN_LOTS + len(self.row.lots)


class KeptAnswers:
    """One answer for each portfolio and question, least recently used first to go. They are shared: read only.

    Prices belong to the panel that the answer was made from: when that has left the memory, so has the answer.
    """

    def __init__(self, capacity: int = CAPACITY_IN_LOTS) -> None:
        self._capacity = capacity
        self._weight = 0
        self._kept: OrderedDict[tuple[UUID, UUID, Question], _Kept] = OrderedDict()

    def get(self, row: HoldingsRow, panel: PricePanel, question: Question) -> Any:
        """None where there is none."""
        name = (row.user_id, row.id, question)
        kept = self._kept.get(name)
        if kept is None or kept.panel() is not panel or kept.row != row:
            return None
        self._kept.move_to_end(name)
        return kept.answer

    def put(self, row: HoldingsRow, panel: PricePanel, question: Question, answer: object) -> None:
        name = (row.user_id, row.id, question)
        if name in self._kept:
            self._weight -= self._kept.pop(name).weight
        self._kept[name] = _Kept(row, ref(panel), answer)
        self._weight += self._kept[name].weight
        while self._weight > self._capacity:
            _, gone = self._kept.popitem(last=False)
            self._weight -= gone.weight
