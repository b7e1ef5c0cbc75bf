from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest

from app.agent.turn_tools import ToolBox
from app.config import Settings
from app.db import Database
from app.main import create_app
from tests.agent.scripted import FakeToolBox, ScriptedClient, ScriptedClients
from tests.api.chat_fixtures import Chat, OpenChat
from tests.api.chat_server import serving
from tests.builders import auth_headers, make_user


@pytest.fixture
def open_chat(settings: Settings, database: Database) -> OpenChat:
    @asynccontextmanager
    async def opened(client: ScriptedClient, toolbox: ToolBox | None = None) -> AsyncIterator[Chat]:
        user = await make_user(database)
        app = create_app(settings, clients=ScriptedClients(client), toolbox=toolbox or FakeToolBox())
        async with (
            serving(app) as url,
            httpx.AsyncClient(base_url=url, headers=auth_headers(user, settings), timeout=20) as http,
        ):
            created = await http.post("/api/v1/chat/conversations", json={})
            yield Chat(http, app, user, created.json()["id"])

    return opened
