"""A turn of the offline analyst over the demo portfolios, through the real runtime and the real tools."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from app.agent.llm_client import CallMetadata, Choice, LLMMessage, SystemMessage, UserMessage
from app.agent.llm_offline import OfflineAnalyst
from app.agent.marks import marked
from app.agent.runtime import Turn
from app.agent.sections import Context, Section, piece
from app.agent.tools.catalogue import standard_registry
from app.agent.tools.contract import ToolContext
from app.agent.turn_tools import ToolBox
from app.db import Database, Scope

BALANCED = "Balanced Individual"
TECHNOLOGY = "Concentrated Technology"
LONG_SHORT = "Long/Short Equity"


@dataclass(frozen=True, slots=True)
class Page:
    portfolio_id: UUID
    name: str


@dataclass(frozen=True, slots=True)
class Told:
    """What one question led to. `calls` are the tools with their arguments, `results` their answers."""

    text: str
    calls: list[tuple[str, dict[str, Any]]]
    results: list[Any]
    errors: list[str]

    @property
    def tools(self) -> list[str]:
        return [name for name, _ in self.calls]


class Conversation:
    def __init__(
        self, database: Database, scope: Scope, page: Page | None, *, remembered: Sequence[dict[str, str]] = ()
    ) -> None:
        self._context = ToolContext(database, scope, page.portfolio_id if page else None)
        self._page = page
        self._remembered = remembered
        self._history: list[LLMMessage] = []

    async def ask(self, question: str, toolbox: ToolBox | None = None) -> Told:
        analyst = OfflineAnalyst()
        choice = Choice(analyst, analyst.default_model)
        turn = Turn(choice, toolbox or standard_registry(), self._context, CallMetadata())
        asked = UserMessage(role="user", content=question)
        given = Context((Section("question", (piece(*self._history, *self._surroundings(), asked),)),))
        events = [event async for event in turn.events(given)]
        self._history += [asked, *turn.transcript]
        results = [event.data for event in events if event.type == "tool_result"]
        return Told(
            text=turn.snapshot.text,
            calls=[(event.data.tool_name, event.data.tool_args) for event in events if event.type == "tool_call"],
            results=[data.result for data in results if data.error is None],
            errors=[data.error.code for data in results if data.error is not None],
        )

    def _surroundings(self) -> list[LLMMessage]:
        shown: list[dict[str, object]] = []
        if self._remembered:
            shown.append({"memories": self._remembered})
        if self._page is not None:
            shown.append({"portfolio": {"id": str(self._page.portfolio_id), "name": self._page.name}})
        return [SystemMessage(role="system", content=marked(facts)) for facts in shown]
