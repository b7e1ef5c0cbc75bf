"""Portfolios to ask about: the demo ones, and odd ones."""

from dataclasses import dataclass

import httpx
import numpy as np

from app.analytics.arrays import FloatArray
from app.db import Database
from app.models import Portfolio, Position, User
from tests.builders import make_portfolio, scope_of
from tests.bundled import read_demo_lots, read_market

MEASURES = (
    "overview", "performance", "volatility", "value-at-risk", "drawdowns", "beta",
    "correlation-matrix", "concentration", "sector-exposure", "daily-movers",
    "risk-contributions", "factor-exposures", "positions/factor-exposures",
    "stress-test", "attribution",
)  # fmt: skip
PATHS = (
    *(f"analytics/portfolio/{{id}}/{measure}" for measure in MEASURES),
    "data/portfolio/{id}/complete",
    "data/portfolio/{id}/data-quality",
    "data/positions/{id}",
)


async def make_demo_portfolio(database: Database, user: User, name: str) -> Portfolio:
    lots = [lot for lot in read_demo_lots() if lot.portfolio == name]
    cash = sum(lot.quantity for lot in lots if lot.symbol == "CASH")
    portfolio = await make_portfolio(
        database, user, name=name, opening_cash=cash, inception_date=lots[0].entry_date, benchmark="SP500"
    )
    async with database.session(scope_of(user)) as session:
        session.add_all(
            Position(
                user_id=user.id,
                portfolio_id=portfolio.id,
                symbol=lot.symbol,
                quantity=lot.quantity,
                entry_date=lot.entry_date,
                entry_price=lot.entry_price,
            )
            for lot in lots
            if lot.symbol != "CASH"
        )
    return portfolio


@dataclass(frozen=True)
class Expected:
    """The demo portfolio's figures, worked out from the files with numpy alone."""

    symbols: list[str]
    values: FloatArray
    nav: float

    @classmethod
    def of(cls, name: str) -> "Expected":
        lots = [lot for lot in read_demo_lots() if lot.portfolio == name]
        cash = sum(lot.quantity for lot in lots if lot.symbol == "CASH")
        held = [lot for lot in lots if lot.symbol != "CASH"]
        values = np.array([lot.quantity * read_market().close(lot.symbol)[-1] for lot in held])
        return cls([lot.symbol for lot in held], values, float(values.sum() + cash))

    def returns(self, window: int) -> FloatArray:
        columns = np.column_stack([read_market().returns(symbol)[-window:] for symbol in self.symbols])
        total: FloatArray = columns @ (self.values / self.nav)
        return total


async def ask(client: httpx.AsyncClient, path: str, portfolio: Portfolio, **query: object) -> dict[str, object]:
    answer = await client.get(f"/api/v1/{path.format(id=portfolio.id)}", params=query)
    assert answer.status_code == 200, answer.text
    body: dict[str, object] = answer.json()
    return body
