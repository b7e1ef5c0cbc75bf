"""Showing a person what a file contained: no control, bidirectional or invisible character gets through."""

import unicodedata
from collections.abc import Iterable

MAX_SHOWN_CHARS = 60
MAX_LISTED = 12


def shown(text: str) -> str:
    """The text cut short, with what does not print spelled out as its code point."""
    cut = text[:MAX_SHOWN_CHARS]
    spelled = "".join(character if character.isprintable() else f"\\u{ord(character):04x}" for character in cut)
    return spelled + ("…" if len(text) > MAX_SHOWN_CHARS else "")


def character_name(character: str) -> str:
    return f"{unicodedata.name(character, 'an unnamed character')} (U+{ord(character):04X})"


def sentence_list(items: Iterable[str]) -> str:
    """Items joined by commas, the first few of many."""
    listed = list(items)
    more = len(listed) - MAX_LISTED
    return ", ".join(listed[:MAX_LISTED]) + (f" and {more} more" if more > 0 else "")
