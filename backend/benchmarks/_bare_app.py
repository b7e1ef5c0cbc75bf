"""What any endpoint costs before anything of ours: the framework, the floor's one query, and a constant answer."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID

import psycopg
from fastapi import FastAPI, Request
from pydantic import BaseModel

from app.config import Settings

POSITIONS = "select symbol, quantity, entry_date, entry_price from positions where portfolio_id = %s"


class Answer(BaseModel):
    """Of two dozen figures, as the smaller answers are."""

    figures: dict[str, float]


ANSWER = Answer(figures={f"figure_{i}": i / 7 for i in range(24)})


def create_app() -> FastAPI:
    app = FastAPI(lifespan=_connected)
    app.add_api_route("/bare/{portfolio_id}", _bare, response_model=Answer)
    return app


@asynccontextmanager
async def _connected(app: FastAPI) -> AsyncIterator[None]:
    async with await psycopg.AsyncConnection.connect(Settings().database_url, autocommit=True) as connection:
        app.state.connection = connection
        yield


async def _bare(portfolio_id: UUID, request: Request) -> Answer:
    cursor = await request.app.state.connection.execute(POSITIONS, [portfolio_id])
    await cursor.fetchall()
    return ANSWER
