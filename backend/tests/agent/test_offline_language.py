"""What the offline analyst makes of words that are spelt wrongly, or that it does not know."""

import pytest

from app.agent.offline.entities import extract
from app.agent.offline.language import PhraseIndex, Spellings
from app.agent.offline.understanding import recognise

KNOWN = Spellings(["compar", "correlat", "market", "gain"])


@pytest.mark.parametrize("slip", ["comapr", "compr", "compaar", "conpar", "compar"])
def test_one_slip_of_the_fingers_is_read_as_meant(slip: str) -> None:
    assert KNOWN.meant(slip) == "compar"


@pytest.mark.parametrize("word", ["gian", "marmalade", "narket", "cmprxx", ""])
def test_short_words_and_those_that_are_like_none_stay_as_they_are(word: str) -> None:
    assert KNOWN.meant(word) == word


def test_a_slip_that_could_be_of_two_words_stays_as_it_is() -> None:
    assert Spellings(["stable", "staple"]).meant("stale") == "stale"


def test_an_example_is_found_by_a_slip_of_its_synonym() -> None:
    index = PhraseIndex([("spread", "how diversified am I"), ("market", "how is the market")])

    assert index.scores(["diversifcation"])["spread"] == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("question", "intent"),
    [
        ("compaer my portfolios", "compare"),
        ("my drawdwon", "drawdown"),
        ("volatlity of my portfolio", "volatility"),
        ("concetration", "concentration"),
        ("which day took the most from me", "extreme_days"),
        ("on what day did I lose the most", "extreme_days"),
        ("what day did I earn the most", "extreme_days"),
        ("which positions hurt me today", "movers"),
        ("what day is it today", "day_result"),
        ("what moved today", "movers"),
        ("write a poem about marmalade", "fallback"),
    ],
)
def test_questions(question: str, intent: str) -> None:
    assert [found.name for found in recognise(extract(question))] == [intent]
