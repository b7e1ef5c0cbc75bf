"""Prices from a CSV file, or from a folder of them.

A file has the columns date and close, and where they are known symbol and adjusted_close (or "Adj Close"). Without a
symbol column it is about one symbol, which is its name: `AAPL.csv`. Files ending in .csv.gz are unpacked while they are
read. What a symbol stands for is said by `instruments.csv` beside the prices, with the columns symbol, name, sector,
industry, asset_class and currency; symbols that the product knows already need no line there. Splits are named by
`splits.csv`, with the columns symbol, date and ratio: 4 for one share into four, 0.125 for eight into one.
"""

import csv
import datetime as dt
import gzip
import io
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from app.importing.dates import DateOrder, date_order, day
from app.importing.display import sentence_list, shown
from app.importing.numbers import NumberStyle, number, number_style
from app.importing.parsed import RowProblem
from app.importing.symbols import security
from app.market_data.held import HeldPrices
from app.market_data.problem import PriceProblem
from app.market_data.source import InstrumentRow, PriceRow, SourceUnusable, SplitRow

SUFFIXES = (".csv", ".csv.gz")
INSTRUMENTS_FILE = "instruments.csv"
SPLITS_FILE = "splits.csv"
# Fifteen million rows; a compressed file may claim no more
MAX_BYTES = 512 * 1024 * 1024
MAX_FILES = 10_000
MAX_COLUMNS = 200
DELIMITERS = (",", ";", "\t", "|")
# How files spell the columns, after lower case and with spaces for underscores
COLUMNS = {
    "date": ("date", "day", "timestamp"),
    "symbol": ("symbol", "ticker"),
    "close": ("close", "price", "last"),
    "adjusted_close": ("adjusted close", "adj close", "adjclose", "adj. close"),
}
# What nearly all cells look like is read without the care that the others need
PLAIN_NUMBER = re.compile(r"[0-9]{1,12}\.[0-9]{1,20}")
PLAIN_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


class FileUnreadable(SourceUnusable):
    pass


def read(path: Path) -> HeldPrices:
    """All prices under `path`. In a folder a file that cannot be read is a problem, and the others count.

    Raises
    ------
    SourceUnusable
        Nothing is there, or the one file cannot be read.
    """
    rows: list[PriceRow] = []
    problems: list[PriceProblem] = []
    for file in _files(path):
        try:
            found = _read_file(file)
        except FileUnreadable as error:
            if not path.is_dir():
                raise
            problems.append(_problem(None, None, f"{file.name}: {error.sentence}", "Correct or remove the file."))
            continue
        rows.extend(found.rows)
        problems.extend(found.problems)
    return HeldPrices("csv", rows, _instruments(path), problems, _splits(path))


def _files(path: Path) -> list[Path]:
    if path.is_file():
        return [path]
    if not path.is_dir():
        raise SourceUnusable(f"There is no file or folder {path}. Give the place of the CSV files with --path.")
    found = sorted(file for file in path.iterdir() if file.name.lower().endswith(SUFFIXES))
    files = [file for file in found if file.name not in (INSTRUMENTS_FILE, SPLITS_FILE)]
    if not files:
        raise SourceUnusable(f"The folder {path} holds no file that ends in {' or '.join(SUFFIXES)}.")
    if len(files) > MAX_FILES:
        raise SourceUnusable(f"The folder {path} holds {len(files):,} files; {MAX_FILES:,} are the most that are read.")
    return files


@dataclass(frozen=True, slots=True)
class _Cells:
    """One line as text. `line` is counted as an editor counts."""

    line: int
    symbol: str
    date: str
    close: str
    adjusted_close: str


@dataclass(slots=True)
class _Found:
    file: str
    rows: list[PriceRow] = field(default_factory=list)
    problems: list[PriceProblem] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Style:
    """How a whole file writes numbers and dates: one cell alone may be read in two ways."""

    numbers: NumberStyle | None
    dates: DateOrder | None


def _read_file(file: Path) -> _Found:
    text = _text(file)
    delimiter = _delimiter(text)
    cells = list(_cells(text, delimiter, _stem(file)))
    if not cells:
        raise FileUnreadable("There is no price under the header.")
    style = _Style(
        numbers=number_style((text for row in cells for text in (row.close, row.adjusted_close)), delimiter),
        dates=date_order(row.date for row in cells if not PLAIN_DATE.fullmatch(row.date)),
    )
    found = _Found(file.name)
    for row in cells:
        _take(found, row, style)
    return found


def _take(found: _Found, cells: _Cells, style: _Style) -> None:
    symbol: str | None = None
    date: dt.date | None = None
    try:
        symbol = _symbol(cells.symbol)
        date = _date(cells.date, style)
        close = _number(cells.close, "close", style)
        adjusted = _number(cells.adjusted_close, "adjusted_close", style) if cells.adjusted_close else close
    except RowProblem as problem:
        reason = f"{found.file} line {cells.line}: {problem.value or 'the cell'} is {problem.reason}"
        found.problems.append(_problem(symbol, date, reason, problem.remedy))
    else:
        found.rows.append(PriceRow(symbol, date, close, adjusted))


@lru_cache(maxsize=4096)
def _symbol(text: str) -> str:
    return security(text, "symbol").symbol


def _date(text: str, style: _Style) -> dt.date:
    if PLAIN_DATE.fullmatch(text):
        try:
            return dt.date.fromisoformat(text)
        except ValueError as error:
            raise RowProblem("date", shown(text), "no day of the calendar", "Write dates as YYYY-MM-DD.") from error
    # A day in the future is for the checks to reject, with those of every other source
    return day(text, "date", dt.date.max, style.dates)


def _number(text: str, column: str, style: _Style) -> float:
    if style.numbers == "point" and PLAIN_NUMBER.fullmatch(text):
        return float(text)
    return float(number(text, column, style.numbers))


def _cells(text: str, delimiter: str, stem: str) -> Iterator[_Cells]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        header = next(reader, [])
        places = _places(header)
        for cells in reader:
            if any(cell.strip() for cell in cells):
                values = {name: cells[place].strip() if place < len(cells) else "" for name, place in places.items()}
                yield _Cells(
                    line=reader.line_num,
                    symbol=values.get("symbol", stem),
                    date=values["date"],
                    close=values["close"],
                    adjusted_close=values.get("adjusted_close", ""),
                )
    except csv.Error as error:
        raise FileUnreadable(f"Line {reader.line_num} cannot be read: {error}.") from error


def _places(header: list[str]) -> dict[str, int]:
    if len(header) > MAX_COLUMNS:
        raise FileUnreadable(f"The header has more than {MAX_COLUMNS} columns. One row is one symbol on one day.")
    names = [" ".join(cell.lower().replace("_", " ").split()) for cell in header]
    places = {}
    for column, spellings in COLUMNS.items():
        found = [place for place, name in enumerate(names) if name in spellings]
        if len(found) > 1:
            raise FileUnreadable(f"The header has more than one column for {column}. Leave one of them.")
        if found:
            places[column] = found[0]
    # Some exports hold nothing but adjusted closes
    places.setdefault("close", places.get("adjusted_close", -1))
    missing = [column for column in ("date", "close") if places.get(column, -1) < 0]
    if missing:
        has = sentence_list(shown(cell) for cell in header) or "nothing"
        raise FileUnreadable(f"The header lacks {' and '.join(missing)}; it has {has}.")
    return places


def _delimiter(text: str) -> str:
    header = text[: text.find("\n")] if "\n" in text else text
    return max(DELIMITERS, key=header.count)


def _text(file: Path) -> str:
    try:
        with gzip.open(file, "rb") if file.name.lower().endswith(".gz") else file.open("rb") as stream:
            data = stream.read(MAX_BYTES + 1)
    except (OSError, EOFError) as error:
        raise FileUnreadable(f"The file cannot be read: {error}.") from error
    if len(data) > MAX_BYTES:
        raise FileUnreadable(f"The file holds more than {MAX_BYTES // 1024**2} MB. Split it.")
    encoding = "utf-16" if data.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
    # A name in another encoding does no harm; a symbol or a figure in one is refused where it stands
    text = data.decode(encoding, errors="surrogateescape" if encoding == "utf-8-sig" else "replace")
    if "\0" in text:
        raise FileUnreadable("This is not a text file. Save it as CSV.")
    if not text.strip():
        raise FileUnreadable("The file is empty.")
    return text


def _stem(file: Path) -> str:
    return re.sub(r"\.csv(\.gz)?$", "", file.name, flags=re.IGNORECASE)


def _instruments(path: Path) -> list[InstrumentRow]:
    return [
        InstrumentRow(
            symbol=_symbol(row["symbol"]),
            name=row["name"],
            sector=row.get("sector") or None,
            industry=row.get("industry") or None,
            asset_class=row["asset_class"],
            currency=row["currency"].upper(),
        )
        for row in _beside(path, INSTRUMENTS_FILE, {"symbol", "name", "asset_class", "currency"})
    ]


def _splits(path: Path) -> list[SplitRow]:
    rows = _beside(path, SPLITS_FILE, {"symbol", "date", "ratio"})
    return [_split(line, row) for line, row in enumerate(rows, start=2)]


def _split(line: int, row: dict[str, str]) -> SplitRow:
    try:
        split = SplitRow(_symbol(row["symbol"]), dt.date.fromisoformat(row["date"]), float(row["ratio"]))
    except (ValueError, TypeError, RowProblem) as error:
        raise SourceUnusable(f"{SPLITS_FILE} line {line} is not a symbol, a YYYY-MM-DD and a number.") from error
    if not 0 < split.ratio < math.inf:
        raise SourceUnusable(f"{SPLITS_FILE} line {line}: a ratio is above zero, such as 4 or 0.125.")
    return split


def _beside(path: Path, name: str, needed: set[str]) -> list[dict[str, str]]:
    """The rows of a file about the prices; none where it is not there."""
    file = (path if path.is_dir() else path.parent) / name
    if not file.is_file():
        return []
    with file.open(encoding="utf-8-sig", newline="") as stream:
        reader = csv.DictReader(stream)
        missing = needed - set(reader.fieldnames or ())
        if missing:
            raise SourceUnusable(f"{name} lacks the columns {sentence_list(sorted(missing))}.")
        return list(reader)


def _problem(symbol: str | None, date: dt.date | None, reason: str, remedy: str) -> PriceProblem:
    return PriceProblem("unreadable", "rejected", symbol, date, reason, remedy)
