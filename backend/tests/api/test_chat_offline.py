"""The product as it is without a key: the offline analyst, the real tools, the bundled prices."""

import httpx
import pytest

from app.config import Settings
from app.db import Database
from app.main import create_app
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
