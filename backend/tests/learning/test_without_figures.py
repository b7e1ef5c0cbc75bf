import pytest

from app.learning.without_figures import GAP, without_figures


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("Your portfolio fell 3.4 % to $1,234,567.", f"Your portfolio fell {GAP} to {GAP}."),
        ("Beta is 1.20 as of 2025-03-31.", f"Beta is {GAP} as of {GAP}."),
        ("The loss was (3.4) or about €12k.", f"The loss was {GAP} or about {GAP}."),
    ],
)
def test_figures_and_dates_are_left_out(text: str, left: str) -> None:
    assert without_figures(text) == left


@pytest.mark.parametrize(
    "text",
    [
        "Beta is measured over 252 days, and over 90 trading days.",
        "Value at risk at 95 % is what is not exceeded on most days.",
        "1. Name the portfolio.\n2. Say what is missing.",
        "Compare with the S&P 500.",
        "",
    ],
)
def test_what_names_a_method_stays(text: str) -> None:
    assert without_figures(text) == text


def test_no_digit_of_a_table_is_left() -> None:
    table = "\n".join(f"| AAPL | {number * 7.31:.2f} % |" for number in range(3_000))

    assert not any(char.isdigit() for char in without_figures(table))
