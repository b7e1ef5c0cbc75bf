"""What one turn has been given of what is remembered."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from app.agent import memory, rag
from app.agent.embeddings import Embedder
from app.agent.llm_client import SystemMessage
from app.agent.marks import marked
from app.agent.memory import Recalled
from app.agent.rag import Query
from app.agent.sections import BUDGETS, Piece, Section, piece
from app.db import Database, Read, Scope
from app.repositories import memory as memory_repository
from app.repositories.memory import Usable
from app.schemas.memory import UsedMemory

INTRODUCTION = "What the person has asked you to keep in mind, or an administrator for everybody of their organisation:"


@dataclass(frozen=True, slots=True)
class Said:
    """Where the question stands that the turn answers."""

    conversation_id: UUID
    message_id: UUID


class TurnMemory:
    """`portfolio_id` is that of the page: what is remembered of another one is not used. Without `with_own`, nothing
    that is remembered of the person is used, and nothing they say is noted."""

    def __init__(
        self,
        embedder: Embedder | None,
        portfolio_id: UUID | None,
        *,
        source: Said | None = None,
        with_own: bool = True,
    ) -> None:
        self.embedder = embedder
        self.portfolio_id = portfolio_id
        self.source = source
        self.with_own = with_own
        self.used: list[UsedMemory] = []

    async def recall(self, database: Database, scope: Scope, question: str) -> Section | None:
        """As many of the best as fit; None where there is nothing. Holds no connection while it embeds."""
        (rows,) = await database.look(scope, [self.read_usable()])
        usable = memory_repository.usable(rows)
        if not usable:
            return None
        reads = self.read_near(usable, await rag.ask_if_possible(self.embedder, question))
        near = await database.look(scope, reads) if reads else [[]]
        return self.section(usable, near[0])

    def read_usable(self) -> Read:
        return memory_repository.read_usable(self.portfolio_id, with_own=self.with_own)

    def read_near(self, usable: Sequence[Usable], query: Query | None) -> list[Read]:
        """How near each lies to the question; nothing where that cannot be known."""
        if self.embedder is None or query is None or not usable:
            return []
        return [memory_repository.read_similarities([each.id for each in usable], self.embedder.model, query.said)]

    def section(self, usable: Sequence[Usable], near_rows: Sequence[Any]) -> Section | None:
        near = memory_repository.similarities(near_rows)
        recalled = memory.ranked([replace(each, similarity=near.get(each.id)) for each in usable])
        fitting = list(recalled)
        while fitting and _piece(fitting).tokens > BUDGETS["memories"]:
            fitting.pop()
        self.used = [UsedMemory(id=each.memory.id, content=each.memory.content) for each in fitting]
        return Section("memories", (_piece(fitting),), left_out=len(recalled) - len(fitting)) if fitting else None


def _piece(recalled: Sequence[Recalled]) -> Piece:
    shown = [
        {
            "kind": each.memory.kind,
            "from": "the person" if each.memory.scope == "user" else "an administrator",
            "text": each.memory.content,
        }
        for each in recalled
    ]
    message = SystemMessage(role="system", content=f"{INTRODUCTION}\n{marked({'memories': shown})}")
    return piece(
        message,
        sources=[str(each.memory.id) for each in recalled],
        scores=[round(each.score, 3) for each in recalled],
    )
