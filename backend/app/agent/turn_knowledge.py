"""What one turn has been given of the knowledge base, and which of it the answer names.

Passages are numbered in the order in which the turn got them, whether with the question or through a tool: `[2]` in an
answer means one passage.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import structlog

from app.agent import embedding_ledger, rag
from app.agent.embeddings import Embedder, EmbeddingFailed
from app.agent.rag import Passage, Query, Retrieval, Shelf
from app.db import Database, Read, Scope
from app.repositories import knowledge_search
from app.schemas.knowledge import Citation

_MARK = re.compile(r"\[(\d{1,2}(?:\s*,\s*\d{1,2})*)\](?!\()")
# Marks in code are the code's own
_CODE = re.compile(r"```.*?(?:```|\Z)|`[^`\n]*`", re.DOTALL)
# As scopes of pages are named; any other word selects nothing
_PAGE = re.compile(r"[a-z0-9_-]{1,80}")

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Marked:
    mark: int
    passage: Passage


class TurnKnowledge:
    def __init__(self, embedder: Embedder, page: str | None = None) -> None:
        self._embedder = embedder
        self._pages = [page] if page is not None and _PAGE.fullmatch(page) else []
        self._given: list[Passage] = []
        self._retrieval = Retrieval()

    async def find(self, database: Database, scope: Scope, question: str) -> list[Marked]:
        """The passages on a question, the best first. Raises `EmbeddingFailed`; holds no connection while it embeds."""
        query = await rag.ask(self._embedder, question)
        (sizes,) = await database.look(scope, [self.read_sizes(scope)])
        shelves = self.read(scope, query, sizes)
        reads = [read for of_shelf in shelves.values() for read in of_shelf]
        rows = iter(await database.look(scope, reads) if reads else ())
        await self.record(database, scope, query)
        return self.given([[next(rows) for _ in of_shelf][-1] for of_shelf in shelves.values()], query)

    async def record(self, database: Database, scope: Scope, query: Query) -> None:
        """What embedding the question has cost."""
        await embedding_ledger.record_paid(database, scope, self._embedder.model, query.paid)

    async def find_if_possible(self, database: Database, scope: Scope, question: str) -> list[Marked]:
        """Where an answer without the knowledge base is better than none."""
        try:
            return await self.find(database, scope, question)
        except EmbeddingFailed as error:
            log.warning("knowledge_not_searched", code=error.code)
            return []

    def read_sizes(self, scope: Scope) -> Read:
        """How much there is to be searched."""
        return knowledge_search.read_sizes(rag.readable_scopes(scope, self._pages))

    def read(self, scope: Scope, query: Query, sizes: Sequence[Any]) -> dict[str, list[Read]]:
        """The search of each shelf that holds something, as `sizes` say; `given` takes the rows of each last read."""
        known = {row.scope: row.vectors for row in sizes}
        shelves = rag.shelves(rag.readable_scopes(scope, self._pages), known)
        return {f"passages of {', '.join(shelf.scopes)}": self._search(shelf, query) for shelf in shelves}

    def _search(self, shelf: Shelf, query: Query) -> list[Read]:
        search = knowledge_search.read(
            shelf.vectors,
            model=self._embedder.model,
            vector=query.vector,
            question=query.words,
            scopes=shelf.scopes,
            fusion=self._retrieval.fusion,
        )
        return [*knowledge_search.read_settings(shelf.vectors), search]

    def given(self, rows: Sequence[Sequence[Any]], query: Query) -> list[Marked]:
        """What the turn is given of the rows of each shelf."""
        found = rag.passages([knowledge_search.found(of_shelf) for of_shelf in rows], query, self._retrieval)
        return [self._marked(passage) for passage in rag.chosen(found, self._retrieval)]

    def cited(self, answer: str) -> list[Citation]:
        """The passages that the answer names, in the order of their marks; a mark that was never given is none."""
        named = {
            int(mark) for found in _MARK.findall(_CODE.sub("", answer)) for mark in found.replace(" ", "").split(",")
        }
        return [_citation(mark, passage) for mark, passage in enumerate(self._given, 1) if mark in named]

    def _marked(self, passage: Passage) -> Marked:
        ids = [given.chunk_id for given in self._given]
        if passage.chunk_id not in ids:
            self._given.append(passage)
            return Marked(len(self._given), passage)
        return Marked(ids.index(passage.chunk_id) + 1, passage)


def shown(passages: Sequence[Marked]) -> list[dict[str, object]]:
    """As a model is shown them."""
    return [
        {"mark": each.mark, "title": each.passage.title, "section": each.passage.section, "text": each.passage.content}
        for each in passages
    ]


def _citation(mark: int, passage: Passage) -> Citation:
    return Citation(
        mark=mark,
        document_id=passage.document_id,
        chunk_id=passage.chunk_id,
        scope=passage.scope,
        title=passage.title,
        section=passage.section,
        quote=passage.content,
        span_start=passage.span[0],
        span_end=passage.span[1],
    )
