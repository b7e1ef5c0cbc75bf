"""`sigmasight kb`: indexing, searching and exporting the knowledge base at the terminal."""

import asyncio
import re
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from uuid import UUID

from pydantic import ValidationError
from rich.console import Console, RenderableType
from rich.table import Table
from rich.text import Text

from app.agent import document_questions, document_text
from app.agent.document_questions import DocumentQuestion
from app.agent.document_text import MAX_BYTES
from app.agent.embedding_choice import open_embedder
from app.agent.embeddings import Embedder, EmbeddingFailed
from app.commands.progress import progress_on
from app.commands.terminal import plain
from app.config import Settings
from app.db import Database, Scope
from app.errors import CannotStart, InvalidField
from app.models import KnowledgeSource
from app.repositories import knowledge as knowledge_repository
from app.schemas.knowledge import SearchQuery, SearchResult
from app.services import auth, knowledge, knowledge_indexing, shipped_knowledge

Waiting = list[tuple[UUID, Scope | None]]

EXPORT_PAGE_ROWS = 200
_UNSAFE = re.compile(r"[^\w.-]+")


def index_and_show(settings: Settings, files: Sequence[Path], email: str | None, wanted_scope: str) -> bool:
    """Whether everything was indexed."""
    if files and email is None:
        raise CannotStart("Say with --user whose files these are.")
    return asyncio.run(_index(settings, files, email, wanted_scope, Console()))


def search_and_show(settings: Settings, question: str, email: str | None, page: str | None) -> None:
    try:
        query = SearchQuery(q=question, page=page)
    except ValidationError as error:
        raise InvalidField.first_of(error) from error
    show(asyncio.run(_search(settings, query, email)), Console())


def export(settings: Settings, folder: Path, email: str | None) -> int:
    """How many documents were written."""
    folder.mkdir(parents=True, exist_ok=True)
    return asyncio.run(_export(settings, folder, email))


async def _index(
    settings: Settings, files: Sequence[Path], email: str | None, wanted_scope: str, console: Console
) -> bool:
    async with _opened(settings, email) as (database, embedder, scope):
        if scope is not None and files:
            # Who has the machine may add to the tenant's documents, whatever the account's role
            named = knowledge.writable_scope(scope, wanted_scope, is_administrator=True)
            waiting: Waiting = [(await _take(database, scope, named, path), scope) for path in files]
        else:
            await shipped_knowledge.store(database)
            async with database.session() as session:
                waiting = await knowledge_repository.list_to_index(session, embedder.model)
        return await _index_all(database, embedder, waiting, console)


async def _take(database: Database, scope: Scope, knowledge_scope: str, path: Path) -> UUID:
    with path.open("rb") as file:
        # One byte beyond the limit is enough to be refused, however large the file is
        content = file.read(MAX_BYTES + 1)
    text = await document_text.read(content, document_text.media_type_of(path.name, None), file_name=path.name)
    async with database.session(scope) as session:
        return (await knowledge.take(session, knowledge_scope, text, key=path.name)).id


async def _index_all(database: Database, embedder: Embedder, waiting: Waiting, console: Console) -> bool:
    passages, failed = 0, 0
    with progress_on(console) as progress:
        task = progress.add_task("Indexing", total=len(waiting))
        for source_id, scope in waiting:
            try:
                done = await knowledge_indexing.index(database, embedder, scope, source_id)
                passages += done.passages
            except EmbeddingFailed as error:
                await knowledge_indexing.note_failure(database, scope, source_id, error)
                console.print(Text(f"Not indexed: {error.sentence}"))
                failed += 1
            progress.advance(task)
    console.print(Text(f"Indexed {len(waiting) - failed:,} documents with {passages:,} passages; {failed:,} failed."))
    return failed == 0


async def _search(settings: Settings, query: SearchQuery, email: str | None) -> SearchResult:
    async with _opened(settings, email) as (database, embedder, scope):
        return await knowledge.preview(database, embedder, scope, query)


def show(result: SearchResult, console: Console) -> None:
    table = Table(title=Text(f"Used: relevance of at least {result.threshold:.2f}"), title_justify="left")
    for name in ("", "title", "section", "text"):
        table.add_column(name, overflow="fold")
    for name in ("vector", "words", "similarity", "coverage", "relevance", "fused"):
        table.add_column(name, justify="right", no_wrap=True)
    for found in result.passages:
        ranks = [str(rank or "") for rank in (found.vector_rank, found.text_rank)]
        scores = [f"{score:.3f}" for score in (found.similarity, found.coverage, found.relevance, found.score)]
        # As Text: what a document says is no markup
        cells: list[RenderableType] = [
            Text(plain(cell))
            for cell in ("*" if found.is_used else "", found.title, found.section, found.content[:100])
        ]
        table.add_row(*cells, *ranks, *scores)
    console.print(table)


async def _export(settings: Settings, folder: Path, email: str | None) -> int:
    written, before = 0, None
    async with _opened(settings, email) as (database, _, scope):
        while True:
            async with database.session(scope) as session:
                rows = await knowledge_repository.list_page(session, None, before=before, limit=EXPORT_PAGE_ROWS)
            for row in rows:
                name = _UNSAFE.sub("_", f"{row.scope.split(':')[0]}_{row.key}")[:100]
                (folder / f"{name}_{row.id.hex[:8]}.md").write_text(_exported(row), encoding="utf-8")
            written += len(rows)
            if len(rows) < EXPORT_PAGE_ROWS:
                return written
            before = (rows[-1].created_at, rows[-1].id)


def _exported(source: KnowledgeSource) -> str:
    asked = document_questions.front_matter_lines(DocumentQuestion(**question) for question in source.questions)
    front_matter = "\n".join(["---", f"title: {source.title}", f"scope: {source.scope}", *asked, "---"])
    return f"{front_matter}\n\n{source.body}\n"


@asynccontextmanager
async def _opened(settings: Settings, email: str | None) -> AsyncIterator[tuple[Database, Embedder, Scope | None]]:
    embedder = open_embedder(settings)
    try:
        async with Database(settings.database_url) as database:
            yield database, embedder, None if email is None else await auth.scope_of(database, email)
    finally:
        await embedder.close()
