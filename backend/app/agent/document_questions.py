"""The questions that a document says it answers, so that it is found by people who do not know its words.

In the front matter of a document, for all of it or by its headings:

    questions:
      - What does it cost me?
      Leaving early:
        - Do I get my money back?

What ships has them in a file beside the page, under the page's headings.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

MAX_QUESTIONS = 500
MAX_CHARS = 300

_BLOCK = re.compile(r"^questions:[ \t]*\n((?:[ \t]+\S.*(?:\n|\Z)|[ \t]*\n)*)", re.MULTILINE)
_HEADING = re.compile(r"##[ \t]+(\S.*)|(\S.*):")


@dataclass(frozen=True, slots=True)
class DocumentQuestion:
    """`section` is the heading under which it is answered; None where that may be anywhere in the document."""

    text: str
    section: str | None = None


def in_front_matter(front_matter: str) -> list[DocumentQuestion]:
    found = _BLOCK.search(front_matter)
    return list(_listed(found[1].splitlines())) if found else []


def in_file(text: str) -> list[DocumentQuestion]:
    return list(_listed(text.splitlines()))


def front_matter_lines(questions: Iterable[DocumentQuestion]) -> list[str]:
    """As `in_front_matter` reads them. Those of the whole document stand first."""
    lines, section = [], None
    for question in sorted(questions, key=lambda question: question.section or ""):
        if question.section != section:
            section = question.section
            lines.append(f"  {section}:")
        lines.append(f"  - {question.text}")
    return ["questions:", *lines] if lines else []


def _listed(lines: Iterable[str]) -> Iterator[DocumentQuestion]:
    section = None
    for line in lines:
        words = line.strip()
        if words.startswith("- "):
            text = " ".join(words[2:].strip("\"' ").split())
            if text:
                yield DocumentQuestion(text, section)
        elif heading := _HEADING.fullmatch(words):
            section = (heading[1] or heading[2]).strip("\"' ")
