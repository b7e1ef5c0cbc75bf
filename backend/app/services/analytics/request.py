"""The risk engine for one request over HTTP."""

from uuid import UUID

from app.db import Database, Scope
from app.repositories import holding as holding_repository
from app.repositories import instrument as instrument_repository
from app.repositories import price as price_repository
from app.repositories import user as user_repository
from app.repositories.holding import HoldingsRow
from app.repositories.price import PricePanel
from app.services import token
from app.services.analytics.book import found, joined
from app.services.analytics.service import AnalyticsService


class RequestAnalytics(AnalyticsService):
    """Reads in one round trip that the person may still sign in and what they hold.

    Prices come from memory; only where they are not there yet does it take a session.
    """

    def __init__(self, database: Database, scope: Scope) -> None:
        self._database = database
        self._scope = scope

    async def _holdings(self, portfolio_id: UUID | None) -> HoldingsRow:
        read = holding_repository.read_all() if portfolio_id is None else holding_repository.read(portfolio_id)
        person = user_repository.read_active(self._scope.user_id)
        active, rows = await self._database.look(self._scope, [person, read])
        if not active:
            raise token.InvalidAccessToken
        portfolios = [holding_repository.holdings(row) for row in rows]
        return joined(portfolios) if portfolio_id is None else found(portfolios[0] if portfolios else None)

    async def _prices(self, symbols: frozenset[str], version: int) -> PricePanel:
        kept = price_repository.kept_panel(self._database.engine.sync_engine, symbols, version)
        if kept is not None:
            return kept
        async with self._database.session(self._scope) as session:
            return await price_repository.price_panel(session, symbols, version)

    async def _sectors(self, symbols: frozenset[str]) -> dict[str, str | None]:
        async with self._database.session(self._scope) as session:
            return await instrument_repository.sectors(session, symbols)
