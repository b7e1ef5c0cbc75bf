"""What is found in a text, and what is no figure."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.agent.grounding import numerals
from app.agent.grounding.figures import Day, Figure, find
from app.agent.grounding.passages import passages, prose


def found(text: str) -> list[Figure]:
    return find(prose(text), limit=100)[0]


def shown(text: str) -> list[str]:
    return [text[figure.start : figure.end] for figure in found(text)]


def only(text: str) -> Figure:
    (figure,) = found(text)
    return figure


@pytest.mark.parametrize(
    ("text", "kind", "value", "half"),
    [
        ("12.3 %", "percent", 0.123, 0.0005),
        ("12.3%", "percent", 0.123, 0.0005),
        ("12 percent", "percent", 0.12, 0.005),
        ("1,2 %", "percent", 0.012, 0.0005),
        ("25 bp", "percent", 0.0025, 0.00005),
        ("140 basis points", "percent", 0.014, 0.00005),
        ("2.5 percentage points", "percent", 0.025, 0.0005),
        ("$1,234.50", "money", 1234.5, 0.005),
        ("$1.2M", "money", 1.2e6, 0.05e6),
        ("\N{EURO SIGN}3.4 billion", "money", 3.4e9, 0.05e9),
        ("USD 950", "money", 950, 0.5),
        ("950 USD", "money", 950, 0.5),
        ("\N{EURO SIGN}1.234,5", "money", 1234.5, 0.05),
        ("$450k", "money", 450e3, 500),
        ("about $450,000", "money", 450e3, 5e3),
        ("1.3x", "multiple", 1.3, 0.05),
        ("1.30 times", "multiple", 1.3, 0.005),
        ("1,006 trading days", "number", 1006, 0.5),
        ("0.775", "number", 0.775, 0.0005),
        (".5", "number", 0.5, 0.05),
    ],
)
def test_units_scales_and_precision(text: str, kind: str, value: float, half: float) -> None:
    figure = only(text)
    assert figure.kind == kind
    assert figure.value == pytest.approx(value)
    assert (figure.high - figure.low) / 2 == pytest.approx(half, rel=0.01)


@pytest.mark.parametrize(
    ("text", "sign"),
    [
        ("-3.4 %", -1),
        ("\N{MINUS SIGN}3.4 %", -1),
        ("+3.4 %", 1),
        ("3.4 %", 0),
        ("-$12.50", -1),
        ("$-12.50", -1),
        ("| x | ($1,200) |", -1),
        ("it lost $5 a share (1.2 %)", 0),
    ],
)
def test_signs(text: str, sign: int) -> None:
    assert found(text)[-1].sign == sign


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("3\N{EN DASH}5 %", ["percent", "percent"]),
        ("between 3 and 5 percent", ["percent", "percent"]),
        ("$1 to $2 million", ["money", "money"]),
        ("3 to 5 days", ["number", "number"]),
    ],
)
def test_what_stands_behind_a_range_holds_for_both_ends(text: str, kinds: list[str]) -> None:
    assert [figure.kind for figure in found(text)] == kinds


def test_a_range_is_not_a_minus() -> None:
    low, high = found("$1-2 million")
    assert (low.value, high.value, high.sign) == (1e6, 2e6, 0)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2020-03-16", Day(2020, 3, 16)),
        ("16 March 2020", Day(2020, 3, 16)),
        ("March 16, 2020", Day(2020, 3, 16)),
        ("Mar 2020", Day(2020, 3, None)),
        ("May 18", Day(None, 5, 18)),
        ("16.3.2020", Day(2020, 3, 16)),
        ("3/16/2020", Day(2020, 3, 16)),
        ("2020", Day(2020, None, None)),
    ],
)
def test_dates(text: str, day: Day) -> None:
    assert only(text).day == day


@pytest.mark.parametrize(
    "text",
    [
        "the S&P 500, the Russell 2000 and the Nasdaq-100",
        "in Q4 2018 and H1 2022",
        "over 1Y and 3M",
        "`12.3 %` and ```\n42\n```",
        "see https://example.org/a/12?b=3 or [there](/x/12)",
        "BRK.B, SP500, R2D2, 21d, a 10-K and a 401(k)",
        "1. First\n2) Second\n\n### 3. Third",
        "as stated [1] and [12]",
        "no figure at all",
        "",
    ],
)
def test_what_is_no_figure(text: str) -> None:
    assert shown(text) == []


def test_one_in_twenty_and_95_days_out_of_100_are_levels() -> None:
    assert only("about one in 20 such days").one_in
    figure = only("on 95 days out of 100")
    assert figure.kind == "percent"
    assert figure.value == pytest.approx(0.95)


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("1.234 and 12,5 and 7,25", [1234, 12.5, 7.25]),
        ("1,234 and 12.5 and 7.25", [1234, 12.5, 7.25]),
        ("1.234.567,89", [1234567.89]),
        ("1'234'567.89", [1234567.89]),
        ("1\u202f234,5", [1234.5]),
        ("0.123 or 0,123", [0.123, 0.123]),
    ],
)
def test_locales(text: str, values: list[float]) -> None:
    assert [figure.value for figure in found(text)] == pytest.approx(values)


def test_a_number_of_too_many_digits_is_none() -> None:
    assert numerals.read("9" * 400, ".") is None


def test_there_is_a_limit_and_what_is_beyond_is_counted() -> None:
    figures, beyond = find("7 % " * 10_000, limit=500)
    assert (len(figures), beyond) == (500, 9_500)


@given(st.text(max_size=300))
def test_any_text_is_read_and_every_figure_lies_in_a_passage(text: str) -> None:
    read = prose(text)
    assert len(read) == len(text)
    pieces = passages(text, read)
    assert all(piece.span[0] <= piece.span[1] <= len(text) for piece in pieces)
    assert all(0 <= figure.start < figure.end <= len(text) for figure in find(read, limit=50)[0])


def test_tables_are_read_by_cell_with_the_head_of_the_column() -> None:
    text = "Above:\n\n| Name | Weight |\n|---|---:|\n| AAPL | 12.5 % |\n\nBelow."
    cell = next(piece for piece in passages(text, prose(text)) if "12.5" in text[slice(*piece.span)])
    assert cell.head is not None
    assert text[slice(*cell.head)].strip() == "Weight"
    assert cell.lead is not None
    assert text[slice(*cell.lead)] == "Above:"


def test_abbreviations_end_no_sentence() -> None:
    text = "Apple Inc. fell vs. the market. It lost 3 %."
    assert [text[slice(*piece.span)].strip() for piece in passages(text, prose(text))] == [
        "Apple Inc. fell vs. the market.",
        "It lost 3 %.",
    ]
