import httpx
import pytest
from sqlalchemy import func, select

from app.config import Settings
from app.db import Database
from app.models import Portfolio, PortfolioSnapshot, Position
from app.services import demo
from app.services.demo import NotADemo


async def test_there_is_no_demo_outside_a_demo(database: Database, settings: Settings) -> None:
    with pytest.raises(NotADemo):
        await demo.seed(database, settings.model_copy(update={"environment": "production"}))


@pytest.mark.demo
class TestSeeded:
    async def test_three_people_sign_in_and_see_their_own(self, client: httpx.AsyncClient) -> None:
        seen = {}
        for account in demo.ACCOUNTS:
            answer = await client.post(
                "/api/v1/auth/login", json={"email": account.email, "password": "sigmasight-demo"}
            )
            headers = {"Authorization": f"Bearer {answer.json()['access_token']}"}
            listed = (await client.get("/api/v1/portfolios", headers=headers)).json()["items"]
            seen[account.email] = [portfolio["name"] for portfolio in listed]
            assert all(portfolio["as_of"] == "2022-12-28" for portfolio in listed)

        assert seen == {
            "demo@sigmasight.example": ["Balanced Individual", "Concentrated Technology", "Long/Short Equity"],
            "admin@sigmasight.example": [],
            "other@sigmasight.example": ["Dividend Income"],
        }

    async def test_holdings_are_those_of_the_data_set(self, database: Database) -> None:
        async with database.session(demo.DEMO.scope) as session:
            counts = (
                await session.execute(
                    select(Portfolio.name, Portfolio.opening_cash, Portfolio.inception_date, func.count())
                    .join(Position, Position.portfolio_id == Portfolio.id)
                    .group_by(Portfolio.id)
                    .order_by(Portfolio.name)
                )
            ).all()

        assert [(row[0], int(row[1]), row[2].isoformat(), row[3]) for row in counts] == [
            ("Balanced Individual", 25_000, "2019-01-02", 12),
            ("Concentrated Technology", 60_000, "2020-03-23", 12),
            ("Long/Short Equity", 1_500_000, "2021-01-04", 17),
        ]

    async def test_a_second_seed_changes_nothing_and_brings_nothing_back(
        self, database: Database, settings: Settings
    ) -> None:
        async with database.session(demo.DEMO.scope) as session:
            removed = (await session.scalars(select(Portfolio).order_by(Portfolio.name))).first()
            assert removed is not None
            removed.deleted_at = func.now()
            before = await session.scalar(select(func.count()).select_from(PortfolioSnapshot))

        await demo.seed(database, settings)

        async with database.session(demo.DEMO.scope) as session:
            assert await session.scalar(select(func.count()).where(Portfolio.deleted_at.is_(None))) == 2
            assert await session.scalar(select(func.count()).select_from(PortfolioSnapshot)) == before
