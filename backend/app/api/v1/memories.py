"""What the analyst remembers of a person, and what holds for everybody of their tenant."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, status

from app.api.deps import Caller, CurrentUser, DatabaseDep, EmbedderDep, SessionDep
from app.api.errors import SIGNED_IN_ERRORS, errors
from app.schemas.memory import MemoriesDeleted, MemoriesQuery, MemoryIn, MemoryOut, MemoryPatch, MemoryQuery
from app.schemas.page import Page
from app.services import memory

router = APIRouter(prefix="/agent/memories", tags=["memories"], responses=SIGNED_IN_ERRORS)


@router.get("")
async def list_memories(session: SessionDep, wanted: Annotated[MemoryQuery, Query()]) -> Page[MemoryOut]:
    """One's own with drafts, the tenant's and the product's, newest first."""
    return await memory.list_page(session, wanted)


@router.post("", status_code=status.HTTP_201_CREATED, responses=errors(403, 404, 409))
async def create_memory(database: DatabaseDep, embedder: EmbedderDep, caller: Caller, wanted: MemoryIn) -> MemoryOut:
    """Have something remembered: what a person writes here needs no confirmation."""
    return await memory.create(database, embedder, caller.scope, wanted, is_administrator=caller.is_administrator)


@router.delete("")
async def delete_memories(session: SessionDep, wanted: Annotated[MemoriesQuery, Query()]) -> MemoriesDeleted:
    """Everything that is remembered of oneself, or all drafts of it. What is the tenant's stays."""
    return await memory.delete_own(session, wanted.status)


@router.get("/{memory_id}", responses=errors(404))
async def get_memory(session: SessionDep, memory_id: UUID) -> MemoryOut:
    return await memory.get(session, memory_id)


@router.patch("/{memory_id}", responses=errors(403, 404, 409))
async def change_memory(
    database: DatabaseDep, embedder: EmbedderDep, caller: Caller, memory_id: UUID, wanted: MemoryPatch
) -> MemoryOut:
    """Edit it, or confirm a draft with `{"status": "active"}`."""
    return await memory.change(
        database, embedder, caller.scope, memory_id, wanted, is_administrator=caller.is_administrator
    )


@router.delete("/{memory_id}", status_code=status.HTTP_204_NO_CONTENT, responses=errors(403, 404))
async def delete_memory(session: SessionDep, user: CurrentUser, memory_id: UUID) -> None:
    await memory.delete(session, memory_id, is_administrator=user.is_administrator)
