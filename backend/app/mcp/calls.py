"""Calls of other assistants, each on behalf of one person: carried out as the analyst's own are."""

import asyncio
import json
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4
from weakref import WeakValueDictionary

import structlog

from app import metrics
from app.agent import plain_json
from app.agent.embeddings import Embedder
from app.agent.llm_client import ToolCall
from app.agent.tools.contract import Tool, ToolContext, ToolOutcome
from app.agent.tools.registry import Registry
from app.agent.turn_knowledge import TurnKnowledge
from app.agent.turn_tools import MAX_PARALLEL, carry_out, not_an_object
from app.db import Database, Scope

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Caller:
    """For whom an assistant asks. `credential` is the token that it came with; None for whoever runs the server."""

    scope: Scope
    credential: UUID | None


class Calls:
    def __init__(self, registry: Registry, database: Database, embedder: Embedder) -> None:
        self._registry = registry
        self._database = database
        self._embedder = embedder
        # As many of one person's at once as of one turn; the others wait, and nobody else for them
        self._places: WeakValueDictionary[UUID, asyncio.Semaphore] = WeakValueDictionary()

    def offered(self, caller: Caller) -> list[Tool]:
        return self._registry.offered(self._context(caller))

    async def carry_out(self, caller: Caller, name: str, arguments: dict[str, Any]) -> ToolOutcome:
        places = self._places.setdefault(caller.scope.user_id, asyncio.Semaphore(MAX_PARALLEL))
        async with places:
            outcome = await self._answer(caller, name, arguments)
        failure = None if outcome.error is None else outcome.error.code
        # Neither arguments nor results: they are the person's. A name that there is not is the caller's own text
        log.info(
            "assistant_called",
            tool="unknown" if failure == metrics.UNKNOWN_TOOL else name,
            outcome=failure or metrics.OK,
            duration_ms=outcome.duration_ms,
            credential=None if caller.credential is None else str(caller.credential),
        )
        return outcome

    async def _answer(self, caller: Caller, name: str, arguments: dict[str, Any]) -> ToolOutcome:
        # As strictly as what a model sends: NaN and what is too long are refused
        read = plain_json.read_object(json.dumps(arguments))
        if read is None:
            return not_an_object(name)
        call = ToolCall(type="tool_call", id=uuid4().hex, name=name, arguments=read)
        return await carry_out(self._registry, call, self._context(caller))

    def _context(self, caller: Caller) -> ToolContext:
        """No page, no conversation: a portfolio is named or the only one, and nothing is remembered."""
        return ToolContext(
            database=self._database,
            scope=caller.scope,
            portfolio_id=None,
            knowledge=TurnKnowledge(self._embedder),
        )
