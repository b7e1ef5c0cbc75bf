import asyncio
import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

import pytest
from sqlalchemy import delete, select, update

from app.db import Database
from app.market_data import update as symbol_update
from app.market_data.bundled import BundledMarketData
from app.market_data.held import HeldPrices
from app.market_data.problem import PriceProblem
from app.market_data.source import History, InstrumentRow, PriceRow, SourceExhausted, SplitRow, SymbolFailed
from app.models import Instrument, MarketDataState, Price, Split
from app.services.price_refresh import PricesChangedMeanwhile, RefreshOptions, RefreshReport, refresh
from tests.builders import make_instrument

TODAY = dt.date(2024, 3, 29)
# Mondays to Fridays up to the day before
DAYS = [day for day in (TODAY - dt.timedelta(days=offset) for offset in range(70, 0, -1)) if day.isoweekday() < 6]
HELD = InstrumentRow("ACME", "Acme Inc.", None, None, "equity", "USD")


def rows(closes: Sequence[float], symbol: str = "ACME", days: Sequence[dt.date] = DAYS) -> list[PriceRow]:
    return [PriceRow(symbol, day, close, close) for day, close in zip(days, closes, strict=False)]


def steady(symbol: str = "ACME", count: int = len(DAYS)) -> list[PriceRow]:
    return rows([100.0 + offset for offset in range(count)], symbol)


def readjusted(history: Sequence[PriceRow], factor: float) -> list[PriceRow]:
    return [replace(row, adjusted_close=row.adjusted_close * factor) for row in history]


@dataclass
class Provider:
    """A source that is asked over a network, with answers and failures of our making."""

    histories: dict[str, list[PriceRow] | Exception]
    currency: str = "USD"
    name: str = "provider"
    concurrency: int = 3
    recheck: dt.timedelta | None = dt.timedelta(days=30)
    problems: Sequence[PriceProblem] = ()
    asked: list[tuple[str, dt.date | None]] = field(default_factory=list)
    before_answer: Callable[[], object] | None = None
    under_way: int = 0
    most_under_way: int = 0

    def symbols(self) -> None:
        return None

    async def history(self, symbol: str, since: dt.date | None) -> History:
        self.asked.append((symbol, since))
        self.under_way += 1
        self.most_under_way = max(self.most_under_way, self.under_way)
        await asyncio.sleep(0)
        self.under_way -= 1
        answer = self.histories.get(symbol, SymbolFailed("No such symbol.", "Check it."))
        if isinstance(answer, Exception):
            raise answer
        found = [row for row in answer if since is None or row.date >= since]
        return History(found, InstrumentRow(symbol, f"{symbol} Inc.", None, None, "equity", self.currency))


async def state(database: Database) -> tuple[int, dt.date | None]:
    async with database.session() as session:
        found = (await session.scalars(select(MarketDataState))).one()
        return found.version, found.as_of


async def stored(database: Database, symbol: str = "ACME") -> list[PriceRow]:
    async with database.session() as session:
        prices = await session.scalars(select(Price).where(Price.symbol == symbol).order_by(Price.date))
        return [PriceRow(price.symbol, price.date, price.close, price.adjusted_close) for price in prices]


async def splits(database: Database) -> list[tuple[str, dt.date, float, str]]:
    async with database.session() as session:
        return [(found.symbol, found.date, found.ratio, found.source) for found in await session.scalars(select(Split))]


async def held(database: Database, *series: Sequence[PriceRow], options: RefreshOptions | None = None) -> RefreshReport:
    """Refresh from a set that is at hand."""
    instruments = [replace(HELD, symbol=found[0].symbol) for found in series if found]
    source = HeldPrices("held", (row for found in series for row in found), instruments)
    return await refresh(database, source, TODAY, options)


async def test_the_bundled_set_is_refreshed_into_an_empty_database_and_then_rests(database: Database) -> None:
    source = HeldPrices.of(BundledMarketData())

    first = await refresh(database, source, TODAY)
    second = await refresh(database, source, TODAY)

    assert (first.changed_prices, first.counts) == (58_864, {"updated": 26})
    assert (second.changed_prices, second.counts) == (0, {"unchanged": 26})
    assert first.problems == second.problems == first.gaps == []
    assert await state(database) == (1, dt.date(2022, 12, 28))


async def test_only_newer_days_and_a_re_check_are_asked_for(database: Database) -> None:
    await held(database, steady(count=40))
    provider = Provider({"ACME": steady()})

    report = await refresh(database, provider, TODAY)

    assert provider.asked == [("ACME", DAYS[39] - dt.timedelta(days=30))]
    assert (report.changed_prices, report.symbols[0].written) == (len(DAYS) - 40, len(DAYS) - 40)
    assert await stored(database) == steady()
    assert await state(database) == (2, DAYS[-1])


async def test_a_dividend_rewrites_history(database: Database) -> None:
    await held(database, steady(count=40))
    after_dividend = [*readjusted(steady(count=45), 0.99), *steady()[45:]]
    provider = Provider({"ACME": after_dividend})

    report = await refresh(database, provider, TODAY)

    assert [since for _, since in provider.asked] == [DAYS[39] - dt.timedelta(days=30), None]
    assert report.symbols[0].is_readjusted
    assert await stored(database) == after_dividend
    assert (await state(database))[0] == 2


async def test_a_split_rewrites_history(database: Database) -> None:
    await held(database, rows([500.0] * 40))
    after_split = rows([50.0] * len(DAYS))

    report = await refresh(database, Provider({"ACME": after_split}), TODAY)

    assert report.is_complete
    assert await stored(database) == after_split


async def test_a_split_becomes_known_and_closes_of_before_it_are_in_shares_of_after_it(database: Database) -> None:
    as_quoted = [replace(row, close=row.close * (4.0 if row.date < DAYS[20] else 1.0)) for row in steady()]

    first = await held(database, as_quoted)
    second = await held(database, as_quoted)

    assert await stored(database) == steady()
    assert await splits(database) == [("ACME", DAYS[20], 4.0, "held")]
    assert (first.counts, second.counts) == ({"updated": 1}, {"unchanged": 1})
    assert (await state(database))[0] == 1


async def test_a_split_that_is_named_later_is_written_without_a_price(database: Database) -> None:
    await held(database, steady())
    source = HeldPrices("held", steady(), [HELD], splits=[SplitRow("ACME", DAYS[5], 4.0)])

    report = await refresh(database, source, TODAY)

    assert (report.changed_prices, report.counts) == (0, {"updated": 1})
    assert await splits(database) == [("ACME", DAYS[5], 4.0, "held")]
    assert (await state(database))[0] == 2


async def test_a_corrected_close_is_written_and_nothing_else(database: Database) -> None:
    await held(database, steady())
    corrected = steady()
    corrected[-2] = replace(corrected[-2], close=150.0, adjusted_close=150.0)

    report = await refresh(database, Provider({"ACME": corrected}), TODAY)

    assert (report.changed_prices, report.symbols[0].is_readjusted) == (1, False)
    assert await stored(database) == corrected


async def test_a_shorter_history_on_another_basis_leaves_the_stored_one(database: Database) -> None:
    await held(database, steady(count=40))

    report = await held(database, readjusted(steady()[20:], 0.5))

    assert report.counts == {"failed": 1}
    assert "is shorter than the stored one" in (report.symbols[0].failure or "")
    assert await stored(database) == steady(count=40)
    assert (await state(database))[0] == 1


async def test_replacing_takes_the_shorter_history_all_the_same(database: Database) -> None:
    await held(database, steady(count=40))

    await held(database, readjusted(steady()[20:], 0.5), options=RefreshOptions(replaces=True))

    assert await stored(database) == readjusted(steady()[20:], 0.5)


async def test_days_without_a_common_one_are_added_with_a_warning(database: Database) -> None:
    await held(database, steady(count=40))

    report = await held(database, steady()[40:])

    assert [(problem.kind, problem.severity) for problem in report.problems] == [("no_common_day", "warned")]
    assert await stored(database) == steady()


async def test_a_jump_after_what_is_stored_waits_for_a_person(database: Database) -> None:
    await held(database, steady(count=40))
    fallen = [*steady(count=42), *rows([5.0] * 5, days=DAYS[42:])]

    report = await refresh(database, Provider({"ACME": fallen}), TODAY)

    assert [(problem.kind, problem.date) for problem in report.problems] == [("jump", DAYS[42])]
    assert not report.is_complete
    assert await stored(database) == steady(count=42)

    accepted = await refresh(
        database, Provider({"ACME": fallen}), TODAY, RefreshOptions(None, False, frozenset({"ACME"}))
    )
    again = await refresh(database, Provider({"ACME": fallen}), TODAY)

    assert accepted.changed_prices == 5
    assert await stored(database) == fallen
    assert (again.changed_prices, again.problems) == (0, [])


async def test_an_accepted_jump_survives_a_dividend(database: Database) -> None:
    fallen = [*steady(count=5), *rows([5.0] * 40, days=DAYS[5:])]
    await held(database, fallen, options=RefreshOptions(accepted_jumps=frozenset({"ACME"})))

    report = await refresh(database, Provider({"ACME": readjusted(fallen, 0.99)}), TODAY)

    assert report.is_complete
    assert await stored(database) == readjusted(fallen, 0.99)


async def test_a_first_history_with_a_jump_is_not_stored(database: Database) -> None:
    report = await held(database, rows([500.0] * 10 + [50.0] * 10))

    assert report.counts == {"failed": 1}
    assert "10-for-1 split" in (report.symbols[0].failure or "")
    assert await stored(database) == []


async def test_one_failing_symbol_does_not_cost_the_others(database: Database) -> None:
    await held(database, steady("ACME", 40), steady("GONE", 40), steady("EMPTY", 40))
    provider = Provider({"ACME": steady(), "EMPTY": []})

    report = await refresh(database, provider, TODAY)

    failures = {found.symbol: found.failure for found in report.symbols if found.status == "failed"}
    assert failures == {
        "GONE": "No such symbol. Check it.",
        "EMPTY": (
            f"The source has no price from {DAYS[39] - dt.timedelta(days=30)} on. "
            "Check whether it is still listed, and under this symbol."
        ),
    }
    assert await stored(database) == steady()
    assert await stored(database, "GONE") == steady("GONE", 40)


async def test_a_refusal_ends_the_asking_and_keeps_what_was_read(database: Database) -> None:
    names = [f"S{number}" for number in range(8)]
    await held(database, *(steady(name, 40) for name in names))
    histories: dict[str, list[PriceRow] | Exception] = {name: steady(name) for name in names}
    histories["S3"] = SourceExhausted("Refused.", "Wait.")
    provider = Provider(histories, concurrency=1)

    report = await refresh(database, provider, TODAY)

    assert [symbol for symbol, _ in provider.asked] == names[:4]
    assert report.counts == {"updated": 3, "failed": 5}
    assert await stored(database, "S0") == steady("S0")


async def test_no_more_are_asked_at_a_time_than_the_source_bears(database: Database) -> None:
    names = [f"S{number}" for number in range(12)]
    provider = Provider({name: steady(name) for name in names})
    told: list[tuple[int, int, str]] = []

    await refresh(database, provider, TODAY, RefreshOptions(names), lambda *progress: told.append(progress))

    assert provider.most_under_way == 3
    assert [done for done, _, _ in told] == list(range(1, 13))
    assert {total for _, total, _ in told} == {12}
    assert {symbol for _, _, symbol in told} == set(names)


async def test_a_source_that_never_answers_is_given_up(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    class Silent(Provider):
        async def history(self, symbol: str, since: dt.date | None) -> History:
            await asyncio.Event().wait()
            raise AssertionError

    monkeypatch.setattr(symbol_update, "SYMBOL_TIMEOUT_SECONDS", 0.01)

    report = await refresh(database, Silent({}), TODAY, RefreshOptions(["ACME"]))

    assert "No answer within" in (report.symbols[0].failure or "")


async def test_a_new_symbol_becomes_an_instrument_and_a_known_one_keeps_its_sector(database: Database) -> None:
    await make_instrument(database, "ACME", sector="Industrials")

    await refresh(database, Provider({"ACME": steady(), "NEW": steady("NEW")}), TODAY, RefreshOptions(["ACME", "NEW"]))

    async with database.session() as session:
        names = {found.symbol: (found.name, found.sector) for found in await session.scalars(select(Instrument))}
    assert names == {"ACME": ("ACME Inc.", "Industrials"), "NEW": ("NEW Inc.", None)}


async def test_prices_of_what_nobody_described_are_not_stored(database: Database) -> None:
    report = await refresh(database, HeldPrices("csv", steady()), TODAY)

    assert "instruments.csv" in (report.symbols[0].failure or "")
    assert await stored(database) == []


async def test_a_symbol_is_found_however_its_share_class_is_spelt(database: Database) -> None:
    await held(database, steady("BRK-B"), steady("VOD.L"))
    provider = Provider({"BRK-B": steady("BRK-B"), "VOD.L": steady("VOD.L")})

    await refresh(database, provider, TODAY, RefreshOptions(["BRK.B", "VOD.L"]))

    assert {symbol for symbol, _ in provider.asked} == {"BRK-B", "VOD.L"}


async def test_another_currency_is_refused(database: Database) -> None:
    await held(database, steady(count=40))

    report = await refresh(database, Provider({"ACME": steady()}, currency="EUR"), TODAY)

    assert report.symbols[0].failure == (
        "The source quotes it in EUR; the instrument is in USD. "
        "Take another listing, or correct the instrument's currency."
    )
    assert await stored(database) == steady(count=40)


async def test_options_and_private_holdings_are_not_asked_for(database: Database) -> None:
    for symbol, asset_class in (("ACME", "equity"), ("HOUSE", "private"), ("ACME  240119C00100000", "option")):
        await make_instrument(database, symbol, asset_class=asset_class)
    provider = Provider({"ACME": steady()})

    await refresh(database, provider, TODAY)

    assert {symbol for symbol, _ in provider.asked} == {"ACME"}


async def test_two_refreshes_at_once_do_not_mix(database: Database) -> None:
    await held(database, steady(count=40))

    class Overtaken(Provider):
        async def history(self, symbol: str, since: dt.date | None) -> History:
            async with database.session() as session:
                await session.execute(update(MarketDataState).values(version=MarketDataState.version + 1))
            return await super().history(symbol, since)

    with pytest.raises(PricesChangedMeanwhile):
        await refresh(database, Overtaken({"ACME": steady()}), TODAY)

    assert await stored(database) == steady(count=40)


async def test_a_write_that_fails_leaves_everything_as_it_was(database: Database) -> None:
    await held(database, steady("ACME", 40), steady("OTHER", 40))

    class Vanishing(Provider):
        async def history(self, symbol: str, since: dt.date | None) -> History:
            async with database.session() as session:
                await session.execute(delete(Instrument).where(Instrument.symbol == "OTHER"))
            return await super().history(symbol, since)

    with pytest.raises(Exception, match="violates foreign key"):
        await refresh(database, Vanishing({"ACME": steady(), "OTHER": steady("OTHER")}), TODAY)

    assert await stored(database) == steady(count=40)
    assert (await state(database))[0] == 1


async def test_gaps_are_reported(database: Database) -> None:
    whole = [steady(name) for name in ("A", "B", "C")]
    torn = [row for row in steady() if row.date not in DAYS[10:13]]

    report = await held(database, *whole, torn)

    assert [(gap.symbol, gap.first_day, gap.last_day, gap.days) for gap in report.gaps] == [
        ("ACME", DAYS[10], DAYS[12], 3)
    ]
