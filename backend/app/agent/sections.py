"""What the model is shown, in named sections, each with a budget in tokens and what it measured.

To show the model something more: a name and its budget below, a function that gives its section, and its place in
`context.assemble`. Whoever makes a section keeps it within its budget.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from app.agent import token_estimate
from app.agent.llm_client import LLMMessage, SystemMessage

SectionName = Literal["rules", "tenant_rules", "summary", "history", "knowledge", "memories", "page", "question"]

# Tokens. Together they stay far below the window of any model in use: the rest is for the tools of the turn itself
BUDGETS: dict[SectionName, int] = {
    "rules": 2_000,
    # The longest that a tenant may add, in a script that spends a token on two characters
    "tenant_rules": 1_100,
    "summary": 1_000,
    # The tool outputs of about a dozen turns
    "history": 30_000,
    "knowledge": 2_500,
    "memories": 800,
    "page": 800,
    # The longest question that is taken, in a script that spends a token on each character
    "question": 10_000,
}


@dataclass(frozen=True, slots=True)
class Piece:
    """What is shown whole or not at all. `sources` are the identifiers of the rows that it was made of.

    `scores` say of each source how well it fits the question, where it was chosen by that.
    """

    messages: tuple[LLMMessage, ...]
    tokens: int
    sources: tuple[str, ...] = ()
    scores: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Section:
    """`left_out` counts what did not fit, and `gap` is the sentence that tells the model, with `{left_out}` in it.

    `text` is kept with the run where no row holds it.
    """

    name: SectionName
    pieces: tuple[Piece, ...]
    left_out: int = 0
    gap: str = ""
    text: str | None = None

    @property
    def shown(self) -> tuple[Piece, ...]:
        if not (self.gap and self.left_out):
            return self.pieces
        sentence = self.gap.format(left_out=self.left_out)
        return (piece(SystemMessage(role="system", content=sentence)), *self.pieces)

    @property
    def messages(self) -> list[LLMMessage]:
        return [message for piece in self.shown for message in piece.messages]

    @property
    def tokens(self) -> int:
        return sum(piece.tokens for piece in self.shown)

    def record(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "tokens": self.tokens,
            "budget": BUDGETS[self.name],
            "sources": [source for piece in self.pieces for source in piece.sources],
            "scores": [score for piece in self.pieces for score in piece.scores],
            "left_out": self.left_out,
            "text": self.text,
        }


@dataclass(frozen=True, slots=True)
class Context:
    sections: tuple[Section, ...] = ()

    @property
    def messages(self) -> list[LLMMessage]:
        return [message for section in self.sections for message in section.messages]

    def halved(self) -> "Context | None":
        """With the newer half of the history only; None where there is none left to give up."""
        sections = tuple(_halved(section) if section.name == "history" else section for section in self.sections)
        return None if sections == self.sections else replace(self, sections=sections)

    def record(self) -> dict[str, Any]:
        """What is stored with the run: sizes and sources, no texts that a row holds already."""
        sections = [section.record() for section in self.sections]
        return {
            "counted_by": token_estimate.METHOD,
            "tokens": sum(section["tokens"] for section in sections),
            "sections": sections,
        }


def piece(*messages: LLMMessage, sources: Iterable[str] = (), scores: Iterable[float] = ()) -> Piece:
    return Piece(messages, token_estimate.of_messages(messages), tuple(sources), tuple(scores))


def newest_within(pieces: Sequence[Piece], budget: int) -> tuple[Piece, ...]:
    """The longest end of the list that fits."""
    first = len(pieces)
    while first > 0 and (budget := budget - pieces[first - 1].tokens) >= 0:
        first -= 1
    return tuple(pieces[first:])


def _halved(section: Section) -> Section:
    kept = section.pieces[(len(section.pieces) + 1) // 2 :]
    return replace(section, pieces=kept, left_out=section.left_out + len(section.pieces) - len(kept))
