"""Every analytics endpoint of one portfolio, and the function that works out what it answers."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any
from uuid import UUID

from fastapi import FastAPI
from pydantic import BaseModel

from app.schemas.stress import CustomStress
from app.schemas.what_if import Trade
from app.services.analytics import correlation, factor_base, risk_contributions, stress, value_at_risk
from app.services.analytics.attribution import attribution
from app.services.analytics.beta import beta
from app.services.analytics.book import Book
from app.services.analytics.concentration import concentration
from app.services.analytics.daily_movers import DEFAULT_MOVERS, daily_movers
from app.services.analytics.data_quality import data_quality
from app.services.analytics.drawdowns import DEFAULT_SHOWN, drawdowns
from app.services.analytics.factor_exposures import factor_exposures, position_factor_exposures
from app.services.analytics.hedge import hedge_quality
from app.services.analytics.overview import complete, overview
from app.services.analytics.performance import performance
from app.services.analytics.positions import positions
from app.services.analytics.sector_exposure import sector_exposure
from app.services.analytics.thinning import DEFAULT_POINTS
from app.services.analytics.volatility import volatility
from app.services.analytics.what_if import what_if

PREFIX = "/api/v1/analytics/portfolio/{portfolio_id}/"
_WINDOW = factor_base.DEFAULT_WINDOW
_SHOCKS = {"shocks": {"factors": {"market": -0.1}}}
_TRADES = [{"symbol": "AAPL", "quantity": 10}]


@dataclass(frozen=True)
class Endpoint:
    """`also` are the symbols that the measure needs beside what is held; with a `body` it is posted."""

    path: str
    measure: Callable[[Book], BaseModel]
    also: frozenset[str] = frozenset()
    body: dict[str, Any] | None = None

    @property
    def method(self) -> str:
        return "GET" if self.body is None else "POST"

    @property
    def name(self) -> str:
        short = self.path.removeprefix(PREFIX).removeprefix("/api/v1/").replace("/{portfolio_id}", "")
        return f"{self.method} {short}"

    def of(self, portfolio_id: UUID) -> str:
        return self.path.format(portfolio_id=portfolio_id)


def _measured(name: str, measure: Callable[[Book], BaseModel], *, factors: bool = False) -> Endpoint:
    return Endpoint(PREFIX + name, measure, factor_base.PROXY_SYMBOLS if factors else frozenset())


def _value_at_risk(book: Book) -> BaseModel:
    return value_at_risk.value_at_risk(
        book, value_at_risk.CONFIDENCES, value_at_risk.HORIZONS, value_at_risk.DEFAULT_WINDOW, "historical"
    )


def _custom_stress(book: Book) -> BaseModel:
    scenario = stress.custom(CustomStress.model_validate(_SHOCKS))
    return stress.stress_test(book, [scenario], stress.DEFAULT_POSITIONS)


def _what_if(book: Book) -> BaseModel:
    return what_if(book, [Trade.model_validate(trade) for trade in _TRADES], {})


# With the defaults of each endpoint
ENDPOINTS = (
    _measured("overview", overview),
    _measured("performance", partial(performance, max_points=DEFAULT_POINTS, risk_free_rate=0.0)),
    _measured("volatility", partial(volatility, max_points=DEFAULT_POINTS)),
    _measured("value-at-risk", _value_at_risk),
    _measured("drawdowns", partial(drawdowns, limit=DEFAULT_SHOWN)),
    _measured("beta", beta),
    _measured(
        "correlation-matrix",
        partial(correlation.correlations, window=correlation.DEFAULT_WINDOW, limit=correlation.DEFAULT_SYMBOLS),
    ),
    _measured("concentration", concentration),
    _measured("sector-exposure", sector_exposure),
    _measured("daily-movers", partial(daily_movers, limit=DEFAULT_MOVERS)),
    _measured(
        "risk-contributions", partial(risk_contributions.risk_contributions, window=risk_contributions.DEFAULT_WINDOW)
    ),
    _measured("hedge-quality", hedge_quality),
    _measured("factor-exposures", partial(factor_exposures, window=_WINDOW, estimator="ols"), factors=True),
    _measured(
        "positions/factor-exposures", partial(position_factor_exposures, window=_WINDOW, estimator="ols"), factors=True
    ),
    _measured(
        "stress-test",
        partial(stress.stress_test, scenarios=stress.named([]), positions=stress.DEFAULT_POSITIONS),
        factors=True,
    ),
    Endpoint(PREFIX + "stress-test", _custom_stress, factor_base.PROXY_SYMBOLS, _SHOCKS),
    Endpoint(PREFIX + "what-if", _what_if, frozenset(["AAPL"]) | factor_base.PROXY_SYMBOLS, {"trades": _TRADES}),
    _measured("attribution", partial(attribution, start=None, end=None), factors=True),
    Endpoint("/api/v1/data/portfolio/{portfolio_id}/complete", complete),
    Endpoint("/api/v1/data/portfolio/{portfolio_id}/data-quality", data_quality),
    Endpoint("/api/v1/data/positions/{portfolio_id}", positions),
)


def check_complete(app: FastAPI) -> None:
    """No analytics endpoint of the product is left out."""
    paths = {path: found for path, found in app.openapi()["paths"].items() if path.startswith(PREFIX)}
    offered = {(method.upper(), path) for path, found in paths.items() for method in found}
    missing = offered - {(endpoint.method, endpoint.path) for endpoint in ENDPOINTS}
    assert not missing, f"Not measured: {sorted(missing)}"
