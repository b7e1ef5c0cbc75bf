"""A passage of the knowledge base as an answer: its own words, and where they stand."""

import re

from app.agent.offline.transcript import KnownPassage

# About three sentences: the citation opens the rest
MAX_CHARS = 450

_SENTENCE_END = re.compile(r"(?<=[.!?])\s+(?=[A-Z0-9*\"'])")


def quoted(passage: KnownPassage) -> str:
    return f"{_beginning(passage.text)} [{passage.mark}]\n\nFrom the knowledge base: {_place(passage)}."


def pointed_to(passage: KnownPassage) -> str:
    """Where it is explained how figures are measured."""
    return f"How this is measured: {_place(passage)} [{passage.mark}]."


def _place(passage: KnownPassage) -> str:
    return " \u203a ".join(filter(None, (_plain(passage.title), _plain(passage.section))))


def _beginning(text: str) -> str:
    """Whole sentences. A list or a table that begins the passage is not torn apart."""
    paragraph = text.strip().split("\n\n", 1)[0]
    if "\n" in paragraph or len(paragraph) <= MAX_CHARS:
        return paragraph
    kept = ""
    for sentence in _SENTENCE_END.split(paragraph):
        if kept and len(kept) + len(sentence) > MAX_CHARS:
            break
        kept = f"{kept} {sentence}".strip()
    return kept


def _plain(text: str) -> str:
    return re.sub(r"[\[\]()*_`<>]", "", text).strip()
