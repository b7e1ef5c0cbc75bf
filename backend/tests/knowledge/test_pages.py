"""The shipped pages have the form that search and citations rely on."""

import re
from collections import Counter

import pytest

from app.agent.document_questions import MAX_CHARS
from evaluation.retrieval.labelled_set import PassageName, asked
from evaluation.retrieval.pages import KnowledgePage, pages

PAGES = [pytest.param(found, id=found.name) for found in pages()]
# A section is a passage: long enough to stand alone, short enough to be shown whole
FEWEST_WORDS, MOST_WORDS = 70, 250
FEWEST_QUESTIONS = 8
# What the web app calls its pages, and what is planned to be one
PAGE_NAMES = {"portfolio", "analyst", "import", "settings"}
SCOPES = {"global"} | {f"page:{name}" for name in PAGE_NAMES}


def test_there_are_enough_pages() -> None:
    assert len(PAGES) >= 30


@pytest.mark.parametrize("found", PAGES)
def test_a_page_says_what_it_is(found: KnowledgePage) -> None:
    stated = found.front_matter

    assert set(stated) <= {"title", "scope", "tags", "pages", "claims"}
    assert isinstance(stated["title"], str)
    assert stated["scope"] in SCOPES
    assert stated["tags"]
    assert set(stated["pages"]) <= PAGE_NAMES


@pytest.mark.parametrize("found", PAGES)
def test_a_page_is_made_of_sections(found: KnowledgePage) -> None:
    assert found.before == ""
    assert len(found.sections) >= 2
    assert all(FEWEST_WORDS <= section.words <= MOST_WORDS for section in found.sections), [
        (section.heading, section.words) for section in found.sections
    ]


def test_no_two_passages_have_one_name() -> None:
    titles = Counter(found.front_matter["title"] for found in pages())
    headings = Counter(section.heading for found in pages() for section in found.sections)

    assert titles.most_common(1)[0][1] == 1
    assert headings.most_common(1)[0][1] == 1


@pytest.mark.parametrize("found", PAGES)
def test_a_page_holds_nothing_but_text(found: KnowledgePage) -> None:
    assert "http://" not in found.running_text
    assert "](" not in found.running_text
    assert "<" not in re.sub(r"`[^`]*`", "", found.running_text)


@pytest.mark.parametrize("found", PAGES)
def test_each_section_says_how_people_ask_for_it(found: KnowledgePage) -> None:
    sections = {PassageName(found.name, section.heading) for section in found.sections}
    stated = {name: texts for name, texts in asked().items() if name.document == found.name}

    assert set(stated) == sections
    for name, texts in stated.items():
        assert len({text.casefold() for text in texts}) == len(texts) >= FEWEST_QUESTIONS, name.heading
        assert all(len(text) <= MAX_CHARS for text in texts)
