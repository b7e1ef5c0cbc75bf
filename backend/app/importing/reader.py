"""Bytes to text, and text to rows or to JSON. Limits are checked before anything is built from what they limit."""

import codecs
import csv
import io
import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from app.importing.display import shown
from app.importing.errors import (
    MAX_BYTES,
    MAX_COLUMNS,
    MAX_LINE_CHARS,
    MAX_LINES_A_RECORD,
    MAX_ROWS,
    EmptyFile,
    FileTooLarge,
    LineTooLong,
    NotATextFile,
    TooManyColumns,
    TooManyRows,
    UnreadableCsv,
    UnreadableJson,
)

DELIMITERS = (",", ";", "\t")
# Titles and blank lines stand before the header in brokers' exports
DELIMITER_SAMPLE_LINES = 30

_SAVE_AS_CSV = "Open it in your spreadsheet program and save the sheet as CSV."
_EXPORT_AGAIN = "Export the positions as CSV."
_SIGNATURES: tuple[tuple[bytes, str, str], ...] = (
    (b"PK\x03\x04", "an Excel workbook or a zip archive", _SAVE_AS_CSV),
    (b"PK\x05\x06", "a zip archive", _SAVE_AS_CSV),
    (b"\xd0\xcf\x11\xe0", "an Excel workbook of the old kind", _SAVE_AS_CSV),
    (b"\x1f\x8b", "a gzip archive", "Unpack it first."),
    (b"BZh", "a bzip2 archive", "Unpack it first."),
    (b"\xfd7zXZ", "an xz archive", "Unpack it first."),
    (b"7z\xbc\xaf", "a 7-Zip archive", "Unpack it first."),
    (b"Rar!", "a RAR archive", "Unpack it first."),
    (b"\x28\xb5\x2f\xfd", "a zstd archive", "Unpack it first."),
    (b"%PDF", "a PDF", _EXPORT_AGAIN),
    (b"\x89PNG", "a picture", _EXPORT_AGAIN),
    (b"\xff\xd8\xff", "a picture", _EXPORT_AGAIN),
    (b"PAR1", "a Parquet file", _EXPORT_AGAIN),
    (b"SQLite format 3\x00", "a database", _EXPORT_AGAIN),
)
_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


@dataclass(frozen=True, slots=True)
class Row:
    """`number` is the row as a spreadsheet counts it: blank rows count, and a quoted line break does not."""

    number: int
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """The rows that have anything in them, at least one; every cell stripped."""

    rows: tuple[Row, ...]
    delimiter: str


@dataclass(frozen=True, slots=True)
class JsonDocument:
    """Numbers are Decimal, so that nothing is lost and nothing overflows on the way."""

    content: Any


@dataclass(frozen=True, slots=True)
class Read:
    document: Sheet | JsonDocument
    warnings: tuple[str, ...]


def read(data: bytes) -> Read:
    if len(data) > MAX_BYTES:
        raise FileTooLarge
    text, warnings = _decode(data)
    if not text.strip():
        raise EmptyFile
    if text.lstrip()[0] in "{[":
        return Read(JsonDocument(_json(text)), warnings)
    delimiter = _delimiter(text)
    rows = tuple(_rows(text, delimiter))
    if not rows:
        raise EmptyFile
    return Read(Sheet(rows, delimiter), warnings)


def _decode(data: bytes) -> tuple[str, tuple[str, ...]]:
    for signature, kind, remedy in _SIGNATURES:
        if data.startswith(signature):
            raise NotATextFile(kind, remedy)
    text, warnings = _text(data)
    if any(character < " " and character not in "\t\r\n\f" for character in set(text)):
        raise NotATextFile("a binary file", _EXPORT_AGAIN)
    return text, warnings


def _text(data: bytes) -> tuple[str, tuple[str, ...]]:
    encoding = next((name for mark, name in _BYTE_ORDER_MARKS if data.startswith(mark)), None) or _unmarked(data)
    try:
        return data.decode(encoding), ()
    except UnicodeDecodeError as error:
        if encoding != "utf-8":
            raise NotATextFile("a damaged text file", "Save it again as UTF-8.") from error
    try:
        return data.decode("cp1252"), ("The file is not UTF-8: it was read as Windows-1252 (Latin-1).",)
    except UnicodeDecodeError:
        return data.decode("latin-1"), ("The file is not UTF-8: it was read as Latin-1.",)


def _unmarked(data: bytes) -> str:
    """UTF-16 without its mark shows as a zero in every other byte of Latin text."""
    start = data[:512]
    if len(start) >= 4 and start[1::2].count(0) > len(start) // 4:
        return "utf-16-le"
    if len(start) >= 4 and start[0::2].count(0) > len(start) // 4:
        return "utf-16-be"
    return "utf-8"


def _delimiter(text: str) -> str:
    """The one that parts a line into most cells, in the first lines and outside quotes."""
    lines = text[: DELIMITER_SAMPLE_LINES * MAX_LINE_CHARS].splitlines()[:DELIMITER_SAMPLE_LINES]
    unquoted = ["".join(line.split('"')[::2]) for line in lines]
    return max(DELIMITERS, key=lambda delimiter: max(line.count(delimiter) for line in unquoted))


class _Lines:
    """The lines of a text, none too long, and not too many for one record."""

    def __init__(self, text: str) -> None:
        self._lines = io.StringIO(text, newline="")
        self._number = 0
        self.in_record = 0

    def __iter__(self) -> Iterator[str]:
        # One more than allowed is read, so that a line without an end is never held whole
        while line := self._lines.readline(MAX_LINE_CHARS + 1):
            self._number += 1
            self.in_record += 1
            if len(line) > MAX_LINE_CHARS or self.in_record > MAX_LINES_A_RECORD:
                raise LineTooLong(self._number)
            yield line


def _rows(text: str, delimiter: str) -> Iterator[Row]:
    lines = _Lines(text)
    number = 0
    try:
        for number, cells in enumerate(csv.reader(lines, delimiter=delimiter, strict=True), start=1):
            lines.in_record = 0
            if number > MAX_ROWS + 1:  # the header is none of them
                raise TooManyRows
            if len(cells) > MAX_COLUMNS:
                raise TooManyColumns(number)
            stripped = tuple(cell.strip() for cell in cells)
            if any(stripped):
                yield Row(number, stripped)
    except csv.Error as error:
        raise UnreadableCsv(number + 1) from error


def _json(text: str) -> Any:
    try:
        return json.loads(
            text,
            parse_float=Decimal,
            parse_int=Decimal,
            parse_constant=_refuse_constant,
            object_pairs_hook=_object,
        )
    except json.JSONDecodeError as error:
        raise UnreadableJson(f"{error.msg} at line {error.lineno}, column {error.colno}") from error
    except RecursionError as error:
        raise UnreadableJson("it is nested too deeply") from error


def _refuse_constant(name: str) -> None:
    raise UnreadableJson(f"{name} is not a JSON number")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        (repeated, _), *_ = Counter(name for name, _ in pairs).most_common(1)
        raise UnreadableJson(f"an object has the key {shown(repeated)} more than once")
    return found
