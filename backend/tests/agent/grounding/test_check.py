"""Which source a figure finds, and which figures find none."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.agent.grounding import MAX_CHARS, MAX_FIGURES, Document, check
from app.agent.grounding.passages import MAX_QUOTED_CHARS
from app.schemas.grounding import Derived, GroundedFigure, Grounding, Traced

ENVELOPE: dict[str, Any] = {
    "portfolio_id": "00000000-0000-0000-0000-000000000001",
    "portfolio_name": "Growth",
    "base_currency": "USD",
    "as_of": "2022-12-28",
}
POSITIONS = {
    **ENVELOPE,
    "nav": 400_705.68,
    "positions": [
        {
            "symbol": "AAPL", "name": "Apple Inc.", "sector": "Information Technology", "side": "long",
            "quantity": 400.0, "entry_date": "2019-01-02", "price": 125.674, "market_value": 50_269.6,
            "weight": 0.12545, "day_return": -0.03068, "unrealized_pnl": 35_072.0,
        },
        {
            "symbol": "KO", "name": "Coca-Cola Company", "sector": "Consumer Staples", "side": "long",
            "quantity": 300.0, "entry_date": "2020-05-04", "price": 63.1, "market_value": 23_810.4, "weight": 0.05942,
            "day_return": 0.00611, "unrealized_pnl": -1_210.5,
        },
        {
            "symbol": "T", "name": "AT&T Inc.", "sector": "Communication Services", "side": "short", "quantity": -500.0,
            "entry_date": "2021-02-01", "price": 18.2, "market_value": -9_100.0, "weight": -0.02271,
            "day_return": 0.012, "unrealized_pnl": 880.0,
        },
    ],
}  # fmt: skip
RISK = {
    **ENVELOPE,
    "volatility_21d": 0.18026,
    "volatility_252d": 0.19311,
    "benchmark": "SP500",
    "benchmark_volatility_252d": 0.24058,
    "ratio_to_benchmark_252d": 0.80270,
    "beta_252d": 0.77514,
    "r_squared": 0.93252,
    "p_value": 2.3e-9,
    "max_drawdown": -0.2828,
    "total_pnl": 172_034.02,
}
LEVELS = {
    **ENVELOPE,
    "levels": [
        {"confidence": 0.95, "horizon_days": 1, "value_at_risk": 0.015945, "value_at_risk_amount": 6_389.24},
        {"confidence": 0.95, "horizon_days": 10, "value_at_risk": 0.050421, "value_at_risk_amount": 20_204.9},
        {"confidence": 0.99, "horizon_days": 1, "value_at_risk": 0.027807, "value_at_risk_amount": 11_142.58},
    ],
}
HISTORY = {
    **ENVELOPE,
    "symbols": ["AAPL", "KO", "T"],
    "values": [[1.0, 0.412, 0.287], [0.412, 1.0, 0.554], [0.287, 0.554, 1.0]],
    "series": [
        {"date": "2020-03-16", "nav": 243_231.14, "daily_return": -0.09752, "growth": 1.06367},
        {"date": "2020-03-17", "nav": 251_880.02, "daily_return": 0.03556, "growth": 1.10149},
    ],
}


def checked(text: str, *results: dict[str, Any], question: str = "") -> Grounding:
    documents = [Document("tool", f"tool_{number}", result, f"c{number}") for number, result in enumerate(results)]
    return check(text, [*documents, Document("question", "question", question)] if question else documents)


def only(text: str, *results: dict[str, Any]) -> GroundedFigure:
    (figure,) = checked(text, *results).figures
    return figure


def path(figure: GroundedFigure) -> str:
    assert isinstance(figure.origin, Traced), figure
    return figure.origin.source.path


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Annual volatility is 19.3 % over a year.", "volatility_252d"),
        ("Annual volatility is 0.193 over a year.", "volatility_252d"),
        ("Volatility runs at 1,931 bp.", "volatility_252d"),
        ("Your net asset value is $400,706.", "nav"),
        ("You are worth $400.7k.", "nav"),
        ("You are worth about $400,000.", "nav"),
        ("You are worth over $400k.", "nav"),
        ("Beta is 0.78.", "beta_252d"),
        ("The deepest drawdown was 28.3 %.", "max_drawdown"),
        ("The deepest drawdown was -28.3 %.", "max_drawdown"),
        ("The deepest drawdown was \N{MINUS SIGN}28.3 %.", "max_drawdown"),
        ("It swings 0.80 times as much.", "ratio_to_benchmark_252d"),
        ("The p-value is < 0.001.", "p_value"),
        ("AAPL is worth $50,270.", "positions[0].market_value"),
        ("Apple makes up 12.5 % of it.", "positions[0].weight"),
        ("You are short 500 shares of AT&T.", "positions[2].quantity"),
        ("KO was bought on May 4, 2020.", "positions[1].entry_date"),
        ("KO has lost $1,211 so far.", "positions[1].unrealized_pnl"),
        ("| | Weight |\n|---|---|\n| T | (2.27 %) |", "positions[2].weight"),
        ("| | Weight (%) |\n|---|---|\n| KO | 5.94 |", "positions[1].weight"),
    ],
)
def test_a_figure_is_traced_to_its_leaf(text: str, expected: str) -> None:
    assert path(only(text, POSITIONS, RISK)) == expected


@pytest.mark.parametrize(
    "text",
    [
        "Annual volatility is 19.4 %.",
        "Annual volatility is 19.3.",
        "Annual volatility is $19.31.",
        "Your net asset value is \N{EURO SIGN}400,706.",
        "Your net asset value is $401,000.",
        "Beta is 0.78 %.",
        "Beta is -0.78.",
        "AAPL is worth $23,810.",
        "| | Weight |\n|---|---|\n| KO | 12.5 % |",
        "KO was bought on 2019-01-02.",
        "KO has gained $1,211 so far.",
        "AAPL rose 3.07 % on the day.",
        "Your total profit is $172,035.",
    ],
)
def test_a_figure_that_is_not_in_the_results_as_said_is_untraced(text: str) -> None:
    assert only(text, POSITIONS, RISK).origin.status == "untraced"


@pytest.mark.parametrize(
    ("text", "operation"),
    [
        ("AAPL and KO together make up 18.5 % of net asset value.", "sum"),
        ("AAPL's weight is 6.6 percentage points higher than KO's.", "difference"),
        ("The position in AAPL is 2.1 times as large as the one in KO.", "ratio"),
        ("AAPL accounts for 20.4 % of the profit.", "share"),
        ("The other 6.7 % of its variation is its own.", "complement"),
        ("You hold three kinds in 3 positions.", "count"),
        ("Volatility is 4.7 percentage points below the benchmark's.", "difference"),
    ],
)
def test_one_step_of_arithmetic_is_derived(text: str, operation: str) -> None:
    results = [{**POSITIONS, "total_pnl": 172_034.02}, RISK]
    derived = [figure.origin for figure in checked(text, *results).figures if isinstance(figure.origin, Derived)]
    assert [origin.operation for origin in derived] == [operation]


def test_without_a_word_for_it_no_step_is_taken() -> None:
    assert only("AAPL and KO: 18.5 %.", POSITIONS).origin.status == "untraced"


def test_values_go_with_the_names_beside_them() -> None:
    right = checked("AAPL is 12.5 %, KO 5.9 %. So 5.9 % of KO and 12.5 % of AAPL.", POSITIONS)
    wrong = checked("AAPL is 5.9 %, KO 12.5 %. So 12.5 % of KO and 5.9 % of AAPL.", POSITIONS)
    assert (right.traced, right.untraced) == (4, 0)
    assert (wrong.traced, wrong.untraced) == (0, 4)


def test_a_paragraph_stays_with_what_it_named() -> None:
    text = "**Apple** is your largest holding. It has gained ${:,} since the entry."
    assert only(text.format(35_072), POSITIONS).origin.status == "traced"
    assert only(text.format(880), POSITIONS).origin.status == "untraced"


def test_windows_and_levels_are_told_apart() -> None:
    assert path(only("Over 21 days volatility is 18.0 %.", RISK)) == "volatility_21d"
    assert only("Over 252 days volatility is 18.0 %.", RISK).origin.status == "untraced"
    right = checked("| | Loss |\n|---|---|\n| 95 %, one day | $6,389 |\n| 99 %, 1 day | $11,143 |", LEVELS)
    wrong = checked("| | Loss |\n|---|---|\n| 95 %, one day | $11,143 |\n| 99 %, 1 day | $20,205 |", LEVELS)
    assert [f.text for f in right.figures if f.origin.status == "untraced"] == []
    assert [f.text for f in wrong.figures if f.origin.status == "untraced"] == ["$11,143", "$20,205"]


def test_points_of_a_series_need_their_day_and_pairs_both_names() -> None:
    assert path(checked("On 2020-03-16 you lost 9.75 %.", HISTORY).figures[1]) == "series[0].daily_return"
    assert only("You once lost 9.75 %.", HISTORY).origin.status == "untraced"
    assert path(only("AAPL and KO have a correlation of 0.41.", HISTORY)) in ("values[0][1]", "values[1][0]")
    assert only("AAPL and T have a correlation of 0.41.", HISTORY).origin.status == "untraced"


def test_growth_is_a_return() -> None:
    figure = checked("By 2020-03-17 the return was 10.1 %.", HISTORY).figures[1]
    assert isinstance(figure.origin, Derived)
    assert figure.origin.operation == "percent_change"


def test_portfolios_are_told_apart() -> None:
    other = {**RISK, "portfolio_name": "Income", "volatility_252d": 0.08123}
    assert checked("Growth swings 19.3 % a year and Income 8.1 %.", RISK, other).untraced == 0
    assert checked("Growth swings 8.1 % a year and Income 19.3 %.", RISK, other).untraced == 2


@pytest.mark.parametrize(
    "text",
    [
        "Over 252 days, in 2022 and for the S&P 500, nothing can be said.",
        "`volatility = 99.9 %`",
        "See https://example.org/12/34?x=56 for more.",
        "1. One\n2. Two",
    ],
)
def test_labels_are_no_figures_in_doubt(text: str) -> None:
    assert checked(text, RISK).figures == []


def test_what_the_question_says_has_the_question_as_its_source() -> None:
    (figure,) = checked("If the market falls by 12.5 %, so be it.", question="What if it falls 12.5 %?").figures
    assert isinstance(figure.origin, Traced)
    assert figure.origin.source.kind == "question"


def test_arguments_of_a_call_are_evidence() -> None:
    document = Document("tool", "run_stress_test", {**ENVELOPE}, "c1", {"shocks": {"factors": {"market": -0.125}}})
    (figure,) = check("For a shock of -12.5 % there is no answer.", [document]).figures
    assert path(figure) == "arguments.shocks.factors.market"


def test_a_source_says_where_it_is_in_words() -> None:
    origin = only("Apple makes up 12.5 % of it.", POSITIONS).origin
    assert isinstance(origin, Traced)
    source = origin.source
    assert (source.kind, source.tool_call_id, source.name) == ("tool", "c0", "tool_0")
    assert (source.label, source.value) == ("AAPL: weight", 0.12545)
    assert str(source.as_of) == "2022-12-28"


def test_offsets_count_utf_16_code_units() -> None:
    text = "\U0001f4c8 \U0001f1e8\U0001f1ed Beta is 0.78."
    figure = only(text, RISK)
    units = text.encode("utf-16-le")[figure.start * 2 : figure.end * 2]
    assert units.decode("utf-16-le") == figure.text == "0.78"


def test_beyond_the_limit_figures_are_counted_as_unchecked() -> None:
    grounding = checked("It is 7.7 % here. " * 5_000, RISK)
    assert grounding.traced + grounding.derived + grounding.untraced == MAX_FIGURES
    assert grounding.unchecked > 0


def test_an_answer_of_any_length_is_read_up_to_the_limit() -> None:
    assert checked("x" * (2 * MAX_CHARS) + " 7.7 %", RISK).figures == []


def test_no_figure_and_no_evidence() -> None:
    assert checked("Nothing to say.") == Grounding()
    assert checked("Beta is 0.78.").untraced == 1


ODD = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12),
    lambda children: st.lists(children, max_size=4) | st.dictionaries(st.text(max_size=8), children, max_size=4),
    max_leaves=12,
)


@given(st.text(max_size=120), ODD)
@settings(deadline=None, max_examples=150)
def test_any_text_and_any_evidence_will_do(text: str, value: Any) -> None:
    documents = [Document("tool", "odd", value, "c1"), Document("tool", "risk", RISK, "c2")]
    grounding = check(f"{text} beta 0.78 {text}", documents)
    assert len(json.loads(grounding.model_dump_json())["figures"]) == len(grounding.figures)


def test_of_a_passage_only_the_sentence_is_quoted_that_says_the_figure() -> None:
    passage = (
        "Redemption takes notice.\nThe gate is 17 % of the fund a quarter, e.g. in March. Nobody has seen 40 % yet."
    )
    (figure,) = check(
        "The fund has a gate of 17 % a quarter.", [Document("snippet", "House rules", {"content": passage})]
    ).figures

    assert isinstance(figure.origin, Traced)
    assert figure.origin.source.value == "The gate is 17 % of the fund a quarter, e.g. in March."


def test_a_table_of_a_passage_is_quoted_only_around_the_figure() -> None:
    passage = "rows " * 500 + "the gate is 17 % of the fund " + "and more rows " * 500
    (figure,) = check(
        "The fund has a gate of 17 % a quarter.", [Document("snippet", "House rules", {"content": passage})]
    ).figures

    assert isinstance(figure.origin, Traced)
    assert "17 %" in str(figure.origin.source.value)
    assert len(str(figure.origin.source.value)) <= MAX_QUOTED_CHARS
