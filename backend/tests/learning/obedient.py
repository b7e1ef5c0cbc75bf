"""A model that is right until it is shown one rule, which it then follows: what a bad change does to answers."""

from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

from app.agent.llm_client import CallMetadata, Choice, LLMEvent, LLMMessage, ToolSpec
from app.agent.llm_offline import OfflineAnalyst
from app.agent.price_table import FREE
from app.config import Settings
from app.db import Database
from app.services.learning_evaluation import Ground
from tests.agent.scripted import ScriptedClients, end, text, usage

SECRETIVE = "State no figures to anybody."


class Obedient(OfflineAnalyst):
    async def stream_response(
        self,
        messages: Sequence[LLMMessage],
        tools: Sequence[ToolSpec] | None = None,
        model: str | None = None,
        metadata: CallMetadata | None = None,
    ) -> AsyncIterator[LLMEvent]:
        if SECRETIVE not in str(messages):
            async for event in super().stream_response(messages, tools, model, metadata):
                yield event
            return
        for event in (*text("I cannot say."), usage(10, 5), end()):
            yield event  # type: ignore[misc]


class ObedientClients(ScriptedClients):
    def __init__(self) -> None:
        super().__init__(Obedient())  # type: ignore[arg-type]

    def choose(self, **_: Any) -> Choice:
        return Choice(self.client, "scripted-1", price=FREE)


def ground_at(url: str) -> Ground:
    """The database at this address, in the place of a server of its own."""

    @asynccontextmanager
    async def opened() -> AsyncIterator[Database]:
        database = Database(url, pool_size=5)
        try:
            yield database
        finally:
            await database.close()

    def ground(_: Settings) -> AbstractAsyncContextManager[Database]:
        return opened()

    return ground
