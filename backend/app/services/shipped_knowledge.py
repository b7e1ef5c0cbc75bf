"""The knowledge that ships with the product: its pages, and the tool reference made from the tools themselves."""

from collections.abc import AsyncIterator, Collection
from dataclasses import dataclass, replace
from pathlib import Path

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from app.agent import document_questions, document_text
from app.agent.rag import GLOBAL
from app.agent.tools.reference import reference
from app.db import Database
from app.repositories import knowledge as knowledge_repository
from app.services import knowledge

PAGES = Path(document_text.__file__).parent / "knowledge"
# How people ask for what a page says: a file for each page, under the same headings
QUESTIONS = PAGES / "questions"
TOOL_REFERENCE_KEY = "tool_reference"
TOOL_REFERENCE_TITLE = "What the analyst can look up"

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class ShippedPage:
    key: str
    scope: str
    text: document_text.DocumentText


async def store(database: Database) -> None:
    """Put what this version ships in the place of what an earlier one shipped. What has not changed is not touched.

    Without a person: only so may these scopes be written. Jobs index what is new.
    """
    pages = [page async for page in _pages()]
    async with database.session() as session:
        for page in pages:
            await knowledge.take(session, page.scope, page.text, key=page.key)
        await _forget_others(session, pages)
    log.info("shipped_knowledge_stored", documents=len(pages))


async def _pages() -> AsyncIterator[ShippedPage]:
    for path in sorted(PAGES.glob("*.md")):
        raw = path.read_bytes()
        text = await document_text.read(raw, "text/markdown", file_name=path.name)
        asked = (QUESTIONS / f"{path.stem}.txt").read_text(encoding="utf-8")
        text = replace(text, questions=tuple(document_questions.in_file(asked)))
        yield ShippedPage(path.stem, document_text.front_matter(raw.decode()).get("scope", GLOBAL), text)
    tools = await document_text.read(reference().encode(), "text/markdown", title=TOOL_REFERENCE_TITLE)
    yield ShippedPage(TOOL_REFERENCE_KEY, GLOBAL, tools)


async def _forget_others(session: AsyncSession, pages: Collection[ShippedPage]) -> None:
    kept = {(page.scope, page.key) for page in pages}
    for source in await knowledge_repository.list_shipped(session):
        if (source.scope, source.key) not in kept and (locked := await knowledge_repository.lock(session, source.id)):
            await knowledge_repository.remove(session, locked)
