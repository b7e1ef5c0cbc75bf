import pytest

from app.agent.chunking import MAX_TOKENS, count_tokens, split

SENTENCE = "Beta says how far the portfolio moves when its benchmark moves by one per cent. "


def test_headings_part_a_document_and_make_the_path() -> None:
    body = "Before.\n\n# Risk\n\n## Beta ##\n\nThe slope.\n\n### Error\n\nHow sure.\n\n## Drawdown\n\nA loss.\n"

    assert [(chunk.section, chunk.content) for chunk in split(body)] == [
        ("", "Before."),
        ("Risk › Beta", "The slope."),  # noqa: RUF001 - the mark between headings
        ("Risk › Beta › Error", "How sure."),  # noqa: RUF001
        ("Risk › Drawdown", "A loss."),  # noqa: RUF001
    ]


def test_a_line_of_code_is_no_heading() -> None:
    body = "## Import\n\n```sh\n# run this\nsigmasight import\n```\n\n~~~\n# and this\n~~~\n"

    assert [chunk.section for chunk in split(body)] == ["Import"]


@pytest.mark.parametrize("sentences", [1, 13, 14, 40, 700])
def test_a_long_section_is_cut_between_sentences_into_equal_parts(sentences: int) -> None:
    chunks = split(f"## Beta\n\n{SENTENCE * sentences}")

    sizes = [count_tokens(chunk.content) for chunk in chunks]
    assert max(sizes) <= MAX_TOKENS
    assert min(sizes) >= min(MAX_TOKENS / 3, sentences * count_tokens(SENTENCE))
    assert all(chunk.content.endswith("per cent.") for chunk in chunks)
    assert " ".join(chunk.content for chunk in chunks) == (SENTENCE * sentences).strip()


def test_a_hundred_thousand_words_without_a_sentence_are_cut_all_the_same() -> None:
    body = " ".join(f"word{number}" for number in range(100_000))

    chunks = split(body)

    assert len(chunks) == 100_000 / MAX_TOKENS
    assert " ".join(chunk.content for chunk in chunks) == body


def test_a_span_gives_the_places_of_the_text() -> None:
    body = f"Intro.\n\n## A\n\n{SENTENCE * 30}\n\n## B\n\n- one\n- two\n"

    assert all(body[slice(*chunk.span)] == chunk.content for chunk in split(body))


def test_a_heading_that_is_the_title_is_in_no_path() -> None:
    chunks = split("# Risk\n\nIntro.\n\n## Beta\n\nThe slope.", title="Risk")

    assert [chunk.section for chunk in chunks] == ["", "Beta"]


@pytest.mark.parametrize("body", ["", "\n\n", "# Only a heading\n", "## A\n\n## B\n"])
def test_what_has_no_text_has_no_passages(body: str) -> None:
    assert split(body) == []


def test_the_title_is_part_of_what_is_embedded_and_of_the_hash() -> None:
    (chunk,) = split("## Depth\n\nA loss.")

    assert chunk.embedded_text("Drawdown") == "Drawdown › Depth\nA loss."  # noqa: RUF001
    assert chunk.digest("Drawdown") != chunk.digest("Losses")
