"""Files that are refused whole: each with a reason that a person can act on, and before memory is spent on it."""

import gzip
import io
import tracemalloc
import zipfile

import pytest

from app.importing.errors import (
    MAX_BYTES,
    MAX_LINE_CHARS,
    MAX_ROWS,
    DuplicateHeaders,
    EmptyFile,
    FileTooLarge,
    LineTooLong,
    MissingColumns,
    NotATextFile,
    TooManyColumns,
    TooManyRows,
    UnknownFormat,
    UnreadableCsv,
    UnreadableJson,
)
from tests.importing.conftest import Parse

HEADER = "symbol,quantity,entry_date,entry_price\n"
ROW = "AAPL,10,2022-01-03,100\n"


def workbook() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", "0" * 50_000_000)
    return file.getvalue()


@pytest.mark.parametrize("content", [b"", b"\n\n  \n", b"\xef\xbb\xbf", b"\xff\xfe", b";;\n;;\n"])
def test_an_empty_file(content: bytes, parsed: Parse) -> None:
    with pytest.raises(EmptyFile):
        parsed(content)


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (workbook(), "Excel"),
        (gzip.compress(b"0" * 10_000_000), "gzip"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512), "old kind"),
        (b"%PDF-1.7\n", "PDF"),
        (b"\x89PNG\r\n\x1a\n", "picture"),
        (b"symbol,quantity\x00\x01\x02", "binary"),
        (b"\xff\xfe\x00", "damaged"),
    ],
    # Archives hold the time of their making: as names they would differ between the processes that run the tests
    ids=["workbook", "gzip", "old workbook", "document", "picture", "zero bytes", "half a character"],
)
def test_what_is_no_text_is_named_and_never_unpacked(content: bytes, kind: str, parsed: Parse) -> None:
    with pytest.raises(NotATextFile, match=kind):
        parsed(content)


def test_a_file_above_the_limit(parsed: Parse) -> None:
    with pytest.raises(FileTooLarge):
        parsed(b"x" * (MAX_BYTES + 1))


def test_twenty_thousand_rows_are_read_and_one_more_is_not(parsed: Parse) -> None:
    assert len(parsed((HEADER + ROW * MAX_ROWS).encode()).lots) == MAX_ROWS
    with pytest.raises(TooManyRows):
        parsed((HEADER + ROW * (MAX_ROWS + 1)).encode())


def test_twenty_thousand_activities_are_the_limit_too(parsed: Parse) -> None:
    content = '{"activities": [' + ",".join(["1"] * (MAX_ROWS + 1)) + "]}"

    with pytest.raises(TooManyRows):
        parsed(content.encode())


def test_ten_thousand_columns(parsed: Parse) -> None:
    with pytest.raises(TooManyColumns, match="Row 1"):
        parsed(",".join(f"c{number}" for number in range(10_000))[: MAX_LINE_CHARS - 1].encode())


def test_a_line_without_an_end(parsed: Parse) -> None:
    with pytest.raises(LineTooLong):
        parsed((HEADER + "A" * (MAX_LINE_CHARS + 1)).encode())


@pytest.mark.parametrize(
    "tail", ['AAPL,"10,2022-01-03,100\n' + ROW * 500, '"' + '\n","' * 200_000, 'AAPL,"10,2022-01-03,100\n']
)
def test_a_quote_that_is_never_closed(tail: str, parsed: Parse) -> None:
    with pytest.raises((LineTooLong, UnreadableCsv), match="quote"):
        parsed((HEADER + tail).encode())


def test_millions_of_cells_take_no_memory_to_speak_of(parsed: Parse) -> None:
    content = b"," * (MAX_BYTES - 1)
    tracemalloc.start()
    with pytest.raises(LineTooLong):
        parsed(content)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert peak < 10 * MAX_BYTES


def test_duplicate_headers_are_named(parsed: Parse) -> None:
    with pytest.raises(DuplicateHeaders, match=r"Row 1 .*Quantity"):
        parsed(b"symbol,quantity,Quantity,entry_date,entry_price\n")


def test_missing_columns_are_named_beside_those_that_are_there(parsed: Parse) -> None:
    with pytest.raises(MissingColumns, match=r"lacks entry_date, entry_price\. It has Symbol, Quantity, Price"):
        parsed(b"Symbol,Quantity,Price\nAAPL,1,2\n")


def test_an_unknown_layout_shows_its_first_row_and_the_template(parsed: Parse) -> None:
    with pytest.raises(UnknownFormat, match=r"first row has a, b.*symbol, quantity, entry_date, entry_price"):
        parsed(b"a,b\n1,2\n")


def test_a_separator_that_is_not_known(parsed: Parse) -> None:
    with pytest.raises(UnknownFormat, match="commas, semicolons or tabs"):
        parsed(HEADER.replace(",", "|").encode())


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b'{"activities": [{"quantity": NaN}]}', "NaN is not a JSON number"),
        (b'{"activities": [{"quantity": -Infinity}]}', "-Infinity"),
        (b'{"activities": ', "line 1"),
        (b'{"activities": [], "activities": []}', "activities more than once"),
        (b"[" * 1_000_000, "nested too deeply"),
        (b'{"a":' * 1_000_000, "nested too deeply"),
        (b"[]", "no Ghostfolio export"),
        (b'{"holdings": []}', "no Ghostfolio export"),
        (b'{"activities": "' + b"x" * (MAX_BYTES - 100) + b'"}', "no Ghostfolio export"),
    ],
)
def test_json_that_means_nothing_here(content: bytes, reason: str, parsed: Parse) -> None:
    with pytest.raises(UnreadableJson, match=reason):
        parsed(content)


def test_a_refusal_shows_nothing_that_could_act(parsed: Parse) -> None:
    with pytest.raises(UnknownFormat) as refused:
        parsed("\u202eevil,\u200bhidden,\x7f\n1,2,3\n".encode())

    assert refused.value.sentence.isprintable()
