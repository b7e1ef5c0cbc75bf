"""The three sign-ins and four portfolios that a demo starts with. Never in production."""

import csv
import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby
from uuid import UUID, uuid5

from sqlalchemy.ext.asyncio import AsyncSession

from app.config import Settings
from app.db import Database, Scope
from app.errors import AppError
from app.market_data.bundled import FOLDER, BundledMarketData
from app.models import Portfolio, Position, Tenant, User
from app.repositories import portfolio as portfolio_repository
from app.repositories import position as position_repository
from app.repositories import user as user_repository
from app.services import market_data, password, snapshot

PASSWORD = "sigmasight-demo"  # noqa: S105 - printed for everybody who runs the demo
# Identifiers are the same in every demo, so that links and examples hold
_IDENTIFIERS = UUID("5f0d4c5e-7c56-4c6e-9d5a-6f1f9a2f6d11")


class NotADemo(AppError):
    code = "not_a_demo"
    detail = "Demo accounts have a known password: they are made only where SIGMASIGHT_ENVIRONMENT is demo or test."


@dataclass(frozen=True, slots=True)
class Account:
    email: str
    display_name: str
    role: str
    tenant: str

    @property
    def scope(self) -> Scope:
        return Scope(user_id=_identifier("user", self.email), tenant_id=_identifier("tenant", self.tenant))


@dataclass(frozen=True, slots=True)
class Lot:
    symbol: str
    quantity: Decimal
    entry_price: Decimal


@dataclass(frozen=True, slots=True)
class Holdings:
    """A portfolio bought in one day."""

    name: str
    inception_date: dt.date
    opening_cash: Decimal
    lots: tuple[Lot, ...]


DEMO = Account("demo@sigmasight.example", "Demo", "user", "Demo")
ADMINISTRATOR = Account("admin@sigmasight.example", "Demo administrator", "admin", "Demo")
OTHER = Account("other@sigmasight.example", "Other", "user", "Other")
ACCOUNTS = (DEMO, ADMINISTRATOR, OTHER)

# Entry prices are that day's closes
OTHER_HOLDINGS = Holdings(
    name="Dividend Income",
    inception_date=dt.date(2020, 1, 2),
    opening_cash=Decimal(5000),
    lots=tuple(
        Lot(symbol, Decimal(quantity), Decimal(price))
        for symbol, quantity, price in (
            ("JNJ", "120", "133.096"),
            ("KO", "300", "49.308"),
            ("PG", "140", "112.502"),
            ("PEP", "90", "123.188"),
            ("XOM", "150", "58.531"),
            ("CVX", "80", "103.462"),
        )
    ),
)


def holdings_of(account: Account) -> Sequence[Holdings]:
    if account is DEMO:
        return bundled_holdings()
    return (OTHER_HOLDINGS,) if account is OTHER else ()


def bundled_holdings() -> list[Holdings]:
    with (FOLDER / "demo_portfolios.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return [_holdings(name, list(of_portfolio)) for name, of_portfolio in groupby(rows, lambda row: row["portfolio"])]


async def seed(database: Database, settings: Settings) -> None:
    """Make what is missing; what somebody changed or deleted since stays as it is."""
    if settings.environment not in ("demo", "test"):
        raise NotADemo
    async with database.session() as session:
        has_new_prices = await market_data.load(session, BundledMarketData()) > 0
    for account in ACCOUNTS:
        await _ensure_account(database, account)
        for holdings in holdings_of(account):
            await _ensure_portfolio(database, account, holdings, has_new_prices=has_new_prices)


def _holdings(name: str, rows: Sequence[dict[str, str]]) -> Holdings:
    cash = sum((Decimal(row["quantity"]) for row in rows if row["symbol"] == "CASH"), Decimal(0))
    return Holdings(
        name=name,
        inception_date=dt.date.fromisoformat(rows[0]["entry_date"]),
        opening_cash=cash,
        lots=tuple(
            Lot(row["symbol"], Decimal(row["quantity"]), Decimal(row["entry_price"]))
            for row in rows
            if row["symbol"] != "CASH"
        ),
    )


async def _ensure_account(database: Database, account: Account) -> None:
    async with database.session(account.scope) as session:
        if await session.get(User, account.scope.user_id) is not None:
            return
    password_hash = await password.hash_password(PASSWORD)
    async with database.session(account.scope) as session:
        if await session.get(Tenant, account.scope.tenant_id) is None:
            await user_repository.add_tenant(session, Tenant(id=account.scope.tenant_id, name=account.tenant))
        await user_repository.add(
            session,
            User(
                id=account.scope.user_id,
                tenant_id=account.scope.tenant_id,
                email=account.email,
                password_hash=password_hash,
                display_name=account.display_name,
                role=account.role,
            ),
        )


async def _ensure_portfolio(database: Database, account: Account, holdings: Holdings, *, has_new_prices: bool) -> None:
    portfolio_id = _identifier("portfolio", holdings.name)
    async with database.session(account.scope) as session:
        # Also one that was deleted: a demo does not bring back what somebody threw away
        exists = await session.get(Portfolio, portfolio_id) is not None
        if not exists:
            await _add_portfolio(session, account.scope, portfolio_id, holdings)
        if has_new_prices or not exists:
            await snapshot.recompute(session, portfolio_id)


async def _add_portfolio(session: AsyncSession, scope: Scope, portfolio_id: UUID, holdings: Holdings) -> None:
    portfolio = Portfolio(
        id=portfolio_id,
        tenant_id=scope.tenant_id,
        user_id=scope.user_id,
        name=holdings.name,
        opening_cash=holdings.opening_cash,
        inception_date=holdings.inception_date,
    )
    await portfolio_repository.add(session, portfolio)
    for lot in holdings.lots:
        position = Position(
            id=_identifier("position", f"{holdings.name}/{lot.symbol}"),
            user_id=scope.user_id,
            portfolio_id=portfolio_id,
            symbol=lot.symbol,
            quantity=lot.quantity,
            entry_date=holdings.inception_date,
            entry_price=lot.entry_price,
        )
        await position_repository.add(session, position)


def _identifier(kind: str, name: str) -> UUID:
    return uuid5(_IDENTIFIERS, f"{kind}/{name}")
