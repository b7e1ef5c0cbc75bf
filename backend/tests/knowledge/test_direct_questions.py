"""What people ask first: each term of the product in plain words, over all that ships, embedded by the real model.

Slow, since every page and its questions are embedded; but no part of them shows what would stand before a page.
"""

from app.agent import rag
from app.agent.embedding_local import LocalEmbedder
from app.db import Database
from app.models.embedding_model import BUNDLED
from app.repositories import knowledge as knowledge_repository
from app.services import knowledge_indexing, shipped_knowledge

FORMS = ("What is {}?", "Explain {} to me", "what does {} mean")
TERMS = {
    "value at risk": "What value at risk says",
    "volatility": "What volatility means",
    "beta": "What beta means here",
    "R squared": "Standard error, p-value and R squared of beta",
    "drawdown": "What a drawdown is",
    "expected shortfall": "What expected shortfall says",
    "correlation": "What correlation says",
    "leverage": "Leverage",
    "net asset value": "Net asset value",
    "the Herfindahl index": "Herfindahl index (HHI)",
    "factor exposures": "Which factors there are",
    "risk contributions": "Contribution to volatility (Euler)",
    "stress tests": "How a stress test is computed",
    "the Sharpe ratio": "Sharpe ratio",
    "the benchmark": "What the benchmark is used for",
    "the offline analyst": "What the offline analyst is",
    "a private position": "Holdings without a market price",
    "a short position": "What a short position is",
}


async def test_a_term_is_explained_by_its_own_section(database: Database) -> None:
    embedder = LocalEmbedder()
    await shipped_knowledge.store(database)
    async with database.session() as session:
        pages = [page.id for page in await knowledge_repository.list_shipped(session)]
    for page in pages:
        await knowledge_indexing.index(database, embedder, None, page)

    found = {
        (term, form): await _first_section(database, embedder, form.format(term)) for term in TERMS for form in FORMS
    }

    assert {asked: section for asked, section in found.items() if section != TERMS[asked[0]]} == {}


async def _first_section(database: Database, embedder: LocalEmbedder, question: str) -> str | None:
    query = await rag.ask(embedder, question)
    async with database.session() as session:
        passages = await rag.retrieve(session, BUNDLED, query, [rag.GLOBAL])
    return passages[0].section if passages else None
