import pytest

from app.agent import plain_words


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("Why did it wobble so much?", "volatility"),
        ("WOBBLING again", "volatility"),
        ("Does idle  money earn anything?", "cash return profit performance"),
        ("What is my beta?", ""),
        ("", ""),
    ],
)
def test_what_is_said_gives_what_it_is_called(question: str, expected: str) -> None:
    assert plain_words.terms(question) == expected


def test_a_word_is_matched_whole() -> None:
    assert "option" in plain_words.terms("a call")
    assert plain_words.terms("a calling") == plain_words.terms("a calling bird")
    assert "benchmark" not in plain_words.terms("indexing")


def test_no_word_is_given_twice() -> None:
    words = plain_words.terms("the market index swings, calm or choppy, on the stock market").split()

    assert len(words) == len(set(words))


def test_every_line_of_the_table_says_something() -> None:
    table = plain_words._table()

    assert len(table) > 50
    assert all(written for _, written in table)
    assert not any(pattern.search("") for pattern, _ in table)


@pytest.mark.parametrize(
    ("question", "subject"),
    [
        ("Explain value at risk to me", "value at risk"),
        ("Could you please explain beta?", "beta?"),
        ("I'd like to understand my drawdown", "my drawdown"),
        ("What does R squared mean here?", "What does R squared here?"),
        ("the definition of leverage in simple words", "leverage"),
        ("what explains my volatility?", "what explains my volatility?"),
        ("Explain", "Explain"),
        ("What is beta?", "What is beta?"),
    ],
)
def test_what_only_asks_is_no_word_to_search_for(question: str, subject: str) -> None:
    assert plain_words.subject(question) == subject


def test_a_star_within_a_phrase_leaves_the_rest_of_it_to_be_said() -> None:
    fit = plain_words.pattern("explain* how much of")

    assert fit.search("it explains how much of the swings")
    assert fit.search("explain drawdown to me") is None
