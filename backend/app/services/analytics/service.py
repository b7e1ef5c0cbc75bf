from collections.abc import Callable, Sequence
from datetime import date
from functools import partial
from typing import TypeVar
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.analytics.scenarios import Scenario
from app.repositories import instrument as instrument_repository
from app.repositories import price as price_repository
from app.repositories.holding import HoldingsRow
from app.repositories.price import PricePanel
from app.schemas import analytics as shapes
from app.schemas.attribution import Attribution
from app.schemas.factor import Estimator, FactorExposures, PositionFactorExposures
from app.schemas.hedge import HedgeQuality
from app.schemas.risk_contribution import RiskContributions
from app.schemas.stress import StressTest
from app.schemas.what_if import Trade, WhatIf
from app.services.analytics import correlation, factor_base, risk_contributions, stress, value_at_risk
from app.services.analytics.attribution import attribution
from app.services.analytics.beta import beta
from app.services.analytics.book import Book, holdings, opened, symbols_of
from app.services.analytics.compute import computed
from app.services.analytics.concentration import concentration
from app.services.analytics.daily_movers import DEFAULT_MOVERS, daily_movers
from app.services.analytics.data_quality import data_quality
from app.services.analytics.drawdowns import DEFAULT_SHOWN, drawdowns
from app.services.analytics.factor_exposures import factor_exposures, position_factor_exposures
from app.services.analytics.hedge import hedge_quality
from app.services.analytics.kept_answers import KeptAnswers, Question
from app.services.analytics.overview import complete, overview
from app.services.analytics.paper import symbols_traded
from app.services.analytics.performance import performance
from app.services.analytics.positions import positions
from app.services.analytics.sector_exposure import sector_exposure
from app.services.analytics.thinning import DEFAULT_POINTS
from app.services.analytics.volatility import volatility
from app.services.analytics.what_if import what_if

Answer = TypeVar("Answer")

_answers = KeptAnswers()


class AnalyticsService:
    """The risk engine's answers, for endpoints and for the analyst's tools alike.

    The session's scope decides what exists: every method raises `PortfolioNotFound` for what it hides. What cannot be
    computed is null in the answer, with the reason beside it. Without a portfolio the answer is about all of the
    person's portfolios, their holdings joined.
    """

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def overview(self, portfolio_id: UUID | None) -> shapes.Overview:
        return await self._answer(portfolio_id, overview)

    async def complete(self, portfolio_id: UUID) -> shapes.PortfolioComplete:
        return await self._answer(portfolio_id, complete)

    async def positions(self, portfolio_id: UUID | None) -> shapes.Positions:
        return await self._answer(portfolio_id, positions)

    async def performance(
        self, portfolio_id: UUID | None, *, max_points: int = DEFAULT_POINTS, risk_free_rate: float = 0.0
    ) -> shapes.Performance:
        measure = partial(performance, max_points=max_points, risk_free_rate=risk_free_rate)
        return await self._answer(portfolio_id, measure)

    async def volatility(self, portfolio_id: UUID | None, *, max_points: int = DEFAULT_POINTS) -> shapes.Volatility:
        return await self._answer(portfolio_id, partial(volatility, max_points=max_points))

    async def value_at_risk(
        self,
        portfolio_id: UUID | None,
        *,
        confidence: float | None = None,
        horizon_days: int | None = None,
        window: int = value_at_risk.DEFAULT_WINDOW,
        approach: shapes.TailApproach = "historical",
    ) -> shapes.ValueAtRisk:
        """At 95 and 99 % over 1 and 10 days unless told otherwise."""
        measure = partial(
            value_at_risk.value_at_risk,
            confidences=value_at_risk.CONFIDENCES if confidence is None else (confidence,),
            horizons=value_at_risk.HORIZONS if horizon_days is None else (horizon_days,),
            window=window,
            approach=approach,
        )
        return await self._answer(portfolio_id, measure)

    async def drawdowns(self, portfolio_id: UUID | None, *, limit: int = DEFAULT_SHOWN) -> shapes.Drawdowns:
        return await self._answer(portfolio_id, partial(drawdowns, limit=limit))

    async def beta(self, portfolio_id: UUID | None) -> shapes.Beta:
        return await self._answer(portfolio_id, beta)

    async def correlation_matrix(
        self,
        portfolio_id: UUID | None,
        *,
        window: int = correlation.DEFAULT_WINDOW,
        limit: int = correlation.DEFAULT_SYMBOLS,
    ) -> shapes.CorrelationMatrix:
        return await self._answer(portfolio_id, partial(correlation.correlations, window=window, limit=limit))

    async def concentration(self, portfolio_id: UUID | None) -> shapes.Concentration:
        return await self._answer(portfolio_id, concentration)

    async def sector_exposure(self, portfolio_id: UUID | None) -> shapes.SectorExposure:
        return await self._answer(portfolio_id, sector_exposure)

    async def daily_movers(self, portfolio_id: UUID | None, *, limit: int = DEFAULT_MOVERS) -> shapes.DailyMovers:
        return await self._answer(portfolio_id, partial(daily_movers, limit=limit))

    async def data_quality(self, portfolio_id: UUID | None) -> shapes.DataQuality:
        return await self._answer(portfolio_id, data_quality)

    async def risk_contributions(
        self, portfolio_id: UUID | None, *, window: int = risk_contributions.DEFAULT_WINDOW
    ) -> RiskContributions:
        return await self._answer(portfolio_id, partial(risk_contributions.risk_contributions, window=window))

    async def factor_exposures(
        self, portfolio_id: UUID | None, *, window: int = factor_base.DEFAULT_WINDOW, estimator: Estimator = "ols"
    ) -> FactorExposures:
        measure = partial(factor_exposures, window=window, estimator=estimator)
        return await self._answer(portfolio_id, measure, also=factor_base.PROXY_SYMBOLS)

    async def position_factor_exposures(
        self, portfolio_id: UUID | None, *, window: int = factor_base.DEFAULT_WINDOW, estimator: Estimator = "ols"
    ) -> PositionFactorExposures:
        measure = partial(position_factor_exposures, window=window, estimator=estimator)
        return await self._answer(portfolio_id, measure, also=factor_base.PROXY_SYMBOLS)

    async def hedge_quality(self, portfolio_id: UUID | None) -> HedgeQuality:
        return await self._answer(portfolio_id, hedge_quality)

    async def stress_test(
        self, portfolio_id: UUID | None, *, scenarios: Sequence[Scenario], positions: int = stress.DEFAULT_POSITIONS
    ) -> StressTest:
        """`scenarios` from `stress.named` or `stress.custom`."""
        measure = partial(stress.stress_test, scenarios=scenarios, positions=positions)
        return await self._answer(portfolio_id, measure, also=factor_base.PROXY_SYMBOLS)

    async def what_if(self, portfolio_id: UUID | None, trades: Sequence[Trade]) -> WhatIf:
        traded = symbols_traded(trades)
        measure = partial(what_if, wanted=trades, sectors=await self._sectors(traded))
        return await self._answer(portfolio_id, measure, also=traded | factor_base.PROXY_SYMBOLS)

    async def attribution(
        self, portfolio_id: UUID | None, *, start: date | None = None, end: date | None = None
    ) -> Attribution:
        measure = partial(attribution, start=start, end=end)
        return await self._answer(portfolio_id, measure, also=factor_base.PROXY_SYMBOLS)

    async def _answer(
        self, portfolio_id: UUID | None, measure: Callable[[Book], Answer], also: frozenset[str] = frozenset()
    ) -> Answer:
        row = await self._holdings(portfolio_id)
        panel = await self._prices(symbols_of(row, also), row.market_version)
        question = Question.of(measure)
        kept: Answer | None = _answers.get(row, panel, question)
        if kept is None:
            kept = await computed(opened(row, panel), measure)
            _answers.put(row, panel, question, kept)
        return kept

    async def _holdings(self, portfolio_id: UUID | None) -> HoldingsRow:
        return await holdings(self._session, portfolio_id)

    async def _sectors(self, symbols: frozenset[str]) -> dict[str, str | None]:
        return await instrument_repository.sectors(self._session, symbols)

    async def _prices(self, symbols: frozenset[str], version: int) -> PricePanel:
        return await price_repository.price_panel(self._session, symbols, version)
