"""What one turn has been given of what is remembered."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import UUID

import structlog

from app.agent import memory
from app.agent.embeddings import Embedder, EmbeddingFailed
from app.agent.llm_client import SystemMessage
from app.agent.marks import marked
from app.agent.memory import Recalled
from app.agent.sections import BUDGETS, Piece, Section, piece
from app.db import Database, Scope
from app.repositories import memory as memory_repository
from app.repositories.memory import Usable
from app.schemas.memory import UsedMemory

INTRODUCTION = "What the person has asked you to keep in mind, or an administrator for everybody of their organisation:"

log = structlog.get_logger()


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
        async with database.session(scope) as session:
            usable = await memory_repository.list_usable(session, self.portfolio_id, with_own=self.with_own)
        if not usable:
            return None
        recalled = memory.ranked(await self._compared(database, scope, usable, question))
        fitting = list(recalled)
        while fitting and _piece(fitting).tokens > BUDGETS["memories"]:
            fitting.pop()
        self.used = [UsedMemory(id=each.memory.id, content=each.memory.content) for each in fitting]
        return Section("memories", (_piece(fitting),), left_out=len(recalled) - len(fitting)) if fitting else None

    async def _compared(
        self, database: Database, scope: Scope, usable: Sequence[Usable], question: str
    ) -> Sequence[Usable]:
        """With how near each lies to the question; as they are where it cannot be embedded."""
        if self.embedder is None:
            return usable
        try:
            embedded = await self.embedder.embed_query(question)
        except EmbeddingFailed as error:
            log.warning("memories_not_compared", code=error.code)
            return usable
        ids = [each.id for each in usable]
        async with database.session(scope) as session:
            near = await memory_repository.similarities(session, ids, self.embedder.model, embedded.vectors[0])
        return [replace(each, similarity=near.get(each.id)) for each in usable]


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
