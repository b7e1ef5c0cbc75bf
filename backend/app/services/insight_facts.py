"""Gathering the facts of an insight: the risk engine's answers one by one, and for a question what the tools give."""

import time
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any

from app.agent.context import PagePortfolio
from app.agent.tools.contract import ToolContext
from app.insights import facts, measures
from app.insights.facts import InsightFacts
from app.insights.kinds import KINDS, MeasureName
from app.insights.measures import TOOLS, Measures
from app.insights.research import LEFT_OUT, Asked, Researched, research
from app.schemas.analytics import Measure
from app.schemas.chat import ToolCallData, ToolCallEvent, ToolResultData, ToolResultEvent, Usage
from app.services.analytics import AnalyticsService
from app.services.insight_request import Desk, Taken

# What a reader of the stream is told of an answer: the insight itself carries the figures
_TOLD = {"as_of", "method", "warnings", "unavailable"}
Lookup = ToolCallEvent | ToolResultEvent


@dataclass(frozen=True, slots=True)
class Gathered:
    facts: InsightFacts
    usage: Usage


async def gather(desk: Desk, taken: Taken) -> AsyncGenerator[Lookup | Gathered, None]:
    """What is looked up, as it happens, and last the facts."""
    found: Measures | None = None
    async with aclosing(_measured(desk, taken)) as steps:
        async for step in steps:
            if isinstance(step, Measures):
                found = step
            else:
                yield step
    gathered = Gathered(_facts(taken, found), Usage(cost_usd=0.0))
    if taken.wanted.question is not None:
        async with aclosing(_researched(desk, taken, taken.wanted.question)) as lookups:
            async for lookup in lookups:
                if isinstance(lookup, Researched):
                    gathered = Gathered(_with_research(gathered.facts, lookup), lookup.usage)
                else:
                    yield lookup
    yield gathered


def _facts(taken: Taken, found: Measures | None) -> InsightFacts:
    if found is None:
        raise RuntimeError("every kind of insight rests on the overview")
    return facts.gather(taken.wanted.insight_type, found, taken.wanted.question)


async def _measured(desk: Desk, taken: Taken) -> AsyncGenerator[Lookup | Measures, None]:
    """Told as calls of the tools that give the same figures."""
    answers: dict[MeasureName, Measure] = {}
    known: Measures | None = None
    async with desk.database.session(taken.scope) as session:
        engine = AnalyticsService(session)
        for name in KINDS[taken.wanted.insight_type].measures:
            yield _call(name, taken)
            started = time.perf_counter()
            answers[name] = await measures.ask(engine, taken.wanted.portfolio_id, name, known)
            yield _result(name, answers[name], time.perf_counter() - started)
            known = Measures(**answers)
    if known is not None:
        yield known


def _call(name: MeasureName, taken: Taken) -> ToolCallEvent:
    arguments: dict[str, Any] = {"portfolio": taken.portfolio_name}
    return ToolCallEvent(data=ToolCallData(tool_call_id=name, tool_name=TOOLS[name], tool_args=arguments))


def _result(name: MeasureName, answer: Measure, seconds: float) -> ToolResultEvent:
    told = answer.model_dump(mode="json", include=_TOLD)
    duration_ms = round(seconds * 1000)
    return ToolResultEvent(
        data=ToolResultData(tool_call_id=name, tool_name=TOOLS[name], result=told, duration_ms=duration_ms)
    )


async def _researched(desk: Desk, taken: Taken, question: str) -> AsyncGenerator[Lookup | Researched, None]:
    portfolio = PagePortfolio(taken.wanted.portfolio_id, taken.portfolio_name)
    on_behalf = ToolContext(desk.database, taken.scope, portfolio.id)
    asked = Asked(question, portfolio, taken.account, desk.limits.purse(desk.database, taken.account))
    async with aclosing(research(taken.choice, desk.toolbox, on_behalf, asked)) as steps:
        async for step in steps:
            yield step


def _with_research(known: InsightFacts, found: Researched) -> InsightFacts:
    warnings = [*known.warnings, *([LEFT_OUT] if found.is_cut else [])]
    return known.model_copy(update={"answer": found.draft, "looked_up": found.looked_up, "warnings": warnings})
