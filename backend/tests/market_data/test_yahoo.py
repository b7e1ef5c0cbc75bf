"""The adapter against the installed yfinance, whose requests go to a server on this machine.

What is served is written after the format that yfinance reads. Whether Yahoo itself still answers in it, cannot be
known here.
"""

import datetime as dt
import json
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit
from zoneinfo import ZoneInfo

import pytest
import yfinance
import yfinance.base
import yfinance.cache
import yfinance.scrapers.history
from yfinance.data import YfData

from app.market_data import yahoo
from app.market_data.source import PriceRow, SourceExhausted, SourceUnusable, SplitRow, SymbolFailed
from app.market_data.yahoo import YahooPrices

# What yfinance does with pandas is its own affair
pytestmark = pytest.mark.filterwarnings("ignore::pandas.errors.Pandas4Warning")

NEW_YORK = ZoneInfo("America/New_York")
DAYS = [dt.date(2024, 1, day) for day in (8, 9, 10)]
EVENING = dt.datetime(2024, 1, 10, 23, 30, tzinfo=dt.UTC)
OPENING = dt.time(9, 30)


def seconds(day: dt.date, time: dt.time = OPENING) -> int:
    return int(dt.datetime.combine(day, time, NEW_YORK).timestamp())


def chart(
    closes: list[float | None], adjusted: list[float | None], days: list[dt.date] = DAYS, **metadata: Any
) -> dict[str, Any]:
    session = {
        "timezone": "EST",
        "start": seconds(days[-1]),
        "end": seconds(days[-1], dt.time(16)),
        "gmtoffset": -18000,
    }
    meta = {
        "currency": "USD",
        "symbol": "AAPL",
        "instrumentType": "EQUITY",
        "longName": "Apple Inc.",
        "exchangeTimezoneName": "America/New_York",
        "timezone": "EST",
        "priceHint": 2,
        "validRanges": ["1d", "max"],
        "currentTradingPeriod": {"pre": session, "regular": session, "post": session},
        **metadata,
    }
    quote = dict.fromkeys(("open", "high", "low", "close"), closes) | {"volume": [1000] * len(closes)}
    indicators = {"quote": [quote], "adjclose": [{"adjclose": adjusted}]}
    result = {"meta": meta, "timestamp": [seconds(day) for day in days], "indicators": indicators}
    return {"chart": {"result": [result], "error": None}}


@dataclass
class FakeYahoo:
    """Answers each symbol with a status and a body; None hangs up."""

    answers: dict[str, tuple[int, str] | None] = field(default_factory=dict)
    asked: list[tuple[str, dict[str, list[str]]]] = field(default_factory=list)

    def serve(self, symbol: str, content: dict[str, Any] | str, status: int = 200) -> None:
        self.answers[symbol] = (status, content if isinstance(content, str) else json.dumps(content))


@pytest.fixture
def provider(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[FakeYahoo]:
    fake = FakeYahoo()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            symbol = unquote(parts.path.rsplit("/", 1)[-1])
            fake.asked.append((symbol, parse_qs(parts.query)))
            answer = fake.answers.get(symbol, (404, '{"chart": {"result": null, "error": null}}'))
            if answer is None:
                return
            self.send_response(answer[0])
            self.end_headers()
            self.wfile.write(answer[1].encode())

        def log_message(self, *args: object) -> None:
            """Tests print nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    address = f"http://127.0.0.1:{server.server_port}"
    for module in (yfinance.base, yfinance.scrapers.history):
        monkeypatch.setattr(module, "_BASE_URL_", address)
    # Cookies come from other hosts of Yahoo's
    monkeypatch.setattr(YfData, "_get_cookie_and_crumb", lambda *_: (None, "basic"))
    monkeypatch.setattr(YfData, "cache_get", YfData.get)
    monkeypatch.setattr(yfinance.cache._TzCacheManager, "_tz_cache", yfinance.cache._TzCacheDummy())
    monkeypatch.setitem(yfinance.config.debug.data, "hide_exceptions", True)
    yield fake
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def source(provider: FakeYahoo) -> YahooPrices:
    return YahooPrices(now=lambda: EVENING)


async def test_closes_and_adjusted_closes_by_the_exchanges_own_days(source: YahooPrices, provider: FakeYahoo) -> None:
    provider.serve("AAPL", chart([10.0, 11.0, 12.0], [9.0, 10.0, 12.0]))

    history = await source.history("AAPL", DAYS[0])

    assert list(history.rows) == [
        PriceRow("AAPL", day, close, adjusted)
        for day, close, adjusted in zip(DAYS, [10.0, 11.0, 12.0], [9.0, 10.0, 12.0], strict=True)
    ]
    assert history.instrument is not None
    assert (history.instrument.name, history.instrument.asset_class, history.instrument.currency) == (
        "Apple Inc.",
        "equity",
        "USD",
    )
    _, query = provider.asked[-1]
    assert query["period1"] == [str(seconds(DAYS[0], dt.time(0)))]
    assert query["interval"] == ["1d"]


async def test_its_splits_come_with_its_prices(source: YahooPrices, provider: FakeYahoo) -> None:
    content = chart([10.0, 11.0, 12.0], [9.0, 10.0, 12.0])
    opening = seconds(DAYS[1])
    split = {"date": opening, "numerator": 4.0, "denominator": 1.0, "splitRatio": "4:1"}
    content["chart"]["result"][0]["events"] = {"splits": {str(opening): split}}
    provider.serve("AAPL", content)

    history = await source.history("AAPL", DAYS[0])

    assert list(history.splits) == [SplitRow("AAPL", DAYS[1], 4.0)]
    assert len(history.rows) == 3


async def test_all_days_are_asked_for_where_none_is_known(source: YahooPrices, provider: FakeYahoo) -> None:
    provider.serve("AAPL", chart([10.0, 11.0, 12.0], [9.0, 10.0, 12.0]))

    assert len((await source.history("AAPL", None)).rows) == 3
    assert int(provider.asked[-1][1]["period1"][0]) < 0


async def test_the_day_that_is_not_over_is_left_out(provider: FakeYahoo) -> None:
    provider.serve("AAPL", chart([10.0, 11.0, 12.0], [9.0, 10.0, 12.0]))
    midday = YahooPrices(now=lambda: dt.datetime(2024, 1, 10, 17, tzinfo=dt.UTC))

    assert [row.date for row in (await midday.history("AAPL", DAYS[0])).rows] == DAYS[:2]


@pytest.mark.parametrize(("ours", "theirs"), [("SP500", "^GSPC"), ("BRK.B", "BRK-B"), ("VOD-L", "VOD.L")])
async def test_what_has_another_name_there(source: YahooPrices, provider: FakeYahoo, ours: str, theirs: str) -> None:
    provider.serve(theirs, chart([10.0, 11.0, 12.0], [10.0, 11.0, 12.0]))

    history = await source.history(ours, DAYS[0])

    assert {row.symbol for row in history.rows} == {ours}


async def test_pence_become_pounds(source: YahooPrices, provider: FakeYahoo) -> None:
    provider.serve("VOD.L", chart([70.0, 71.0, 72.0], [70.0, 71.0, 72.0], currency="GBp"))

    history = await source.history("VOD.L", DAYS[0])

    assert history.instrument is not None
    assert history.instrument.currency == "GBP"
    assert [row.close for row in history.rows] == pytest.approx([0.70, 0.71, 0.72])


async def test_a_missing_close_is_no_zero(source: YahooPrices, provider: FakeYahoo) -> None:
    provider.serve("AAPL", chart([10.0, None, 12.0], [9.0, None, 12.0]))

    closes = [row.close for row in (await source.history("AAPL", DAYS[0])).rows]

    assert 0.0 not in closes
    assert (closes[0], closes[-1]) == (10.0, 12.0)


NOT_FOUND = {"chart": {"result": None, "error": {"code": "Not Found", "description": "No data found, delisted"}}}
NO_QUOTES = {"chart": {"result": [{"meta": {"exchangeTimezoneName": "America/New_York"}}], "error": None}}


@pytest.mark.parametrize(
    ("content", "status"),
    [(NOT_FOUND, 200), (NOT_FOUND, 404), (NO_QUOTES, 200), ("<html>Sorry</html>", 200), ("", 200), ("{}", 500)],
)
async def test_no_prices_are_a_failure_with_a_remedy(
    source: YahooPrices, provider: FakeYahoo, content: dict[str, Any] | str, status: int
) -> None:
    provider.serve("GONE", content, status)

    with pytest.raises(SymbolFailed) as failure:
        await source.history("GONE", DAYS[0])

    assert not isinstance(failure.value, SourceExhausted)
    assert failure.value.remedy


async def test_a_connection_that_breaks_is_a_failure(source: YahooPrices, provider: FakeYahoo) -> None:
    provider.answers["AAPL"] = None

    with pytest.raises(SymbolFailed, match="could not be reached"):
        await source.history("AAPL", DAYS[0])


async def test_a_refusal_ends_the_round(source: YahooPrices, provider: FakeYahoo) -> None:
    provider.serve("AAPL", "Too Many Requests", 429)

    with pytest.raises(SourceExhausted):
        await source.history("AAPL", DAYS[0])


def test_without_the_package_it_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "yfinance", None)

    with pytest.raises(SourceUnusable, match="uv sync --extra yahoo"):
        YahooPrices()


async def test_every_request_has_a_time_limit(
    source: YahooPrices, provider: FakeYahoo, monkeypatch: pytest.MonkeyPatch
) -> None:
    limits: list[float] = []
    real = YfData._make_request

    def spy(
        self: YfData, url: str, request_method: Any, body: Any = None, params: Any = None, timeout: float = 0
    ) -> Any:
        limits.append(timeout)
        return real(self, url, request_method, body, params, timeout)

    monkeypatch.setattr(YfData, "_make_request", spy)
    provider.serve("AAPL", chart([10.0, 11.0, 12.0], [9.0, 10.0, 12.0]))

    await source.history("AAPL", DAYS[0])

    assert limits
    assert all(0 < limit <= yahoo.REQUEST_TIMEOUT_SECONDS for limit in limits)
