"""What an insight is given beside its facts: passages on how its type is measured, and what is remembered.

Both are data, found as for a question of a conversation; an insight says which it cites and was given.
"""

from dataclasses import dataclass
from uuid import UUID

from app.agent import context
from app.agent.embeddings import Embedder
from app.agent.grounding import Document
from app.agent.llm_client import LLMMessage
from app.agent.sections import Section
from app.agent.turn_knowledge import TurnKnowledge
from app.agent.turn_memory import TurnMemory
from app.db import Database, Scope
from app.schemas.knowledge import Citation
from app.schemas.memory import UsedMemory


@dataclass(frozen=True, slots=True)
class Background:
    sections: tuple[Section, ...] = ()
    knowledge: TurnKnowledge | None = None
    memories: tuple[UsedMemory, ...] = ()

    @property
    def messages(self) -> list[LLMMessage]:
        return [message for section in self.sections for message in section.messages]

    @property
    def evidence(self) -> list[Document]:
        return [
            Document("snippet", section.name, message["content"])
            for section in self.sections
            for message in section.messages
        ]

    def cited(self, text: str) -> list[Citation]:
        return self.knowledge.cited(text) if self.knowledge is not None else []


async def gather(
    database: Database,
    embedder: Embedder | None,
    scope: Scope,
    *,
    portfolio_id: UUID,
    question: str,
    with_own_memories: bool,
) -> Background:
    """Where nothing can be embedded there are no passages, and rules and preferences alone."""
    memory = TurnMemory(embedder, portfolio_id, with_own=with_own_memories)
    remembered = await memory.recall(database, scope, question)
    sections = [remembered] if remembered is not None else []
    knowledge = TurnKnowledge(embedder) if embedder is not None else None
    passages = await knowledge.find_if_possible(database, scope, question) if knowledge is not None else []
    if passages:
        sections.append(context.knowledge(passages))
    return Background(tuple(sections), knowledge, tuple(memory.used))
