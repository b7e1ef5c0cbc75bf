import datetime as dt
import gzip
from pathlib import Path

import pytest

from app.market_data import csv_files
from app.market_data.bundled import FOLDER, BundledMarketData
from app.market_data.held import HeldPrices
from app.market_data.source import PriceRow, SourceUnusable, SplitRow, SymbolFailed

MONDAY, TUESDAY = dt.date(2024, 1, 8), dt.date(2024, 1, 9)


def write(folder: Path, text: str | bytes, name: str = "prices.csv") -> Path:
    file = folder / name
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return file


async def rows(source: HeldPrices, symbol: str = "ACME") -> list[PriceRow]:
    return list((await source.history(symbol, None)).rows)


async def complaints(source: HeldPrices, symbol: str = "ACME") -> list[str]:
    return [problem.reason for problem in (await source.history(symbol, None)).problems]


ACME = [PriceRow("ACME", MONDAY, 10.5, 10.25), PriceRow("ACME", TUESDAY, 11.0, 10.75)]


@pytest.mark.parametrize(
    "text",
    [
        "date,symbol,close,adjusted_close\n2024-01-08,ACME,10.5,10.25\n2024-01-09,ACME,11,10.75\n",
        "\ufeffSymbol;Date;Close;Adj Close\nACME;2024-01-08;10,5;10,25\nACME;2024-01-09;11,0;10,75\n",
        "ticker\tday\tprice\tadjclose\r\nacme\t20240108\t10.5\t10.25\r\nAcme\t2024-01-09\t11.00\t10.75\r\n",
        'Date,Symbol,Open,Close,Adj Close,Volume\n01/08/2024,ACME,9,"10.5","10.25","1,000"\n'
        "01/13/2024,OTHER,9,5.5,5.5,9\n01/09/2024,ACME,9,11.0,10.75,5\n",
        "Adj Close|note|close|date|symbol\n10.25|\n|10.5|2024-01-08T00:00:00+09:00|ACME\n".replace(
            "|\n|", '|"two\nlines"|'
        )
        + "10.75||11.0|2024-01-09T00:00:00-05:00|ACME\n",
    ],
    ids=["plain", "semicolons", "tabs", "american", "time zones"],
)
async def test_spellings_of_one_and_the_same(tmp_path: Path, text: str) -> None:
    source = csv_files.read(write(tmp_path, text))

    assert await rows(source) == ACME


async def test_a_file_without_symbols_is_about_its_name(tmp_path: Path) -> None:
    text = "Date,Open,High,Low,Close,Adj Close,Volume\n2024-01-08,1,1,1,10.5,10.25,9\n2024-01-09,1,1,1,11.0,10.75,9\n"

    assert await rows(csv_files.read(write(tmp_path, text, "acme.CSV"))) == ACME


async def test_one_close_is_both(tmp_path: Path) -> None:
    source = csv_files.read(write(tmp_path, "date,symbol,adj close\n2024-01-08,ACME,10.5\n"))

    assert await rows(source) == [PriceRow("ACME", MONDAY, 10.5, 10.5)]


@pytest.mark.parametrize("encode", ["utf-16", "latin-1"])
async def test_other_encodings(tmp_path: Path, encode: str) -> None:
    text = "date,symbol,name,close\n2024-01-08,ACME,Zürich,10.5\n"

    source = csv_files.read(write(tmp_path, text.encode(encode)))

    assert await rows(source) == [PriceRow("ACME", MONDAY, 10.5, 10.5)]


async def test_the_bundled_files_read_as_bundled() -> None:
    source = csv_files.read(FOLDER / "prices_daily.csv.gz")
    bundled = HeldPrices.of(BundledMarketData())

    assert source.symbols() == bundled.symbols()
    for symbol in ("AAPL", "SP500"):
        assert await source.history(symbol, None) == await bundled.history(symbol, None)


async def test_splits_beside_the_prices(tmp_path: Path) -> None:
    write(tmp_path, "Date,Close\n2024-01-08,10.5\n", "ACME.csv")
    write(tmp_path, "symbol,date,ratio\nacme,2024-01-08,4\nACME,2023-05-02,0.125\n", "splits.csv")

    source = csv_files.read(tmp_path)

    assert source.symbols() == ["ACME"]
    assert list((await source.history("ACME", None)).splits) == [
        SplitRow("ACME", MONDAY, 4.0),
        SplitRow("ACME", dt.date(2023, 5, 2), 0.125),
    ]
    assert list((await source.history("ACME", MONDAY)).splits) == [SplitRow("ACME", MONDAY, 4.0)]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("symbol,date\n", "splits.csv lacks the columns ratio."),
        (
            "symbol,date,ratio\nACME,2024-01-08,4\nACME,8 Jan,4\n",
            "splits.csv line 3 is not a symbol, a YYYY-MM-DD and a number.",
        ),
        (
            "symbol,date,ratio\nACME,2024-01-08,four\n",
            "splits.csv line 2 is not a symbol, a YYYY-MM-DD and a number.",
        ),
        ("symbol,date,ratio\nACME,2024-01-08\n", "splits.csv line 2 is not a symbol, a YYYY-MM-DD and a number."),
        ("symbol,date,ratio\nACME,2024-01-08,-4\n", "splits.csv line 2: a ratio is above zero, such as 4 or 0.125."),
        ("symbol,date,ratio\nACME,2024-01-08,nan\n", "splits.csv line 2: a ratio is above zero, such as 4 or 0.125."),
    ],
)
def test_splits_that_cannot_be_read(tmp_path: Path, text: str, sentence: str) -> None:
    write(tmp_path, "Date,Close\n2024-01-08,10.5\n", "ACME.csv")
    write(tmp_path, text, "splits.csv")

    with pytest.raises(SourceUnusable) as refused:
        csv_files.read(tmp_path)

    assert refused.value.sentence == sentence


async def test_a_folder_with_instruments(tmp_path: Path) -> None:
    write(tmp_path, "Date,Close\n2024-01-08,10.5\n", "ACME.csv")
    (tmp_path / "MORE.csv.gz").write_bytes(gzip.compress(b"Date,Close\n2024-01-08,7.5\n"))
    write(
        tmp_path, "symbol,name,sector,industry,asset_class,currency\nACME,Acme Inc.,,,equity,usd\n", "instruments.csv"
    )

    source = csv_files.read(tmp_path)
    instrument = (await source.history("ACME", None)).instrument

    assert source.symbols() == ["ACME", "MORE"]
    assert instrument is not None
    assert (instrument.name, instrument.sector, instrument.currency) == ("Acme Inc.", None, "USD")


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("2024-01-08,ACME,abc", "prices.csv line 3: abc is not a number"),
        ("2024-01-08,ACME,", "prices.csv line 3: the cell is no number"),
        ("2024-01-08,ACME,null", "prices.csv line 3: null is no number"),
        ("2024-01-08,ACME,=cmd|calc", "prices.csv line 3: =cmd|calc is a formula where a number is expected"),
        ("2024-02-30,ACME,1.5", "prices.csv line 3: 2024-02-30 is no day of the calendar"),
        ("yesterday,ACME,1.5", "prices.csv line 3: yesterday is not a date"),
        ("05/06/2024,ACME,1.5", "prices.csv line 3: 05/06/2024 is day and month could be either way round"),
        ("2024-01-08,ACME", "prices.csv line 3: the cell is no number"),
    ],
)
async def test_a_cell_that_cannot_be_read_is_told_with_its_line(tmp_path: Path, line: str, reason: str) -> None:
    source = csv_files.read(write(tmp_path, f"date,symbol,close\n2024-01-09,ACME,11.0\n{line}\n"))

    assert await rows(source) == [PriceRow("ACME", TUESDAY, 11.0, 11.0)]
    (told,) = await complaints(source)
    assert told.startswith(reason)


@pytest.mark.parametrize(
    "symbol", ["=cmd()", "\u0410CME", "", "<b>x</b>"], ids=["formula", "cyrillic", "empty", "markup"]
)
async def test_a_symbol_that_is_none_is_a_problem_of_the_source(tmp_path: Path, symbol: str) -> None:
    source = csv_files.read(write(tmp_path, f"date,symbol,close\n2024-01-09,{symbol},11.0\n"))

    assert source.symbols() == []
    assert [problem.symbol for problem in source.problems] == [None]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "The file is empty."),
        (b"\xef\xbb\xbf \n", "The file is empty."),
        (b"date,symbol,close\n", "There is no price under the header."),
        (b"symbol,price\nACME,1\n", "The header lacks date; it has symbol, price."),
        (b"when,AAPL,MSFT\n2024-01-08,1,2\n", "The header lacks date and close; it has when, AAPL, MSFT."),
        (b"date,close,Close\n2024-01-08,1,2\n", "The header has more than one column for close. Leave one of them."),
        (
            b"date,close" + b",x" * 500 + b"\n",
            "The header has more than 200 columns. One row is one symbol on one day.",
        ),
        (b"PK\x03\x04\x00\x00\x00", "This is not a text file. Save it as CSV."),
        (
            b'date,close\n2024-01-08,"' + b"1" * 200_000,
            "Line 2 cannot be read: field larger than field limit (131072).",
        ),
    ],
)
def test_a_file_that_cannot_be_read(tmp_path: Path, content: bytes, sentence: str) -> None:
    with pytest.raises(SourceUnusable) as refused:
        csv_files.read(write(tmp_path, content))

    assert refused.value.sentence == sentence


def test_a_file_that_unpacks_to_too_much(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(csv_files, "MAX_BYTES", 1000)
    file = write(tmp_path, gzip.compress(b"date,close\n" + b"\n" * 100_000), "ACME.csv.gz")

    with pytest.raises(SourceUnusable, match="holds more than"):
        csv_files.read(file)


@pytest.mark.parametrize(
    "content", [b"no gzip at all", gzip.compress(b"date,close\n2024-01-08,1.5\n")[:-9]], ids=["no archive", "cut"]
)
def test_a_damaged_archive(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(SourceUnusable, match="The file cannot be read"):
        csv_files.read(write(tmp_path, content, "ACME.csv.gz"))


async def test_in_a_folder_one_bad_file_does_not_cost_the_others(tmp_path: Path) -> None:
    write(tmp_path, "Date,Close\n2024-01-08,10.5\n", "ACME.csv")
    write(tmp_path, "", "BAD.csv")

    source = csv_files.read(tmp_path)

    assert len(await rows(source)) == 1
    assert [problem.reason for problem in source.problems] == ["BAD.csv: The file is empty."]


def test_nothing_there(tmp_path: Path) -> None:
    with pytest.raises(SourceUnusable, match="no file that ends in"):
        csv_files.read(tmp_path)
    with pytest.raises(SourceUnusable, match="There is no file or folder"):
        csv_files.read(tmp_path / "missing.csv")


async def test_an_unknown_symbol_fails(tmp_path: Path) -> None:
    source = csv_files.read(write(tmp_path, "date,symbol,close\n2024-01-09,ACME,11.0\n"))

    with pytest.raises(SymbolFailed):
        await source.history("OTHER", None)
