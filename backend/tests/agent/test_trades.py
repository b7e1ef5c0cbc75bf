"""What a question says of trades, and what it leaves open."""

import pytest

from app.agent.offline.entities import extract
from app.agent.offline.trades import AskedTrade, arguments


@pytest.mark.parametrize(
    ("question", "trades"),
    [
        ("What if I sold all my Apple?", [AskedTrade("AAPL", None, 1.0)]),
        ("What if I sold AAPL?", [AskedTrade("AAPL", None, 1.0)]),
        ("what if i trimmed my Microsoft position by", []),
        ("What happens if I sell half of my MSFT?", [AskedTrade("MSFT", None, 0.5)]),
        ("What if I sold 25 % of my MSFT?", [AskedTrade("MSFT", None, 0.25)]),
        ("What if I bought 1,250.5 shares of JPM", [AskedTrade("JPM", 1250.5)]),
        ("Simulate shorting 40 AMD", [AskedTrade("AMD", -40.0)]),
        (
            "If I sold 10 AAPL and bought 20 MSFT, what would my beta be?",
            [AskedTrade("AAPL", -10.0), AskedTrade("MSFT", 20.0)],
        ),
    ],
)
def test_trades_are_read_from_the_question(question: str, trades: list[AskedTrade]) -> None:
    assert list(extract(question).trades) == trades


@pytest.mark.parametrize(
    "question",
    [
        "What if I bought Apple?",
        "What if I bought $10,000 of AAPL?",
        "What if I sold 10 AAPL and bought MSFT?",
        "What if I shorted AMD?",
        "What if I bought 0 AAPL?",
        "When did I sell 10 AAPL?",
        "Should I buy 10 AAPL?",
        "What if the market fell 10 %?",
    ],
)
def test_what_says_not_how_much_is_no_trade(question: str) -> None:
    assert extract(question).trades == ()


def test_a_share_is_of_what_is_held_on_either_side() -> None:
    trades = (AskedTrade("AAPL", None, 0.5), AskedTrade("AMD", None, 1.0), AskedTrade("TSLA", None, 1.0))
    assert arguments(trades, {"AAPL": 400.0, "AMD": -30.0}) == [
        {"symbol": "AAPL", "quantity": -200.0},
        {"symbol": "AMD", "quantity": 30.0},
    ]
