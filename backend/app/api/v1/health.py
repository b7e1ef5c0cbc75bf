from typing import Literal

from fastapi import APIRouter
from sqlalchemy import text

from app.api.deps import DatabaseDep
from app.api.errors import errors
from app.schemas.base import Schema

router = APIRouter(prefix="/health", tags=["health"])


class Health(Schema):
    status: Literal["ok"] = "ok"


@router.get("/live")
async def live() -> Health:
    """The process answers. Says nothing of what it depends on, so that a database outage restarts nobody."""
    return Health()


@router.get("/ready", responses=errors(503))
async def ready(database: DatabaseDep) -> Health:
    """The process can serve: its database answers."""
    async with database.session() as session:
        await session.execute(text("select 1"))
    return Health()
