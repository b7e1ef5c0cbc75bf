"""Which memories bear on a question. Pure: what there is and how near it lies comes from the repository."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.models.memory import MemoryKind
from app.repositories.memory import Usable

# In one answer. More is no longer read as a handful of things to keep in mind
MOST = 8
# Of similarity: below it a fact has nothing to do with the question. With the bundled model what people say of
# themselves lies at 0.25 to 0.7 from questions that it bears on
THRESHOLD = 0.25
# Preferences and rules hold for every answer, so that they stand before most facts
STANDING: dict[MemoryKind, float] = {"fact": 0.0, "preference": 0.35, "rule": 0.45}
ABOUT_PORTFOLIO = 0.15
RECENT = 0.1
# After so many days without a change or a use, recency counts half
HALF_LIFE_DAYS = 90.0


@dataclass(frozen=True, slots=True)
class Recalled:
    memory: Usable
    score: float


def ranked(usable: Sequence[Usable]) -> list[Recalled]:
    """The best first. A fact counts where it is near the question, and not where nobody knows how near it is."""
    near = [memory for memory in usable if memory.kind != "fact" or (memory.similarity or 0.0) >= THRESHOLD]
    recalled = [Recalled(memory, _score(memory)) for memory in near]
    return sorted(recalled, key=lambda each: (-each.score, each.memory.days, each.memory.id))[:MOST]


def _score(memory: Usable) -> float:
    recency: float = 0.5 ** (max(memory.days, 0.0) / HALF_LIFE_DAYS)
    return (
        (memory.similarity or 0.0)
        + STANDING[memory.kind]
        + ABOUT_PORTFOLIO * memory.is_about_portfolio
        + RECENT * recency
    )
