"""Cases through the product: a conversation each, with the runs, tools and models that a person gets."""

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from uuid import UUID

from app.agent.runs import Runs
from app.db import Database, Scope
from app.learning.evaluation.case import Case
from app.learning.evaluation.scoring import Answer, Verdict, judge
from app.repositories import portfolio as portfolio_repository
from app.schemas.chat import ConversationIn, Mode, RunEvent, SendIn, UiContext
from app.services import chat

# Beyond this a person has left
QUESTION_SECONDS = 180.0


class Evaluation:
    """`scope` is the owner of the demo portfolios."""

    def __init__(
        self, database: Database, runs: Runs, scope: Scope, *, model: str | None = None, mode: Mode = "standard"
    ) -> None:
        self._database = database
        self._runs = runs
        self._scope = scope
        self._model = model
        self._mode = mode
        # Of all that was asked, for whoever does not want to keep them
        self.conversations: list[UUID] = []

    async def run(self, cases: Sequence[Case], *, at_once: int = 2) -> AsyncIterator[Verdict]:
        """Verdicts as they come, `at_once` cases side by side."""
        portfolios = await self._portfolios()
        places = asyncio.Semaphore(at_once)

        async def verdict(case: Case) -> Verdict:
            async with places:
                return judge(case, await self._answer(case, portfolios.get(case.page or "")))

        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(verdict(case)) for case in cases]
            for next_done in asyncio.as_completed(tasks):
                yield await next_done

    async def _portfolios(self) -> dict[str, UUID]:
        async with self._database.session(self._scope) as session:
            return {row.name: row.id for row in await portfolio_repository.list_all(session)}

    async def _answer(self, case: Case, portfolio_id: UUID | None) -> Answer:
        async with self._database.session(self._scope) as session:
            wanted = ConversationIn(portfolio_id=portfolio_id, mode=self._mode)
            conversation = await chat.create(session, self._scope, wanted)
        self.conversations.append(conversation.id)
        page = UiContext(page="portfolio", portfolio_id=portfolio_id) if portfolio_id else None
        for question in case.earlier:
            await self._ask(conversation.id, question, page)
        return await self._ask(conversation.id, case.question, page)

    async def _ask(self, conversation_id: UUID, question: str, page: UiContext | None) -> Answer:
        started = time.perf_counter()
        sent = SendIn(conversation_id=conversation_id, text=question, ui_context=page, model=self._model)
        try:
            async with asyncio.timeout(QUESTION_SECONDS):
                run_id = await self._runs.start(self._scope, sent, None)
                events = [logged.event async for logged in self._runs.watch(run_id, self._scope, 0)]
        except TimeoutError:
            return Answer("", (), error="timed_out", seconds=time.perf_counter() - started)
        return _answer(events, time.perf_counter() - started)


def _answer(events: Sequence[RunEvent], seconds: float) -> Answer:
    tools = tuple(event.data.tool_name for event in events if event.type == "tool_call")
    last = events[-1]
    match last.type:
        case "done":
            return Answer(last.data.final_text, tools, seconds=seconds, cost_usd=last.data.usage.cost_usd)
        case "error":
            return Answer("", tools, error=last.data.code, seconds=seconds)
        case _:
            return Answer("", tools, error="stream_without_end", seconds=seconds)
