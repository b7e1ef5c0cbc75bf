"""Rows for tests, each with sensible defaults: a test states only what it is about."""

from collections.abc import Sequence
from datetime import date, timedelta
from functools import cache
from typing import Any
from uuid import UUID, uuid4

from argon2 import PasswordHasher

from app.config import Settings
from app.db import Database, Scope
from app.models import (
    CashFlow,
    Insight,
    Instrument,
    Memory,
    Portfolio,
    Position,
    Price,
    RoutingRule,
    TargetPrice,
    Tenant,
    User,
)
from app.repositories import memory as memory_repository
from app.services import token

PASSWORD = "correct horse battery staple"
FIRST_DAY = date(2022, 1, 3)


def scope_of(user: User) -> Scope:
    return Scope(user_id=user.id, tenant_id=user.tenant_id)


def auth_headers(user: User, settings: Settings) -> dict[str, str]:
    return {"Authorization": f"Bearer {token.issue(scope_of(user), settings).text}"}


async def make_user(database: Database, *, tenant_id: UUID | None = None, **columns: Any) -> User:
    """A person in a tenant of their own, or in `tenant_id` where that exists already."""
    scope = Scope(user_id=uuid4(), tenant_id=tenant_id or uuid4())
    columns.setdefault("email", f"{scope.user_id.hex}@example.com")
    columns.setdefault("password_hash", _password_hash())
    columns.setdefault("display_name", "Ada")
    user = User(id=scope.user_id, tenant_id=scope.tenant_id, **columns)
    async with database.session(scope) as session:
        if tenant_id is None:
            session.add(Tenant(id=scope.tenant_id, name="A tenant"))
            await session.flush()
        session.add(user)
        await session.flush()
        await session.refresh(user)
    return user


async def make_instrument(
    database: Database, symbol: str, closes: Sequence[float] = (), *, first_day: date = FIRST_DAY, **columns: Any
) -> Instrument:
    """An instrument with one close a day from `first_day` on, weekends included."""
    columns.setdefault("name", f"{symbol} Inc.")
    columns.setdefault("sector", "Information Technology")
    columns.setdefault("asset_class", "equity")
    instrument = Instrument(symbol=symbol, **columns)
    async with database.session() as session:
        session.add(instrument)
        await session.flush()
        session.add_all(
            Price(
                symbol=symbol,
                date=first_day + timedelta(days=offset),
                close=close,
                adjusted_close=close,
                source="test",
            )
            for offset, close in enumerate(closes)
        )
    return instrument


async def make_portfolio(database: Database, user: User, **columns: Any) -> Portfolio:
    columns.setdefault("name", "Holdings")
    columns.setdefault("inception_date", FIRST_DAY)
    portfolio = Portfolio(user_id=user.id, tenant_id=user.tenant_id, **columns)
    async with database.session(scope_of(user)) as session:
        session.add(portfolio)
        await session.flush()
        await session.refresh(portfolio)
    return portfolio


async def make_position(database: Database, portfolio: Portfolio, **columns: Any) -> Position:
    """Its symbol must be an instrument: of the bundled data or from `make_instrument`."""
    columns.setdefault("symbol", "AAPL")
    columns.setdefault("quantity", 10)
    columns.setdefault("entry_date", FIRST_DAY)
    columns.setdefault("entry_price", 100)
    position = Position(user_id=portfolio.user_id, portfolio_id=portfolio.id, **columns)
    async with database.session(Scope(portfolio.user_id, portfolio.tenant_id)) as session:
        session.add(position)
        await session.flush()
        await session.refresh(position)
    return position


async def make_cash_flow(database: Database, portfolio: Portfolio, **columns: Any) -> CashFlow:
    columns.setdefault("date", FIRST_DAY)
    columns.setdefault("amount", 1000)
    cash_flow = CashFlow(user_id=portfolio.user_id, portfolio_id=portfolio.id, **columns)
    async with database.session(Scope(portfolio.user_id, portfolio.tenant_id)) as session:
        session.add(cash_flow)
    return cash_flow


def insight(user_id: UUID, portfolio_id: UUID, **columns: Any) -> Insight:
    """Not stored yet."""
    written = {
        "insight_type": "daily_summary", "severity": "info", "title": "A quiet day", "summary": "Nothing stands out.",
        "analysis": "Nothing.", "as_of": FIRST_DAY, "provider": "offline", "model": "offline", "prompt_version": "1",
    }  # fmt: skip
    return Insight(user_id=user_id, portfolio_id=portfolio_id, **(written | columns))


async def make_target_price(database: Database, portfolio: Portfolio, **columns: Any) -> TargetPrice:
    columns.setdefault("symbol", "AAPL")
    columns.setdefault("base", 120)
    target = TargetPrice(user_id=portfolio.user_id, portfolio_id=portfolio.id, **columns)
    async with database.session(Scope(portfolio.user_id, portfolio.tenant_id)) as session:
        session.add(target)
        await session.flush()
        await session.refresh(target)
    return target


async def make_routing_rule(database: Database, admin: User, **columns: Any) -> RoutingRule:
    columns.setdefault("priority", 100)
    columns.setdefault("provider", "offline")
    columns.setdefault("model", "offline-analyst")
    columns.setdefault("variant", "variant")
    rule = RoutingRule(tenant_id=admin.tenant_id, updated_by=admin.id, **columns)
    async with database.session(scope_of(admin)) as session:
        session.add(rule)
        await session.flush()
        await session.refresh(rule)
    return rule


async def make_memory(database: Database, user: User, **columns: Any) -> Memory:
    """The person's own, active and without a vector, or the tenant's where its administrator is given."""
    columns.setdefault("scope", "user")
    columns.setdefault("kind", "fact")
    columns.setdefault("status", "active")
    columns.setdefault("content", "I retire in 2040.")
    columns.setdefault("user_id", user.id if columns["scope"] == "user" else None)
    memory = Memory(tenant_id=user.tenant_id, **columns)
    async with database.session(scope_of(user)) as session:
        await memory_repository.add(session, memory)
    return memory


@cache
def _password_hash() -> str:
    # As weak as argon2 allows: what a test signs in with is worth nothing
    return PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
