"""Made-up portfolios of one person in a made-up market, written to the database as rows."""

import datetime as dt
from collections.abc import Iterator
from uuid import UUID, uuid4

import numpy as np
import psycopg

from app.analytics.arrays import FloatArray
from app.db import Scope

DAYS = 2264
POSITIONS = 50
# Portfolios differ in what they hold, so no two of them share a price panel
SYMBOLS = 250
FIRST_DAY = dt.date(2014, 1, 2)
BENCHMARK = "S000"
SCOPE = Scope(user_id=uuid4(), tenant_id=uuid4())


def write_market(connection: psycopg.Connection) -> None:
    names = [f"S{i:03d}" for i in range(SYMBOLS)]
    days, closes = _market()
    with connection.cursor() as cursor:
        cursor.executemany(
            "insert into instruments (symbol, name, sector, asset_class) values (%s, %s, 'Energy', 'equity')",
            [(name, name) for name in names],
        )
        with cursor.copy("copy prices (symbol, date, close, adjusted_close, source) from stdin") as copy:
            for row in _price_rows(names, days, closes):
                copy.write_row(row)
        cursor.execute("update market_data_state set version = version + 1, as_of = (select max(date) from prices)")


def write_portfolios(connection: psycopg.Connection, count: int) -> None:
    """Each bought on the first day, a fifth of the positions short."""
    rng = np.random.default_rng(7)
    portfolios = [uuid4() for _ in range(count)]
    with connection.cursor() as cursor:
        _write_person(cursor)
        columns = "portfolios (id, tenant_id, user_id, name, benchmark, opening_cash, inception_date)"
        with cursor.copy(f"copy {columns} from stdin") as copy:
            for portfolio in portfolios:
                copy.write_row((portfolio, SCOPE.tenant_id, SCOPE.user_id, "Made up", BENCHMARK, 1_000_000, FIRST_DAY))
        columns = "positions (id, user_id, portfolio_id, symbol, quantity, entry_date, entry_price)"
        with cursor.copy(f"copy {columns} from stdin") as copy:
            for portfolio in portfolios:
                for row in _position_rows(rng, portfolio):
                    copy.write_row(row)


def _write_person(cursor: psycopg.Cursor) -> None:
    cursor.execute("insert into tenants (id, name) values (%s, 'Bench')", [SCOPE.tenant_id])
    cursor.execute(
        "insert into users (id, tenant_id, email, password_hash, display_name) values (%s, %s, %s, '', 'Bench')",
        [SCOPE.user_id, SCOPE.tenant_id, "bench@sigmasight.example"],
    )


def _position_rows(rng: np.random.Generator, portfolio: UUID) -> Iterator[tuple[object, ...]]:
    for i, symbol in enumerate(rng.choice(SYMBOLS, POSITIONS, replace=False)):
        quantity = int(rng.integers(1, 500)) * (-1 if i % 5 == 4 else 1)
        yield uuid4(), SCOPE.user_id, portfolio, f"S{symbol:03d}", quantity, FIRST_DAY, 100


def _market() -> tuple[list[dt.date], FloatArray]:
    days: list[dt.date] = np.busday_offset(np.datetime64(FIRST_DAY), np.arange(DAYS)).tolist()
    moves = np.random.default_rng(20).normal(0.0003, 0.015, (DAYS, SYMBOLS))
    moves[0] = 0.0
    return days, np.asarray(100.0 * np.cumprod(1.0 + moves, axis=0), dtype=np.float64)


def _price_rows(names: list[str], days: list[dt.date], closes: FloatArray) -> Iterator[tuple[object, ...]]:
    for name, series in zip(names, closes.T.tolist(), strict=True):
        for day, close in zip(days, series, strict=True):
            yield name, day, close, close, "made up"
