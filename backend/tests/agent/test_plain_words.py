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
