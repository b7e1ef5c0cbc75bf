"""Whatever is sent, the answer is a file that was read or a refusal; and what was read is within its bounds."""

from contextlib import suppress
from datetime import date

from hypothesis import example, given, settings
from hypothesis import strategies as st

from app.importing import ParsedFile, parse
from app.importing.errors import FileRefused
from app.importing.numbers import MAX_AMOUNT, MAX_PRICE, MAX_QUANTITY
from app.importing.portfolio_name import MAX_NAME_CHARS
from tests.importing.conftest import SAMPLES, TODAY

CONTENTS = [path.read_bytes() for path in sorted(SAMPLES.iterdir())]
# What breaks readers of tables more often than chance would try
NASTY = st.sampled_from(
    (b'"', b",", b"\n", b"\r", b";", b"\x00", b"-", b"(", b"=", b"'", b"{", b"]")
) | st.sampled_from((b"1e308", b"NaN", b"null", b"\xff", b"\xe2\x80\xae"))


@st.composite
def damaged_samples(draw: st.DrawFn) -> bytes:
    content = draw(st.sampled_from(CONTENTS))
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(content)))
        end = min(len(content), start + draw(st.integers(0, 12)))
        content = content[:start] + draw(NASTY | st.binary(max_size=4)) + content[end:]
    return content


@settings(max_examples=400, deadline=None)
@given(st.binary(max_size=400) | st.text(max_size=200).map(lambda text: text.encode("utf-8", "surrogatepass")))
@example(b";")
@example(b'{"activities": [{"type": "BUY", "symbol": "\\ud800", "date": "2022-01-01"}]}')
def test_any_bytes(content: bytes) -> None:
    with suppress(FileRefused):
        check(parse(content, TODAY))


@settings(max_examples=600, deadline=None)
@given(damaged_samples())
def test_any_damage_to_a_sample(content: bytes) -> None:
    with suppress(FileRefused):
        check(parse(content, TODAY))


def check(found: ParsedFile) -> None:
    for lot in found.lots:
        assert 0 < abs(lot.quantity) <= MAX_QUANTITY
        assert 0 < lot.entry_price <= MAX_PRICE
        assert lot.symbol.isascii()
        assert is_name(lot.portfolio)
        assert is_past(lot.entry_date)
    for balance in found.cash:
        assert abs(balance.amount) <= MAX_AMOUNT
        assert is_name(balance.portfolio)
        assert is_past(balance.day)
    for row in found.rejected:
        assert row.value.isprintable()
        assert row.reason
        assert row.remedy


def is_name(name: str | None) -> bool:
    return name is None or (name.isprintable() and 0 < len(name) <= MAX_NAME_CHARS)


def is_past(day: date | None) -> bool:
    return day is None or day <= TODAY
