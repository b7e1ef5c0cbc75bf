import asyncio
from typing import Literal

from fastapi import APIRouter
from sqlalchemy import text

from app.api.deps import DatabaseDep
from app.api.errors import errors
from app.errors import Unavailable
from app.schemas.base import Schema

router = APIRouter(prefix="/health", tags=["health"])

# Whoever asks gives up soon after
READY_SECONDS = 3.0


class Health(Schema):
    status: Literal["ok"] = "ok"


@router.get("/live")
async def live() -> Health:
    """The process answers. Says nothing of what it depends on, so that a database outage restarts nobody."""
    return Health()


@router.get("/ready", responses=errors(503))
async def ready(database: DatabaseDep) -> Health:
    """The process can serve: its database answers."""
    try:
        async with asyncio.timeout(READY_SECONDS), database.session() as session:
            await session.execute(text("select 1"))
    except TimeoutError as error:
        raise Unavailable("The database does not answer.") from error
    return Health()
