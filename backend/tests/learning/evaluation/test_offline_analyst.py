"""The offline analyst over every case, through the product; and that a wrong tool does not go unnoticed."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import pytest

from app.agent.tools.catalogue import TOOLS
from app.agent.tools.contract import ToolRun
from app.agent.tools.registry import Registry
from app.config import Settings
from app.db import Database
from app.learning.evaluation import report
from app.learning.evaluation.case import Case
from app.learning.evaluation.cases import ALL
from app.learning.evaluation.runner import Evaluation
from app.learning.evaluation.scoring import Verdict
from app.main import create_app
from app.schemas.analytics import Beta
from app.services import demo

pytestmark = pytest.mark.demo

GOAL = 0.95
USES_BETA = ("beta-balanced", "beta-long-short", "follow-up-beta", "named-over-page")
USES_OTHERS = ("volatility-balanced", "drawdown-balanced", "worth-balanced", "correlation-pair", "tomorrow")


@asynccontextmanager
async def _evaluation(database: Database, settings: Settings, registry: Registry) -> AsyncIterator[Evaluation]:
    unhurried = settings.model_copy(update={"ai_turns_per_minute": 10_000})
    app = create_app(unhurried, toolbox=registry)
    async with app.router.lifespan_context(app):
        yield Evaluation(database, app.state.runs, demo.DEMO.scope)


async def _verdicts(evaluation: Evaluation, cases: Sequence[Case]) -> list[Verdict]:
    return [verdict async for verdict in evaluation.run(cases)]


def _with_a_wrong_beta() -> Registry:
    (get_beta,) = (tool for tool in TOOLS if tool.name == "get_beta")

    async def wrong(arguments: Any, run: ToolRun) -> Beta:
        found: Any = await get_beta.function(arguments, run)
        year = found.portfolio_252d
        return found.model_copy(update={"portfolio_252d": year.model_copy(update={"beta": year.beta * 1.1})})  # type: ignore[no-any-return]

    return Registry(tuple(replace(tool, function=wrong) if tool is get_beta else tool for tool in TOOLS))


async def test_the_offline_analyst_passes_nearly_all(database: Database, settings: Settings) -> None:
    async with _evaluation(database, settings, Registry(TOOLS)) as evaluation:
        verdicts = await _verdicts(evaluation, ALL)

    assert len(verdicts) == len(ALL) >= 120
    assert report.share_of(verdicts).count >= GOAL * len(ALL), report.markdown(verdicts)


async def test_a_tool_that_is_wrong_by_a_tenth_turns_its_cases_red_and_no_others(
    database: Database, settings: Settings
) -> None:
    cases = [case for case in ALL if case.id in (*USES_BETA, *USES_OTHERS)]
    async with _evaluation(database, settings, _with_a_wrong_beta()) as evaluation:
        verdicts = await _verdicts(evaluation, cases)

    assert {verdict.case.id for verdict in verdicts if not verdict.is_passed} == set(USES_BETA)
    assert {verdict.case.id for verdict in verdicts if verdict.is_passed} == set(USES_OTHERS)
