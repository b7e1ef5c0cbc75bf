from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.db import Scope
from app.errors import InvalidField
from app.models import Portfolio
from app.repositories import instrument as instrument_repository
from app.repositories import portfolio as portfolio_repository
from app.schemas.page import Cursor, Page, PageQuery
from app.schemas.portfolio import PortfolioIn, PortfolioOut, PortfolioPatch, PortfolioSummary
from app.services import field, snapshot
from app.services.analytics.book import PortfolioNotFound

# There are no exchange rates: a sum over two currencies would be no amount of either
VALUED_CURRENCY = "USD"

_cursor: Cursor[portfolio_repository.Key] = Cursor(portfolio_repository.Key)


async def find(session: AsyncSession, portfolio_id: UUID) -> Portfolio:
    found = await portfolio_repository.find(session, portfolio_id)
    if found is None:
        raise PortfolioNotFound
    return found


async def list_page(session: AsyncSession, page: PageQuery) -> Page[PortfolioSummary]:
    after = _cursor.decode(page.cursor)
    rows = await portfolio_repository.list_with_figures(session, after=after, limit=page.limit + 1)
    shown = rows[: page.limit]
    last = shown[-1][0] if len(rows) > page.limit else None
    return Page(
        items=[_summary(portfolio, figures) for portfolio, figures in shown],
        next_cursor=None if last is None else _cursor.encode((last.created_at, last.id)),
    )


async def create(session: AsyncSession, scope: Scope, wanted: PortfolioIn) -> Portfolio:
    if wanted.base_currency != VALUED_CURRENCY:
        raise InvalidField("base_currency", f"must be {VALUED_CURRENCY}: there are no exchange rates here")
    field.not_in_future("inception_date", wanted.inception_date)
    await _check_benchmark(session, wanted.benchmark)
    portfolio = Portfolio(
        tenant_id=scope.tenant_id,
        user_id=scope.user_id,
        name=wanted.name,
        base_currency=wanted.base_currency,
        benchmark=wanted.benchmark,
        opening_cash=field.amount("opening_cash", wanted.opening_cash),
        inception_date=wanted.inception_date,
    )
    await portfolio_repository.add(session, portfolio)
    await snapshot.recompute(session, portfolio.id)
    return portfolio


async def change(session: AsyncSession, portfolio_id: UUID, wanted: PortfolioPatch) -> Portfolio:
    portfolio = await find(session, portfolio_id)
    if wanted.name is not None:
        portfolio.name = wanted.name
    if wanted.benchmark is not None and wanted.benchmark != portfolio.benchmark:
        await _check_benchmark(session, wanted.benchmark)
        portfolio.benchmark = wanted.benchmark
    if wanted.opening_cash is not None:
        portfolio.opening_cash = field.amount("opening_cash", wanted.opening_cash)
    if "inception_date" in wanted.model_fields_set:
        field.not_in_future("inception_date", wanted.inception_date)
        portfolio.inception_date = wanted.inception_date
    await session.flush()
    if wanted.model_fields_set - {"name"}:
        await snapshot.recompute(session, portfolio.id)
    return portfolio


async def delete(session: AsyncSession, portfolio_id: UUID) -> None:
    """Hidden at once, with all that belongs to it; the rows stay, for what was said about it refers to them."""
    portfolio = await find(session, portfolio_id)
    portfolio.deleted_at = datetime.now(UTC)


async def _check_benchmark(session: AsyncSession, symbol: str) -> None:
    if await instrument_repository.find(session, symbol) is None:
        raise InvalidField("benchmark", f"there is no instrument {symbol!r} here")


def _summary(portfolio: Portfolio, figures: portfolio_repository.NewestFigures) -> PortfolioSummary:
    stated = PortfolioOut.model_validate(portfolio).model_dump()
    return PortfolioSummary(
        **stated,
        as_of=figures.as_of,
        nav=figures.nav,
        day_pnl=figures.day_pnl,
        day_return=figures.day_return,
        total_return=figures.total_return,
        position_count=figures.position_count,
    )
