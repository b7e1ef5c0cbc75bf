"""Each tool on the demo portfolios: the figures of the endpoints, for the person's own portfolios only."""

import datetime as dt
from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import pytest

from app.agent.tools.catalogue import TOOLS, standard_registry
from app.agent.tools.contract import PortfolioNotFound, ToolContext
from app.agent.tools.size import MAX_RESULT_BYTES, encoded_size
from app.db import Database
from app.schemas.base import Schema
from app.schemas.page import PageQuery
from app.schemas.stress import CustomStress
from app.schemas.target_price import TargetPriceIn
from app.schemas.what_if import Trade
from app.services import demo
from app.services import portfolio as portfolio_service
from app.services import price as price_service
from app.services import target_price as target_price_service
from app.services.analytics import AnalyticsService, stress
from app.services.market_overview import market_overview
from tests.agent.demo_turn import BALANCED, LONG_SHORT, TECHNOLOGY, Page
from tests.builders import insight

OF_ONE_PORTFOLIO = [tool.name for tool in TOOLS if "portfolio" in tool.input_model.model_fields]
# Where a tool answers with less than the endpoint: which fields are shorter
SHORTENED = {"series", "series_step", "rolling_63d", "positions", "limits"}
MEASURES: dict[str, tuple[str, dict[str, Any]]] = {
    "get_portfolio_complete": ("complete", {}),
    "get_positions": ("positions", {}),
    "get_performance": ("performance", {}),
    "get_daily_movers": ("daily_movers", {}),
    "get_volatility": ("volatility", {}),
    "get_beta": ("beta", {}),
    "get_value_at_risk": ("value_at_risk", {"confidence": 0.9, "horizon_days": 5}),
    "get_drawdowns": ("drawdowns", {"limit": 2}),
    "get_correlation_matrix": ("correlation_matrix", {"window": 90}),
    "get_concentration": ("concentration", {}),
    "get_sector_exposure": ("sector_exposure", {}),
    "get_data_quality": ("data_quality", {}),
    "get_risk_contributions": ("risk_contributions", {}),
    "get_hedge_quality": ("hedge_quality", {}),
    "get_factor_exposures": ("factor_exposures", {}),
    "get_position_factor_exposures": ("position_factor_exposures", {}),
    "get_pnl_attribution": ("attribution", {}),
}


@pytest.fixture
def context(demo_world: Database) -> ToolContext:
    return ToolContext(demo_world, demo.DEMO.scope, None)


@pytest.fixture
async def analytics(demo_world: Database) -> AsyncIterator[AnalyticsService]:
    async with demo_world.session(demo.DEMO.scope) as session:
        yield AnalyticsService(session)


async def _result(context: ToolContext, name: str, **arguments: Any) -> dict[str, Any]:
    outcome = await standard_registry().call(name, arguments, context)
    assert outcome.error is None, outcome.error
    assert outcome.result is not None
    found: dict[str, Any] = outcome.result
    return found


def _sent(answer: Schema, *, but: set[str] = SHORTENED) -> dict[str, Any]:
    return answer.model_dump(mode="json", exclude=but)


@pytest.mark.parametrize("portfolio", [BALANCED, TECHNOLOGY, LONG_SHORT])
@pytest.mark.parametrize("name", MEASURES)
async def test_a_tool_gives_the_figures_of_the_endpoint(
    context: ToolContext, analytics: AnalyticsService, demo_pages: dict[str, Page], name: str, portfolio: str
) -> None:
    method, options = MEASURES[name]
    expected = _sent(await getattr(analytics, method)(demo_pages[portfolio].portfolio_id, **options))
    result = await _result(context, name, portfolio=portfolio, **options)
    assert {field: result[field] for field in expected} == expected
    assert encoded_size(result) < MAX_RESULT_BYTES


async def test_positions_are_the_endpoints(
    context: ToolContext, analytics: AnalyticsService, demo_pages: dict[str, Page]
) -> None:
    expected = await analytics.positions(demo_pages[LONG_SHORT].portfolio_id)
    result = await _result(context, "get_positions", portfolio=LONG_SHORT)
    assert result["positions"] == [position.model_dump(mode="json") for position in expected.positions]
    brief = await _result(context, "get_portfolio_complete", portfolio=LONG_SHORT)
    assert brief["positions"] == result["positions"][:15]
    assert brief["limits"] == {"positions": "the largest 15 of 17 by market value"}


async def test_a_thinned_history_says_its_step_and_ends_at_the_newest_day(context: ToolContext) -> None:
    result = await _result(context, "get_performance", portfolio=BALANCED)
    assert len(result["series"]) <= 60
    assert result["series"][-1]["date"] == result["as_of"]
    assert result["limits"] == {"series": f"one in {result['series_step']} trading days"}


async def test_list_portfolios_gives_the_lists_rows(context: ToolContext, demo_world: Database) -> None:
    result = await _result(context, "list_portfolios")
    async with demo_world.session(demo.DEMO.scope) as session:
        page = await portfolio_service.list_page(session, PageQuery())
    assert result["portfolios"] == [item.model_dump(mode="json") for item in page.items]


async def test_prices_carry_the_change_and_the_extremes_of_every_day(
    context: ToolContext, demo_world: Database
) -> None:
    async with demo_world.session(demo.DEMO.scope) as session:
        expected = await price_service.series(session, "AAPL", dt.date(2021, 1, 1), dt.date(2021, 12, 31))
    result = await _result(context, "get_prices_historical", symbol="aapl", start="2021-01-01", end="2021-12-31")
    assert result["first_close"] == expected.closes[0]
    assert result["last_close"] == expected.closes[-1]
    assert result["change"] == pytest.approx(expected.closes[-1] / expected.closes[0] - 1)
    assert (result["high"], result["low"]) == (max(expected.closes), min(expected.closes))
    assert result["high_date"] == expected.dates[expected.closes.index(max(expected.closes))].isoformat()
    assert len(result["dates"]) <= 60


@pytest.mark.parametrize(
    ("period", "first_date"),
    [("1W", "2022-12-21"), ("1M", "2022-11-28"), ("YTD", "2021-12-31"), ("1Y", "2021-12-28"), ("MAX", "2014-01-02")],
)
async def test_a_period_of_prices_begins_at_the_last_close_before_it(
    context: ToolContext, period: str, first_date: str
) -> None:
    result = await _result(context, "get_prices_historical", symbol="MSFT", period=period)
    assert result["first_date"] == first_date
    assert result["last_date"] == "2022-12-28"


async def test_a_stress_test_gives_named_scenarios_and_shocks_of_ones_own(
    context: ToolContext, analytics: AnalyticsService, demo_pages: dict[str, Page]
) -> None:
    portfolio_id = demo_pages[LONG_SHORT].portfolio_id
    named = await _result(context, "run_stress_test", portfolio=LONG_SHORT)
    expected = await analytics.stress_test(portfolio_id, scenarios=stress.named([]), positions=3)
    assert named == expected.model_dump(mode="json")
    shocks = {"factors": {"market": -0.1}}
    own = await _result(context, "run_stress_test", portfolio=LONG_SHORT, shocks=shocks)
    custom = stress.custom(CustomStress.model_validate({"shocks": shocks}))
    expected = await analytics.stress_test(portfolio_id, scenarios=[custom], positions=3)
    assert own == expected.model_dump(mode="json")


async def test_simulated_trades_change_nothing(
    context: ToolContext, analytics: AnalyticsService, demo_pages: dict[str, Page]
) -> None:
    before = await _result(context, "get_positions", portfolio=BALANCED)
    result = await _result(
        context, "simulate_trades", portfolio=BALANCED, trades=[{"symbol": "AAPL", "quantity": -400}]
    )
    trades = [Trade(symbol="AAPL", quantity=-400)]
    expected = await analytics.what_if(demo_pages[BALANCED].portfolio_id, trades)
    assert result == expected.model_dump(mode="json")
    assert await _result(context, "get_positions", portfolio=BALANCED) == before


async def test_comparing_gives_each_portfolios_overview(
    context: ToolContext, analytics: AnalyticsService, demo_pages: dict[str, Page]
) -> None:
    result = await _result(context, "compare_portfolios", portfolios=[LONG_SHORT, "balanced", LONG_SHORT])
    assert [row["name"] for row in result["portfolios"]] == [LONG_SHORT, BALANCED]
    overview = await analytics.overview(demo_pages[LONG_SHORT].portfolio_id)
    row = result["portfolios"][0]
    assert row["nav"] == overview.valuation.nav
    for field in ("volatility_252d", "beta_252d", "value_at_risk_95_1d", "max_drawdown", "total_return"):
        assert row[field] == getattr(overview, field)


async def test_without_names_all_are_compared(context: ToolContext) -> None:
    result = await _result(context, "compare_portfolios")
    assert [row["name"] for row in result["portfolios"]] == [BALANCED, TECHNOLOGY, LONG_SHORT]


async def test_position_factors_are_the_endpoints_largest_first(
    context: ToolContext, analytics: AnalyticsService, demo_pages: dict[str, Page]
) -> None:
    found = await analytics.position_factor_exposures(demo_pages[LONG_SHORT].portfolio_id)
    expected = sorted(found.positions, key=lambda position: -abs(position.weight))
    result = await _result(context, "get_position_factor_exposures", portfolio=LONG_SHORT)
    assert result["positions"] == [position.model_dump(mode="json") for position in expected]
    assert result["limits"] == {}


async def test_the_market_is_the_endpoints(context: ToolContext, demo_world: Database) -> None:
    async with demo_world.session(demo.DEMO.scope) as session:
        expected = await market_overview(session)
    result = await _result(context, "get_market_overview")
    assert result == expected.model_dump(mode="json")
    assert result["as_of"] == "2022-12-28"
    assert encoded_size(result) < MAX_RESULT_BYTES


@pytest.mark.demo
async def test_target_prices_carry_the_change_from_the_newest_close(database: Database) -> None:
    async with database.session(demo.DEMO.scope) as session:
        row = (await portfolio_service.list_page(session, PageQuery())).items[0]
        wanted = TargetPriceIn(symbol="AAPL", bear=100, bull=200, note="a thesis")
        await target_price_service.create(session, demo.DEMO.scope, row.id, wanted)
    context = ToolContext(database, demo.DEMO.scope, row.id)
    result = await _result(context, "get_target_prices")
    (target,) = result["targets"]
    prices = await _result(context, "get_prices_historical", symbol="AAPL")
    assert (result["portfolio_name"], result["as_of"]) == (row.name, prices["last_date"])
    assert target["last_close"] == prices["last_close"]
    assert target["bear_change"] == pytest.approx(100 / prices["last_close"] - 1)
    assert (target["base"], target["base_change"]) == (None, None)


async def test_without_target_prices_the_list_is_empty(context: ToolContext) -> None:
    result = await _result(context, "get_target_prices", portfolio=BALANCED)
    assert (result["targets"], result["as_of"]) == ([], None)


@pytest.mark.parametrize("name", OF_ONE_PORTFOLIO)
async def test_another_persons_portfolio_reads_like_one_that_is_not_there(
    context: ToolContext, demo_world: Database, name: str
) -> None:
    async with demo_world.session(demo.OTHER.scope) as session:
        foreign = (await portfolio_service.list_page(session, PageQuery())).items[0]
    needed = {"trades": [{"symbol": "AAPL", "quantity": 1}]} if name == "simulate_trades" else {}
    for wanted in (str(foreign.id), foreign.name, str(uuid4())):
        outcome = await standard_registry().call(name, {"portfolio": wanted, **needed}, context)
        assert outcome.result is None
        assert outcome.error is not None
        assert (outcome.error.code, outcome.error.message) == ("portfolio_not_found", str(PortfolioNotFound()))


@pytest.mark.parametrize("name", MEASURES)
async def test_the_portfolio_of_the_page_is_the_default(
    demo_world: Database, demo_pages: dict[str, Page], name: str
) -> None:
    context = ToolContext(demo_world, demo.DEMO.scope, demo_pages[TECHNOLOGY].portfolio_id)
    assert (await _result(context, name))["portfolio_name"] == TECHNOLOGY


@pytest.mark.parametrize("name", MEASURES)
async def test_with_none_named_and_several_it_asks_which(context: ToolContext, name: str) -> None:
    outcome = await standard_registry().call(name, {}, context)
    assert outcome.error is not None
    assert outcome.error.code == "ambiguous_portfolio"
    for portfolio in (BALANCED, TECHNOLOGY, LONG_SHORT):
        assert portfolio in outcome.error.message


@pytest.mark.parametrize(
    ("name", "arguments", "said"),
    [
        ("get_value_at_risk", {"confidence": 95}, "`confidence`: Input should be less than or equal to 0.995"),
        ("get_value_at_risk", {"horizon_days": 0}, "`horizon_days`: Input should be greater than or equal to 1"),
        ("get_correlation_matrix", {"window": 0}, "`window`: Input should be greater than or equal to 30"),
        ("get_drawdowns", {"limit": 1000}, "`limit`: Input should be less than or equal to 10"),
        ("get_beta", {"portfolio_id": "x"}, "`portfolio_id`: Extra inputs are not permitted"),
        ("get_prices_historical", {}, "`symbol`: Field required"),
        ("get_prices_historical", {"symbol": "=cmd()"}, "`symbol`: "),
        ("get_prices_historical", {"symbol": "AAPL", "start": "yesterday"}, "`start`: "),
        ("get_prices_historical", {"symbol": "AAPL", "start": "2022-02-01", "end": "2022-01-01"}, "`start` lies after"),
        ("get_prices_historical", {"symbol": "AAPL", "period": "2W"}, "`period`: "),
        ("compare_portfolios", {"portfolios": []}, "`portfolios`: "),
        ("run_stress_test", {"shocks": {"factors": {"market": -2}}}, "`shocks.factors.market`: "),
        ("run_stress_test", {"shocks": {"factors": {"luck": -0.1}}}, "`shocks.factors.luck"),
        ("simulate_trades", {"trades": []}, "`trades`: "),
        ("get_pnl_attribution", {"start": "2022-02-01", "end": "2022-01-01"}, "`start` must lie before"),
        ("list_portfolios", {"user_id": str(uuid4())}, "`user_id`: Extra inputs are not permitted"),
        ("get_market_overview", {"portfolio": BALANCED}, "`portfolio`: Extra inputs are not permitted"),
        ("get_target_prices", {"symbol": "AAPL"}, "`symbol`: Extra inputs are not permitted"),
        ("get_position_factor_exposures", {"portfolio": ""}, "`portfolio`: "),
    ],
)
async def test_arguments_out_of_range_are_answered_with_what_is_allowed(
    context: ToolContext, name: str, arguments: dict[str, Any], said: str
) -> None:
    outcome = await standard_registry().call(name, arguments, context)
    assert outcome.error is not None
    assert outcome.error.code == "invalid_arguments"
    assert said in outcome.error.message


async def test_an_unknown_symbol_is_told(context: ToolContext) -> None:
    outcome = await standard_registry().call("get_prices_historical", {"symbol": "NOPE"}, context)
    assert outcome.error is not None
    assert outcome.error.code == "instrument_not_found"


async def test_days_without_a_price_are_told(context: ToolContext) -> None:
    arguments = {"symbol": "AAPL", "start": "1990-01-01", "end": "1990-12-31"}
    outcome = await standard_registry().call("get_prices_historical", arguments, context)
    assert outcome.error is not None
    assert outcome.error.code == "insufficient_data"


@pytest.mark.demo
async def test_recent_insights_are_the_persons_own_newest_first(database: Database) -> None:
    for scope in (demo.DEMO.scope, demo.OTHER.scope):
        async with database.session(scope) as session:
            for row in (await portfolio_service.list_page(session, PageQuery())).items:
                session.add(insight(scope.user_id, row.id, title=row.name))
    context = ToolContext(database, demo.DEMO.scope, None)
    result = await _result(context, "get_recent_insights")
    assert sorted(insight["title"] for insight in result["insights"]) == [BALANCED, TECHNOLOGY, LONG_SHORT]
    of_one = await _result(context, "get_recent_insights", portfolio=TECHNOLOGY)
    assert [insight["title"] for insight in of_one["insights"]] == [TECHNOLOGY]


def test_every_tool_is_described_without_references() -> None:
    for spec in standard_registry().specs():
        assert len(spec["description"]) > 60, spec["name"]
        assert spec["parameters"]["additionalProperties"] is False
        assert "$ref" not in str(spec["parameters"])
        for field, schema in spec["parameters"]["properties"].items():
            assert schema.get("description"), f"{spec['name']}.{field}"
