"""Daily prices of Yahoo Finance, through the package yfinance (the extra `yahoo`).

Yahoo documents no interface and promises nothing: symbols vanish, requests are refused, formats change. Whatever goes
wrong is one symbol's failure. Its closes are adjusted for splits, its adjusted closes for dividends as well.
"""

import asyncio
import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from app.market_data.problem import PriceProblem
from app.market_data.source import (
    History,
    InstrumentRow,
    PriceRow,
    SourceExhausted,
    SourceUnusable,
    SplitRow,
    SymbolFailed,
)
from app.symbols import yahoo_spelling

REQUEST_TIMEOUT_SECONDS = 15.0
# Beyond a handful Yahoo answers with refusals
CONCURRENT_REQUESTS = 4
# Recent days are corrected now and then; and a month has days in common whatever the holidays
RECHECK = dt.timedelta(days=30)
# The closing auction and late corrections are in by then
SETTLING = dt.timedelta(minutes=30)
# Where our symbol is another name than Yahoo's
SYMBOLS = {"SP500": "^GSPC"}
ASSET_CLASSES = {"EQUITY": "equity", "ETF": "etf", "INDEX": "index", "MUTUALFUND": "fund"}
# Quoted in hundredths of the currency that they stand for
SUBUNITS = {"GBp": "GBP", "ZAc": "ZAR", "ILA": "ILS"}


def _utc_now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


class YahooPrices:
    name = "yahoo"
    concurrency = CONCURRENT_REQUESTS
    recheck = RECHECK
    problems: Sequence[PriceProblem] = ()

    def __init__(self, now: Callable[[], dt.datetime] = _utc_now) -> None:
        """Raises `SourceUnusable` where yfinance is not installed."""
        self._yfinance = _package()
        # It would log what goes wrong and answer with an empty table
        self._yfinance.config.debug.hide_exceptions = False
        self._now = now

    def symbols(self) -> None:
        return None

    async def history(self, symbol: str, since: dt.date | None) -> History:
        return await asyncio.to_thread(self._history, symbol, since)

    def _history(self, symbol: str, since: dt.date | None) -> History:
        exceptions = self._yfinance.exceptions
        try:
            return self._read(symbol, since)
        except exceptions.YFRateLimitError as error:
            remedy = "Refresh again in some minutes: it goes on where this one ended."
            raise SourceExhausted("Yahoo refuses further requests for now.", remedy) from error
        except exceptions.YFException as error:
            remedy = "Check the symbol: it may be misspelt, renamed or no longer listed."
            raise SymbolFailed(f"Yahoo has no prices ({error}).", remedy) from error
        except OSError as error:
            remedy = "Check the connection, and refresh again."
            raise SymbolFailed(f"Yahoo could not be reached ({type(error).__name__}).", remedy) from error
        except (ValueError, LookupError, TypeError, AttributeError) as error:
            # What yfinance raises when Yahoo's format is not the one it knows
            remedy = "Refresh again later; if it stays so, update yfinance."
            raise SymbolFailed(f"Yahoo's answer could not be read ({type(error).__name__}).", remedy) from error

    def _read(self, symbol: str, since: dt.date | None) -> History:
        ticker = self._yfinance.Ticker(_yahoo_symbol(symbol))
        span = {"period": "max"} if since is None else {"start": since}
        table = ticker.history(**span, interval="1d", auto_adjust=False, actions=True, timeout=REQUEST_TIMEOUT_SECONDS)
        instrument, unit = _instrument(symbol, ticker.history_metadata)
        newest = _last_finished_day(ticker.history_metadata, self._now())
        rows = [
            PriceRow(symbol, stamp.date(), float(close) * unit, float(adjusted) * unit)
            for stamp, close, adjusted in zip(table.index, table["Close"], table["Adj Close"], strict=True)
            if stamp.date() <= newest
        ]
        return History(rows, instrument, splits=_splits(symbol, table))


def _splits(symbol: str, table: Any) -> list[SplitRow]:
    """Zero stands for a day without one; a table without any may lack the column."""
    if "Stock Splits" not in table:
        return []
    ratios = zip(table.index, table["Stock Splits"], strict=True)
    return [SplitRow(symbol, stamp.date(), float(ratio)) for stamp, ratio in ratios if ratio > 0]


def _package() -> Any:
    try:
        import yfinance
    except ImportError as error:
        raise SourceUnusable(
            "Yahoo prices need the package yfinance, which is not installed. Install it with: uv sync --extra yahoo"
        ) from error
    return yfinance


def _yahoo_symbol(symbol: str) -> str:
    return SYMBOLS.get(symbol) or yahoo_spelling(symbol)


def _instrument(symbol: str, metadata: Mapping[str, Any]) -> tuple[InstrumentRow, float]:
    """What Yahoo says of the symbol, and what one unit of its quotes is worth in the instrument's currency."""
    quoted_in = str(metadata["currency"])
    currency = SUBUNITS.get(quoted_in, quoted_in)
    kind = str(metadata["instrumentType"])
    row = InstrumentRow(
        symbol=symbol,
        name=str(metadata.get("longName") or metadata.get("shortName") or symbol),
        sector=None,
        industry=None,
        asset_class=ASSET_CLASSES.get(kind, kind.lower()),
        currency=currency,
    )
    return row, 1.0 if currency == quoted_in else 0.01


def _last_finished_day(metadata: Mapping[str, Any], now: dt.datetime) -> dt.date:
    """Until a session is over, Yahoo's row of that day holds the latest trade instead of the close."""
    session = metadata.get("currentTradingPeriod", {}).get("regular")
    if session is None:
        return now.date() - dt.timedelta(days=1)
    end: dt.datetime = session["end"]
    day: dt.date = end.date()
    return day if now >= end + SETTLING else day - dt.timedelta(days=1)
