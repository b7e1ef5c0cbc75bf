"""The product as it is without a key: the offline analyst, the real tools, the bundled prices."""

import httpx
import pytest

from app.agent.embedding_local import LocalEmbedder
from app.config import Settings
from app.db import Database
from app.main import create_app
from app.repositories import knowledge as knowledge_repository
from app.services import knowledge_indexing, shipped_knowledge
from tests.api.chat_fixtures import Chat
from tests.api.chat_server import serving
from tests.builders import auth_headers, make_portfolio, make_position, make_user


@pytest.mark.market_data
async def test_a_question_is_answered_from_several_tools(settings: Settings, database: Database) -> None:
    user = await make_user(database)
    portfolio = await make_portfolio(database, user, name="Growth")
    await make_position(database, portfolio, symbol="AAPL")
    await make_position(database, portfolio, symbol="MSFT")
    app = create_app(settings)
    async with (
        serving(app) as url,
        httpx.AsyncClient(base_url=url, headers=auth_headers(user, settings), timeout=60) as http,
    ):
        created = await http.post("/api/v1/chat/conversations", json={"portfolio_id": str(portfolio.id)})
        chat = Chat(http, app, user, created.json()["id"])
        reading = await chat.ask("How risky is my portfolio compared with the market?")

    results = {event.data["tool_name"]: event.data for event in reading.events if event.type == "tool_result"}
    assert reading.types[-1] == "done", reading.events[-1].data
    assert reading.events[0].data["provider"] == "offline"
    assert len(results) >= 2
    assert all(result["error"] is None for result in results.values()), results
    assert reading.text


async def test_what_a_word_means_here_is_answered_with_a_citation_that_is_stored(
    settings: Settings, database: Database
) -> None:
    user = await make_user(database)
    await shipped_knowledge.store(database)
    async with database.session() as session:
        (beta,) = [page for page in await knowledge_repository.list_shipped(session) if page.key == "beta"]
    await knowledge_indexing.index(database, LocalEmbedder(), None, beta.id)
    app = create_app(settings)
    async with (
        serving(app) as url,
        httpx.AsyncClient(base_url=url, headers=auth_headers(user, settings), timeout=60) as http,
    ):
        created = await http.post("/api/v1/chat/conversations", json={})
        chat = Chat(http, app, user, created.json()["id"])
        reading = await chat.ask("What does beta mean here?")
        messages = await chat.messages()
        opened = (await http.get(f"/api/v1/agent/kb/documents/{beta.id}")).json()
        unknown = await chat.ask("Who won the chess championship?")

    (citation,) = reading.events[-1].data["citations"]
    assert (citation["mark"], citation["title"], citation["document_id"]) == (1, beta.title, str(beta.id))
    assert f"[{citation['mark']}]" in reading.text
    assert reading.text.split(" [1]")[0] in citation["quote"]
    assert opened["body"][citation["span_start"] : citation["span_end"]] == citation["quote"]
    assert messages[1]["citations"] == [citation]
    assert unknown.events[-1].data["citations"] == []
    assert "the knowledge base has nothing on it" in unknown.text
