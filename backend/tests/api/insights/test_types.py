"""Every type of insight over the demo portfolios by the offline analyst: all figures are the risk engine's."""

import json
from typing import Any, get_args

import httpx
import pytest
from sqlalchemy import select

from app.agent.offline.figures import money, percent
from app.db import Database
from app.insights.kinds import KINDS
from app.models import Insight, InsightTemplate
from app.schemas.insight import InsightType
from app.services import demo
from tests.agent.demo_turn import BALANCED, LONG_SHORT, TECHNOLOGY
from tests.agent.scripted import ScriptedClient, answer
from tests.agent.traced_figures import untraced
from tests.api.insights.asking import ANSWER, OneClient, generate

pytestmark = pytest.mark.demo

FIXED: list[InsightType] = [kind for kind in get_args(InsightType) if kind != "custom"]


async def _made(client: httpx.AsyncClient, portfolio_id: str, **body: Any) -> dict[str, Any]:
    response = await generate(client, portfolio_id, **body)
    assert response.status_code == 200, response.text
    found: dict[str, Any] = response.json()
    return found


async def test_each_type_rests_on_its_own_facts_in_every_portfolio(
    demo_user: httpx.AsyncClient, portfolios: dict[str, str], database: Database
) -> None:
    for name in (BALANCED, TECHNOLOGY, LONG_SHORT):
        for insight_type in FIXED:
            insight = await _made(demo_user, portfolios[name], insight_type=insight_type)
            assert insight["insight_type"] == insight_type
            assert {finding["code"] for finding in insight["findings"]} <= KINDS[insight_type].detectors
            assert insight["prompt_version"].startswith(f"{insight_type}-1-")
            assert insight["usage"]["cost_usd"] == 0 or insight["usage"]["cost_usd"] is None
            async with database.session(demo.DEMO.scope) as session:
                row = await session.get(Insight, insight["id"])
            assert row is not None
            words = " ".join([insight["title"], insight["summary"], insight["analysis"]])
            assert untraced(words, [row.evidence]) == [], insight_type


@pytest.mark.parametrize(
    ("insight_type", "endpoint", "said"),
    [
        ("volatility_analysis", "volatility", lambda found: percent(found["forecast_21d"])),
        ("concentration_risk", "concentration", lambda found: percent(found["largest"][0]["gross_weight"])),
        ("factor_exposure", "factor-exposures", lambda found: percent(found["systematic_volatility"])),
        ("hedge_quality", "hedge-quality", lambda found: percent(found["effectiveness"])),
        ("stress_test_review", "stress-test", lambda found: money(min(s["effect"] or 0 for s in found["scenarios"]))),
        ("performance", "performance", lambda found: percent(found["annualized_return"], signed=True)),
        ("post_mortem", "attribution?start=2022-11-28", lambda found: money(found["by_sector"][0]["pnl"], signed=True)),
    ],
)
async def test_its_figures_are_those_of_the_endpoint(
    demo_user: httpx.AsyncClient, portfolios: dict[str, str], insight_type: str, endpoint: str, said: Any
) -> None:
    insight = await _made(demo_user, portfolios[LONG_SHORT], insight_type=insight_type)
    found = (await demo_user.get(f"/api/v1/analytics/portfolio/{portfolios[LONG_SHORT]}/{endpoint}")).json()
    assert said(found) in insight["analysis"]


async def test_a_custom_insight_answers_its_question_through_the_tools(
    demo_user: httpx.AsyncClient, portfolios: dict[str, str], database: Database
) -> None:
    question = "Which positions contribute most to risk?"
    insight = await _made(demo_user, portfolios[TECHNOLOGY], insight_type="custom", question=question)
    assert (insight["title"], insight["question"], insight["findings"]) == (question, question, [])
    assert "contributes most to the risk" in insight["analysis"]
    assert "get_risk_contributions" in insight["summary"]
    async with database.session(demo.DEMO.scope) as session:
        row = await session.get(Insight, insight["id"])
    assert row is not None
    assert [entry["tool"] for entry in row.evidence["looked_up"]] == ["get_risk_contributions"]
    assert untraced(insight["analysis"], [row.evidence["looked_up"]]) == []


@pytest.mark.parametrize(
    "body",
    [
        {"insight_type": "custom"},
        {"insight_type": "custom", "question": " "},
        {"insight_type": "custom", "question": "x" * 501},
        {"insight_type": "performance", "question": "How?"},
        {"insight_type": "horoscope"},
    ],
)
async def test_a_question_is_of_custom_insights_only(
    demo_user: httpx.AsyncClient, portfolios: dict[str, str], body: dict[str, Any]
) -> None:
    assert (await generate(demo_user, portfolios[BALANCED], **body)).status_code == 422


async def test_a_post_mortem_goes_to_the_thorough_model(
    demo_user: httpx.AsyncClient, portfolios: dict[str, str], clients: OneClient
) -> None:
    for insight_type in ("post_mortem", "daily_summary"):
        await _made(demo_user, portfolios[BALANCED], insight_type=insight_type)
    assert clients.tasks == ["heavy", "insight"]


async def test_a_model_cannot_lower_the_severity_and_comments_on_what_was_found(
    demo_user: httpx.AsyncClient, portfolios: dict[str, str], clients: OneClient
) -> None:
    comments = [{"code": "leverage", "comment": "Both sides are large."}]
    said = {**ANSWER, "severity": "info", "findings": comments}
    clients.client = ScriptedClient(answer(json.dumps(said)))
    insight = await _made(demo_user, portfolios[LONG_SHORT])
    assert insight["severity"] == insight["findings"][0]["severity"] == "warning"
    told = {finding["code"]: finding["comment"] for finding in insight["findings"]}
    assert told.pop("leverage") == "Both sides are large."
    assert set(told.values()) == {None}


async def test_a_finding_that_is_invented_is_mended(
    demo_user: httpx.AsyncClient, portfolios: dict[str, str], clients: OneClient
) -> None:
    invented = {**ANSWER, "findings": [{"code": "fraud", "comment": "C."}]}
    scripted = clients.client = ScriptedClient(answer(json.dumps(invented)), answer(json.dumps(ANSWER)))
    insight = await _made(demo_user, portfolios[BALANCED])
    assert insight["title"] == ANSWER["title"]
    assert 'there is no finding "fraud"' in scripted.asked[1][-1]["content"]


async def test_a_figure_without_a_source_is_told_once_and_then_marked(
    demo_user: httpx.AsyncClient, portfolios: dict[str, str], clients: OneClient
) -> None:
    invented = {**ANSWER, "analysis": "Volatility will be 87.65 % a year."}
    scripted = clients.client = ScriptedClient(*(answer(json.dumps(invented)) for _ in range(2)))
    insight = await _made(demo_user, portfolios[BALANCED])
    assert "These figures are not in the facts: 87.65 %" in scripted.asked[1][-1]["content"]
    assert scripted.is_spent
    assert insight["grounding"]["untraced"] == 1
    assert insight["grounding"]["figures"][0]["text"].startswith("87.65")


# In the others the shorts' losses and a month's first day are told in words that the check does not follow
@pytest.mark.parametrize("insight_type", [kind for kind in FIXED if kind not in ("hedge_quality", "post_mortem")])
async def test_figures_of_the_facts_have_their_source(
    demo_user: httpx.AsyncClient, portfolios: dict[str, str], insight_type: str
) -> None:
    insight = await _made(demo_user, portfolios[LONG_SHORT], insight_type=insight_type)
    grounding = insight["grounding"]
    assert grounding["traced"] > 5
    assert [figure["text"] for figure in grounding["figures"] if figure["origin"]["status"] == "untraced"] == []


async def test_the_prompt_is_the_one_that_is_stored(
    demo_user: httpx.AsyncClient, portfolios: dict[str, str], clients: OneClient, database: Database
) -> None:
    scripted = clients.client = ScriptedClient(answer(json.dumps(ANSWER)))
    insight = await _made(demo_user, portfolios[BALANCED], insight_type="performance")
    async with database.session(demo.DEMO.scope) as session:
        row = await session.get(Insight, insight["id"])
        assert row is not None
        template = await session.scalar(select(InsightTemplate).where(InsightTemplate.id == row.template_id))
    assert template is not None
    assert (template.insight_type, template.version, template.tenant_id) == ("performance", 1, None)
    assert scripted.asked[0][0]["content"].endswith(template.prompt)
