"""Every tool of the product."""

from app.agent.tools import (
    drivers,
    holdings,
    insights,
    knowledge,
    market,
    memory,
    returns,
    risk,
    scenarios,
    spread,
    targets,
)
from app.agent.tools.registry import Registry

TOOLS = (
    holdings.list_portfolios,
    holdings.get_portfolio_complete,
    holdings.get_positions,
    holdings.compare_portfolios,
    returns.get_performance,
    returns.get_daily_movers,
    returns.get_prices_historical,
    market.get_market_overview,
    risk.get_volatility,
    risk.get_beta,
    risk.get_value_at_risk,
    risk.get_drawdowns,
    spread.get_correlation_matrix,
    spread.get_concentration,
    spread.get_sector_exposure,
    spread.get_data_quality,
    drivers.get_risk_contributions,
    drivers.get_hedge_quality,
    drivers.get_factor_exposures,
    drivers.get_position_factor_exposures,
    drivers.get_pnl_attribution,
    scenarios.run_stress_test,
    scenarios.simulate_trades,
    targets.get_target_prices,
    insights.get_recent_insights,
    knowledge.search_knowledge,
    memory.remember,
)


def standard_registry() -> Registry:
    return Registry(TOOLS)
