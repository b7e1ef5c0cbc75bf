"""The shipped knowledge among its distractors, and what a tenant uploaded, indexed and searched as the product does."""

import hashlib
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from uuid import UUID, uuid4

from sqlalchemy import update

from app.agent import rag
from app.agent.document_questions import DocumentQuestion
from app.agent.embedding_local import LocalEmbedder
from app.agent.rag import Passage, Retrieval, readable_scopes
from app.db import Database, Scope
from app.models import KnowledgeSource, Tenant, User
from app.repositories import knowledge as knowledge_repository
from app.services import knowledge_indexing
from evaluation.retrieval import distractors, labelled_set
from evaluation.retrieval.labelled_set import Question

Found = list[tuple[str, Passage]]


@dataclass
class Library:
    """`names` are those of the documents by their ids; `scope` is that of the person who asks."""

    database: Database
    names: dict[UUID, str] = field(default_factory=dict)
    scope: Scope | None = None

    async def index(self) -> int:
        """Without the questions that ship with the pages; how many passages there are."""
        documents = _documents().items()
        return sum([await self._index(None, *named, "\n".join(sections)) for named, sections in documents])

    async def index_uploads(self, pages: Sequence[Path], tenant: str) -> None:
        """In the name of somebody of this tenant, who from then on asks."""
        self.scope = Scope(user_id=uuid4(), tenant_id=uuid4())
        async with self.database.session(self.scope) as session:
            session.add(Tenant(id=self.scope.tenant_id, name=tenant))
            await session.flush()
            session.add(
                User(id=self.scope.user_id, tenant_id=self.scope.tenant_id, email=f"{tenant}@example.com",
                     password_hash="", display_name="Ines")
            )  # fmt: skip
        for file in pages:
            title = file.stem.replace("_", " ").capitalize()
            body = file.read_text(encoding="utf-8")
            await self._index(self.scope, file.stem, title, f"tenant:{self.scope.tenant_id}", body)

    async def _index(self, owner: Scope | None, name: str, title: str, knowledge_scope: str, body: str) -> int:
        source = KnowledgeSource(
            scope=knowledge_scope,
            key=name,
            title=title,
            media_type="text/markdown",
            body=body,
            content_hash=hashlib.sha256(body.encode()).hexdigest(),
        )
        async with self.database.session(owner) as session:
            await knowledge_repository.add(session, source)
        self.names[source.id] = name
        return (await knowledge_indexing.index(self.database, LocalEmbedder(), owner, source.id)).passages

    async def index_questions(self) -> None:
        """Those that ship with the pages."""
        asked: dict[str, list[DocumentQuestion]] = defaultdict(list)
        for name, questions in labelled_set.asked().items():
            asked[name.document] += [DocumentQuestion(text, name.heading) for text in questions]
        for source_id, document in self.names.items():
            if document in asked:
                stored = [asdict(question) for question in asked[document]]
                async with self.database.session() as session:
                    await session.execute(
                        update(KnowledgeSource)
                        .where(KnowledgeSource.id == source_id)
                        .values(questions=stored, status="waiting")
                    )
                await knowledge_indexing.index(self.database, LocalEmbedder(), None, source_id)

    def scopes(self, question: Question) -> list[str]:
        return readable_scopes(self.scope, [question.page] if question.page else [])

    async def search(self, question: Question, retrieval: Retrieval) -> Found:
        query = await rag.ask(LocalEmbedder(), question.text)
        async with self.database.session(self.scope) as session:
            found = await rag.candidates(session, LocalEmbedder.model, query, self.scopes(question), retrieval)
        return [(self.names[passage.document_id], passage) for passage in found if passage.score > 0]


def rank_of_answer(question: Question, found: Found) -> int | None:
    """The place of the first passage that answers it, from 0."""
    places = (
        place
        for place, (name, passage) in enumerate(found)
        if any(answer.document == name and answer.heading == passage.section for answer in question.answers)
    )
    return next(places, None)


def is_refused(found: Found) -> bool:
    return all(passage.relevance < Retrieval().threshold for _, passage in found)


def _documents() -> dict[tuple[str, str, str], list[str]]:
    documents: dict[tuple[str, str, str], list[str]] = defaultdict(list)
    for passage in labelled_set.shipped():
        named = (passage.name.document, passage.title, passage.scope)
        documents[named].append(f"## {passage.name.heading}\n\n{passage.text}\n")
    for other in distractors.distractors():
        documents[(other.id, other.title, rag.GLOBAL)].append(f"## {other.heading}\n\n{other.text}\n")
    return documents
