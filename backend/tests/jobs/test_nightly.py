import asyncio
import datetime as dt
from pathlib import Path

import pytest
from sqlalchemy import delete, func, select, update

from app.config import Settings
from app.db import Database
from app.jobs import app as job_app
from app.market_data.bundled import FOLDER
from app.models import Insight, MarketDataState, PortfolioSnapshot, Price, User
from tests.builders import make_portfolio, make_position, scope_of

pytestmark = pytest.mark.market_data

LAST_DAY = dt.date(2022, 12, 28)


@pytest.fixture
def from_files(settings: Settings) -> Settings:
    return settings.model_copy(update={"market_data_source": "csv", "market_data_path": FOLDER / "prices_daily.csv.gz"})


async def run_nightly(settings: Settings) -> None:
    queue = job_app.create_job_app(settings.database_url)
    async with queue.open_async():
        await queue.configure_task("nightly").defer_async(timestamp=0)
    # The worker stops when it has nothing to take, which may be before one job has put the next in line
    for _ in range(3):
        await job_app.work(settings, until_idle=True)


async def newest_snapshot(database: Database, user: User) -> dt.date | None:
    async with database.session(scope_of(user)) as session:
        return await session.scalar(select(func.max(PortfolioSnapshot.date)))


async def forget_from(database: Database, day: dt.date) -> None:
    """As on the evening before that day: nights from then on were missed."""
    async with database.session() as session:
        await session.execute(delete(Price).where(Price.date >= day))


async def test_a_night_fills_all_that_were_missed(from_files: Settings, database: Database, user: User) -> None:
    portfolio = await make_portfolio(database, user, opening_cash=10_000)
    await make_position(database, portfolio, symbol="AAPL")
    await forget_from(database, dt.date(2022, 12, 1))

    await run_nightly(from_files)

    assert await newest_snapshot(database, user) == LAST_DAY
    async with database.session(scope_of(user)) as session:
        december = (
            select(func.count()).select_from(PortfolioSnapshot).where(PortfolioSnapshot.date >= dt.date(2022, 12, 1))
        )
        state = (await session.scalars(select(MarketDataState))).one()
        assert await session.scalar(december) == 19
    assert (state.version, state.as_of) == (2, LAST_DAY)


async def test_a_night_without_news_changes_no_price(from_files: Settings, database: Database, user: User) -> None:
    await make_portfolio(database, user, opening_cash=10_000)

    await run_nightly(from_files)

    assert await newest_snapshot(database, user) == LAST_DAY
    async with database.session() as session:
        assert await session.scalar(select(MarketDataState.version)) == 1


async def test_the_bundled_set_never_takes_back_what_a_person_loaded(settings: Settings, database: Database) -> None:
    async with database.session() as session:
        await session.execute(update(Price).where(Price.symbol == "AAPL").values(close=1.5, source="csv"))

    await run_nightly(settings)

    async with database.session() as session:
        assert set(await session.scalars(select(Price.close).where(Price.symbol == "AAPL"))) == {1.5}


async def test_each_day_of_prices_is_summarized_once(settings: Settings, database: Database, user: User) -> None:
    portfolio = await make_portfolio(database, user, opening_cash=10_000)
    await make_position(database, portfolio, symbol="AAPL")

    await run_nightly(settings)
    await run_nightly(settings)

    async with database.session(scope_of(user)) as session:
        (insight,) = (await session.scalars(select(Insight))).all()
    assert (insight.portfolio_id, insight.as_of, insight.provider) == (portfolio.id, LAST_DAY, "offline")


async def test_without_prices_the_snapshots_are_rebuilt_all_the_same(
    settings: Settings, database: Database, user: User, tmp_path: Path
) -> None:
    await make_portfolio(database, user, opening_cash=10_000)
    unusable = settings.model_copy(update={"market_data_source": "csv", "market_data_path": tmp_path / "missing"})

    await run_nightly(unusable)

    assert await newest_snapshot(database, user) == LAST_DAY


async def test_a_worker_that_starts_late_does_last_nights_work(
    settings: Settings, database: Database, user: User
) -> None:
    await make_portfolio(database, user, opening_cash=10_000)

    worker = asyncio.create_task(job_app.work(settings))
    async with asyncio.timeout(60):
        while await newest_snapshot(database, user) is None:  # noqa: ASYNC110 - the worker tells nobody but the database
            await asyncio.sleep(0.1)
    worker.cancel()
    await asyncio.gather(worker, return_exceptions=True)
