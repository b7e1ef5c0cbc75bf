"""An assistant that hangs up in the middle of a call: nothing of it stays, and the next is answered."""

import asyncio
import json

import httpx2
import psycopg
import pytest

from app.config import Settings
from app.db import Database
from app.main import create_app
from app.services import demo
from tests.api.chat_server import serving
from tests.mcp.asking import CALL_HEADERS, call, token_for

pytestmark = pytest.mark.demo

# Not pg_stat_activity: within a transaction that shows the connections of its first look
WAITING = (
    "select count(*) from pg_locks where not granted and relation = 'portfolios'::regclass "
    "and database = (select oid from pg_database where datname = current_database())"
)


async def hang_up_in_the_middle(url: str, token: str, holder: psycopg.AsyncConnection) -> None:
    """Only once the call waits for the table that `holder` has locked."""
    port = int(url.rsplit(":", 1)[1])
    body = json.dumps(call("list_portfolios")).encode()
    lines = ["POST /mcp HTTP/1.1", f"Host: 127.0.0.1:{port}", f"Content-Length: {len(body)}"]
    lines += [f"{name}: {value}" for name, value in CALL_HEADERS.items()] + [f"Authorization: Bearer {token}"]
    _, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write("\r\n".join([*lines, "", ""]).encode() + body)
    await writer.drain()
    while not await _waits(holder):  # noqa: ASYNC110 - another process has no event for us
        await asyncio.sleep(0.01)
    writer.close()
    await writer.wait_closed()


async def _waits(holder: psycopg.AsyncConnection) -> bool:
    row = await (await holder.execute(WAITING)).fetchone()
    return row is not None and row[0] > 0


async def test_a_call_that_nobody_waits_for_ends_and_gives_its_connection_back(
    settings: Settings, database: Database, database_url: str
) -> None:
    made = await token_for(database, settings, demo.DEMO.scope)
    app = create_app(settings)
    async with serving(app) as url, await psycopg.AsyncConnection.connect(database_url) as holder:
        await holder.execute("lock table portfolios in access exclusive mode")
        await hang_up_in_the_middle(url, made.token, holder)
        await holder.rollback()
        async with httpx2.AsyncClient(headers=CALL_HEADERS | {"Authorization": f"Bearer {made.token}"}) as client:
            answer = await client.post(f"{url}/mcp", json=call("list_portfolios"))
        while app.state.database.pool.in_use:  # noqa: ASYNC110 - the pool offers no event
            await asyncio.sleep(0.01)

    assert answer.status_code == 200
    assert not answer.json()["result"]["isError"]
